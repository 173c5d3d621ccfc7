import type { EmailContent, Row } from './email-content.ts'
import { escapeHtml } from './email-plain.ts'

/** The text part. Its first line says it all: it is what lists of mails show. */
export function textBody({ heading, rows, members, more, links }: EmailContent): string {
  const parts = [
    [heading],
    rows.map(({ name, value }) => `${name}: ${value.replaceAll('\n', '\n  ')}`),
    members.length === 0 ? [] : ['Firing:', ...members.map((member) => `- ${member}`), ...moreLine(more)],
    links.length === 0 ? [] : ['Links:', ...links.map(({ href, text }) => linkLine(href, text ?? ''))],
  ]
  return `${parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function linkLine(href: string, text: string): string {
  return text === '' || text === href ? `- ${href}` : `- ${text}: ${href}`
}

function moreLine(more: number): readonly string[] {
  return more === 0 ? [] : [`and ${more} more`]
}

/** The HTML part: nothing is fetched, nothing is run, and everything that was told is text. */
export function htmlBody({ heading, rows, members, more, links }: EmailContent): string {
  const items = [...members, ...moreLine(more)].map((line) => `<li>${escapeHtml(line)}</li>`)
  const anchors = links.map(
    ({ href, text = '' }) => `<li><a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a></li>`,
  )
  return [
    '<!doctype html>',
    '<html><head><meta charset="utf-8"></head><body style="font-family: sans-serif">',
    `<h2 style="font-size: 1.2em">${escapeHtml(heading)}</h2>`,
    `<table cellpadding="4">${rows.map(rowHtml).join('\n')}</table>`,
    items.length === 0 ? '' : `<p>Firing:</p>\n<ul>${items.join('\n')}</ul>`,
    anchors.length === 0 ? '' : `<p>Links:</p>\n<ul>${anchors.join('\n')}</ul>`,
    '</body></html>',
  ]
    .filter(Boolean)
    .join('\n')
}

function rowHtml({ name, value }: Row): string {
  const shown = escapeHtml(value).replaceAll('\n', '<br>\n')
  return `<tr><th align="left" valign="top">${escapeHtml(name)}</th><td>${shown}</td></tr>`
}
