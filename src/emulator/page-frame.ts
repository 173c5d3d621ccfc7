import { createHash } from 'node:crypto'
import type { Reply } from './answer.ts'
import { describeFaults } from './faults.ts'
import { html, trusted, type Html, type HtmlValue } from '../html/html.ts'
import { SCRIPT } from './page-script.ts'
import { STYLE } from './page-style.ts'
import type { EmulatorState } from './state.ts'

/** Only our own script and style run; images of incidents come from anywhere over https, everything else from here. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `script-src '${hashOf(SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    'img-src https:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

// The policy names the hash of exactly what stands between the tags, so they are written without white space.
const STYLE_TAG: Html = trusted(`<style>${STYLE}</style>`)
const SCRIPT_TAG: Html = trusted(`<script>${SCRIPT}</script>`)

export interface Frame {
  readonly title: string
  readonly search: string
  readonly content: HtmlValue
}

/** A whole page. Its entity tag changes when anything that it could show does. */
export function framed(state: EmulatorState, now: number, frame: Frame): Reply {
  const tag = tagOf(state)
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${frame.title}</title>
        ${STYLE_TAG}
      </head>
      <body>
        <header class="bar">
          <div>
            <a class="brand" href="/">${BELL}Tocsin</a><span class="tag">PagerDuty emulator</span>
            <form class="search" action="/">
              <input
                id="search"
                name="q"
                type="search"
                value="${frame.search}"
                placeholder="Search title or dedup key"
                aria-label="Search incidents"
              />
            </form>
          </div>
        </header>
        <main id="live" data-now="${new Date(now).toISOString()}" data-tag="${tag}">
          ${banner(state)} ${frame.content}
        </main>
        ${SCRIPT_TAG}
      </body>
    </html> `
  return { kind: 'reply', status: 200, headers: { ...HEADERS, etag: tag }, body: page.toString() }
}

/** One tag for all pages of one emulator: another that starts on its port later must not be taken for it. */
export function tagOf(state: EmulatorState): string {
  return `"${state.instance}-${state.revision}"`
}

function banner(state: EmulatorState): Html | undefined {
  const words = describeFaults(state.faults)
  if (words.length === 0) return undefined
  return html`<div class="banner" role="status"><b>Fault active</b><span>${words.join(' · ')}</span></div>`
}

const BELL: Html = html`<svg viewBox="0 0 26 26" aria-hidden="true">
  <rect width="26" height="26" rx="7" fill="#c2252e" />
  <path
    d="M13 5.6a5.2 5.2 0 0 0-5.2 5.2v3.1l-1.5 2.7h13.4l-1.5-2.7v-3.1A5.2 5.2 0 0 0 13 5.6Zm-2 12.2a2 2 0 0 0 4 0Z"
    fill="#fff"
  />
</svg>`

/** When, as a person says it, with the exact time beside or on hover. The script keeps it up to date. */
export function ago(at: number, now: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${clockTime(at)}" data-ago>${agoWords(now - at)}</time>`
}

export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function agoWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 10) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`
}
