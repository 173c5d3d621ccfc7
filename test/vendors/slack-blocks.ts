/** What Slack checks of a message, by its reference: https://docs.slack.dev/reference/block-kit/blocks */

type Fields = Readonly<Record<string, unknown>>

/** A refusal: the word with which Slack says it, and the rule that was broken. */
export interface Refusal {
  readonly error: string
  readonly complaint: string
}

const BLOCKS_MAX = 50
/** `msg_blocks_too_long` was seen above it: https://github.com/slackapi/bolt-js/issues/2867 */
const MESSAGE_UNITS_MAX = 11_000
const TEXT_UNITS_MAX = 4_000

/** What keeps a message from being taken. */
export function refusalOf(body: Fields): Refusal | undefined {
  const blocks = [
    ...listOf(body['blocks']),
    ...listOf(body['attachments']).flatMap(({ blocks }) => listOf(blocks)),
  ]
  const { text } = body
  if (blocks.length === 0 && (typeof text !== 'string' || text === ''))
    return { error: 'no_text', complaint: 'a message without text' }
  if (typeof text !== 'string')
    return { error: 'no_text', complaint: 'blocks without a text to fall back on' }
  if (text.length > TEXT_UNITS_MAX) return { error: 'msg_too_long', complaint: `a text of ${text.length}` }
  const shape = complaintOfText(text, true)
  if (shape !== undefined) return { error: 'invalid_blocks', complaint: `text: ${shape}` }
  if (blocks.length > BLOCKS_MAX) return { error: 'invalid_blocks', complaint: `${blocks.length} blocks` }
  const units = JSON.stringify([body['blocks'], body['attachments']]).length
  if (units > MESSAGE_UNITS_MAX) return { error: 'msg_blocks_too_long', complaint: `blocks of ${units}` }
  for (const { color } of listOf(body['attachments']))
    if (!/^#[0-9a-f]{6}$/i.test(String(color)))
      return { error: 'invalid_attachments', complaint: `a colour ${String(color)}` }
  for (const [index, block] of blocks.entries()) {
    const complaint = complaintOfBlock(block)
    if (complaint !== undefined)
      return { error: 'invalid_blocks', complaint: `block ${index} (${String(block['type'])}): ${complaint}` }
  }
  return undefined
}

function complaintOfBlock(block: Fields): string | undefined {
  switch (block['type']) {
    case 'header':
      return complaintOfObject(block['text'], 150, ['plain_text'])
    case 'section':
      return complaintOfSection(block)
    case 'actions':
      return complaintOfActions(listOf(block['elements']))
    case 'context':
      return complaintOfList(listOf(block['elements']), 10, 2_000)
    default:
      return 'there is no such type'
  }
}

function complaintOfSection({ text, fields }: Fields): string | undefined {
  if (text === undefined && fields === undefined) return 'neither text nor fields'
  if (fields !== undefined) return complaintOfList(listOf(fields), 10, 2_000)
  return complaintOfObject(text, 3_000)
}

function complaintOfActions(elements: readonly Fields[]): string | undefined {
  if (elements.length === 0 || elements.length > 25) return `${elements.length} elements`
  const ids = new Set(elements.map(({ action_id }) => action_id))
  if (ids.size !== elements.length) return 'an action_id twice'
  for (const { type, text, url } of elements) {
    if (type !== 'button') return `an element ${String(type)}`
    const complaint = complaintOfObject(text, 75, ['plain_text'])
    if (complaint !== undefined) return complaint
    if (typeof url !== 'string' || url.length > 3_000 || URL.parse(url)?.protocol !== 'https:')
      return 'a bad url'
  }
  return undefined
}

function complaintOfList(list: readonly Fields[], most: number, unitsMax: number): string | undefined {
  if (list.length === 0 || list.length > most) return `${list.length} texts`
  return list.map((item) => complaintOfObject(item, unitsMax)).find((complaint) => complaint !== undefined)
}

function complaintOfObject(
  value: unknown,
  unitsMax: number,
  types: readonly string[] = ['plain_text', 'mrkdwn'],
): string | undefined {
  const { type, text, verbatim } = (value ?? {}) as Fields
  if (typeof type !== 'string' || !types.includes(type)) return `a text object ${String(type)}`
  if (typeof text !== 'string' || text.trim() === '') return 'a blank text'
  if (text.length > unitsMax) return `a text of ${text.length}, which may have ${unitsMax}`
  if (type === 'mrkdwn' && verbatim !== true && /[@#]/.test(text)) return 'what may be parsed as a mention'
  return complaintOfText(text, type === 'mrkdwn')
}

/** Of characters that are none, and of mrkdwn whose `&`, `<` and `>` are neither escaped nor a mark of Slack's. */
function complaintOfText(text: string, isMrkdwn: boolean): string | undefined {
  if (!text.isWellFormed()) return 'half a pair of surrogates'
  if (/[^\P{Cc}\n]/u.test(text)) return 'a control character'
  if (!isMrkdwn) return undefined
  if (/<!(?:channel|here|everyone|subteam)|<@/.test(text)) return `a mention: ${text}`
  const rest = text.replaceAll(/<(?:https:|!date\^)[^<>]*>/g, '')
  return /[<>]|&(?!(?:amp|lt|gt);)/.test(rest) ? `what is not escaped: ${rest}` : undefined
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : []
}
