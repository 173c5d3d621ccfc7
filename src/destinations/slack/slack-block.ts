import type { Link } from '../../alert/alert.ts'
import { cutText, type Fitting } from './slack-text.ts'

/**
 * What limits the parts of a message; of 50 blocks and 10 fields we are far:
 * https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/block-kit/block-elements/button-element
 */
export const SLACK_LIMITS = {
  header: 150,
  section: 3_000,
  buttonText: 75,
  buttonUrl: 3_000,
} as const

/** A text in which nothing has a meaning: no mention, no link, no formatting, no `:emoji:`. */
export interface PlainText {
  readonly type: 'plain_text'
  readonly text: string
  readonly emoji: false
}

/** A text in Slack's markup. `verbatim`: what only looks like a mention or a link is none. */
export interface Mrkdwn {
  readonly type: 'mrkdwn'
  readonly text: string
  readonly verbatim: true
}

export interface Button {
  readonly type: 'button'
  readonly action_id: string
  readonly text: PlainText
  readonly url: string
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | {
      readonly type: 'section'
      readonly text?: PlainText | Mrkdwn
      readonly fields?: readonly (PlainText | Mrkdwn)[]
    }
  | { readonly type: 'actions'; readonly elements: readonly Button[] }
  | { readonly type: 'context'; readonly elements: readonly PlainText[] }

/** `text` must not be blank, here as everywhere in Slack's blocks. */
export function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false }
}

export function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true }
}

export function header(text: string): Block {
  return { type: 'header', text: plain(cutText(text, SLACK_LIMITS.header)) }
}

export function section(text: PlainText | Mrkdwn): Block {
  return { type: 'section', text }
}

export function context(text: string): Block {
  return { type: 'context', elements: [plain(text)] }
}

/** More than this, people do not look through; and addresses may count in the limit of a whole message. */
const BUTTONS_MAX = 5
const URL_UNITS_SUM_MAX = 3_000

/** A button for each https link, or nothing. */
export function buttons(links: readonly Link[], fitting: Fitting): readonly Block[] {
  const elements: Button[] = []
  let units = 0
  for (const link of fitting.first(links.filter(isHttps), BUTTONS_MAX)) {
    const { href: url, hostname } = new URL(link.href)
    units += url.length
    if (url.length > SLACK_LIMITS.buttonUrl || units > URL_UNITS_SUM_MAX) {
      fitting.leaveOut()
      break
    }
    const text =
      fitting.line(link.text ?? '', SLACK_LIMITS.buttonText) || cutText(hostname, SLACK_LIMITS.buttonText)
    elements.push({ type: 'button', action_id: `link-${elements.length}`, text: plain(text), url })
  }
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

export function isHttps({ href }: Link): boolean {
  return URL.parse(href)?.protocol === 'https:'
}
