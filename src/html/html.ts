/** The front door of html/: how is a page written so that nothing in it can do harm, and how do our pages look? */
export { LOOK } from './look.ts'

/** Text that is HTML already. Only `html` makes it, so that nothing that came over the wire can pass for it. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  static join(strings: readonly string[], values: readonly HtmlValue[]): Html {
    let text = strings[0] ?? ''
    for (const [index, value] of values.entries()) text += render(value) + (strings[index + 1] ?? '')
    return new Html(text)
  }
}

/** What may stand in a template: undefined, null and false are nothing, a list is its entries one after the other. */
export type HtmlValue = Html | string | number | undefined | null | false | readonly HtmlValue[]

/** A template in which every value is escaped unless it is `Html` itself. Values stand in text or in quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return Html.join(strings, values)
}

/** Marks a constant of ours as HTML, such as a style sheet. Never for what came from outside. */
export function trusted(constant: string): Html {
  return Html.join([constant], [])
}

function render(value: HtmlValue): string {
  if (value instanceof Html) return value.toString()
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  return typeof value === 'number' ? String(value) : value.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
}

/** A link when the address is http or https; its text alone when it is anything else, such as `javascript:`. */
export function link(href: string, text: string): Html {
  if (!isWebAddress(href)) return html`<span class="plain-link" title="Not a web address">${text}</span>`
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`
}

export function isWebAddress(href: string): boolean {
  return URL.canParse(href) && /^https?:$/.test(new URL(href).protocol)
}
