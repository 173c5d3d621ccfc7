import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html, trusted, type Html, type HtmlValue } from '../html/html.ts'
import { SCRIPT } from './page-script.ts'
import { STYLE } from './page-style.ts'

/** Only our own script and style run, named by their hashes; nothing is fetched from anywhere else. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `script-src '${hashOf(SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    'img-src data:',
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

// The policy names the hash of exactly what stands between the tags, so they are written without white space.
const STYLE_TAG: Html = trusted(`<style>${STYLE}</style>`)
const SCRIPT_TAG: Html = trusted(`<script>${SCRIPT}</script>`)

const BELL_PATH =
  'M13 5.6a5.2 5.2 0 0 0-5.2 5.2v3.1l-1.5 2.7h13.4l-1.5-2.7v-3.1A5.2 5.2 0 0 0 13 5.6Zm-2 12.2a2 2 0 0 0 4 0Z'
const BELL: Html = html`<svg viewBox="0 0 26 26" aria-hidden="true">
  <rect width="26" height="26" rx="7" fill="#c2252e" />
  <path d="${BELL_PATH}" fill="#fff" />
</svg>`
const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26"><rect width="26" height="26" rx="7" fill="#c2252e"/><path d="${BELL_PATH}" fill="#fff"/></svg>`,
)}`

export interface Frame {
  readonly title: string
  /** What stands in the field for a dedup key. */
  readonly key: string
  readonly version: string
  readonly now: number
  readonly content: HtmlValue
}

/** Answers with a whole page. */
export function sendPage(reply: FastifyReply, status: number, frame: Frame): FastifyReply {
  return reply.code(status).headers(HEADERS).send(framed(frame).toString())
}

function framed({ title, key, version, now, content }: Frame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        ${STYLE_TAG}
      </head>
      <body>
        <header class="bar">
          <div>
            <a class="brand" href="/">${BELL}Tocsin</a><span class="tag">Alerts to incidents</span>
            <form class="search" action="/">
              <input
                id="search"
                name="key"
                type="search"
                value="${key}"
                placeholder="Find by dedup key"
                aria-label="Find incidents by their whole dedup key"
              />
            </form>
          </div>
        </header>
        <div class="banner bad said" id="said" role="alert" hidden></div>
        <main id="live" data-now="${new Date(now).toISOString()}">${content}</main>
        <footer>
          <span>Tocsin ${version}</span><a href="/openapi.json">API</a><a href="/metrics">Metrics</a>
          <noscript>Buttons and updates need JavaScript; reload the page to see what is new.</noscript>
        </footer>
        ${SCRIPT_TAG}
      </body>
    </html> `
}

/** When, as a person says it, with the exact time on hover. The script keeps it up to date. */
export function ago(at: number, now: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${clockTime(at)}" data-ago>${agoWords(now - at)}</time>`
}

export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** As in the script: what is to come is negative. */
function agoWords(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000)
  if (seconds < 5) return ms < 0 ? 'now' : 'just now'
  return ms < 0 ? `in ${lengthWords(seconds)}` : `${lengthWords(seconds)} ago`
}

function lengthWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

export function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`
}

/** A row for each name that has a value. */
export function table(rows: readonly (readonly [string, HtmlValue])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '')
  return html`<table>
    ${shown.map(
      ([name, value]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td>${value}</td>
        </tr>`,
    )}
  </table>`
}
