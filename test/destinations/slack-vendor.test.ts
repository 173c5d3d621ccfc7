import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf } from '../vendors/slack-blocks.ts'

const plain = (text: unknown): object => ({ type: 'plain_text', text, emoji: false })
const section = (text: unknown): object => ({ type: 'section', text })
const button = (more: object): object => ({
  type: 'button',
  action_id: 'a',
  text: plain('Wiki'),
  url: 'https://a.example',
  ...more,
})

type Refused = readonly [name: string, body: Readonly<Record<string, unknown>>, error: string]

function ofBlocks(
  cases: readonly (readonly [name: string, blocks: readonly object[]])[],
): readonly Refused[] {
  return cases.map(([name, blocks]) => [name, { text: 'a', blocks }, 'invalid_blocks'])
}

/** What Slack refuses, and with which word. */
const REFUSED: readonly Refused[] = [
  ['nothing', {}, 'no_text'],
  ['blocks that a notification cannot show', { blocks: [section(plain('a'))] }, 'no_text'],
  ['a text that is too long', { text: 'x'.repeat(4_001) }, 'msg_too_long'],
  ['a text that calls everybody', { text: 'a <!channel>' }, 'invalid_blocks'],
  ['a text that calls somebody', { text: 'a <@U1>' }, 'invalid_blocks'],
  ['a text that is not escaped', { text: 'a & b' }, 'invalid_blocks'],
  ['half a character', { text: 'a \uD83D' }, 'invalid_blocks'],
  ['a character that is none', { text: 'a \u0000' }, 'invalid_blocks'],
  ...ofBlocks([
    ['too many blocks', Array.from({ length: 51 }, () => section(plain('a')))],
    ['a headline that is too long', [{ type: 'header', text: plain('x'.repeat(151)) }]],
    ['a headline with markup', [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }]],
    ['a section that is too long', [section(plain('x'.repeat(3_001)))]],
    ['a section of blanks', [section(plain(' '))]],
    ['an empty section', [{ type: 'section' }]],
    ['too many fields', [{ type: 'section', fields: Array.from({ length: 11 }, () => plain('a')) }]],
    ['a field that is too long', [{ type: 'section', fields: [plain('x'.repeat(2_001))] }]],
    ['what looks like a mention', [section({ type: 'mrkdwn', text: 'a @here' })]],
    ['a label that is too long', [{ type: 'actions', elements: [button({ text: plain('x'.repeat(76)) })] }]],
    ['a button that leads nowhere', [{ type: 'actions', elements: [button({ url: 'x' })] }]],
    ['two buttons of one name', [{ type: 'actions', elements: [button({}), button({})] }]],
    ['no button', [{ type: 'actions', elements: [] }]],
    ['a block that there is not', [{ type: 'table' }]],
  ]),
  [
    'more than fits in all',
    { text: 'a', blocks: Array.from({ length: 4 }, () => section(plain('x'.repeat(2_900)))) },
    'msg_blocks_too_long',
  ],
  [
    'a colour that is none',
    { text: 'a', attachments: [{ color: 'loud', blocks: [] }] },
    'invalid_attachments',
  ],
]

for (const [name, body, error] of REFUSED) {
  test(`the Slack of the tests refuses ${name}`, () => assert.equal(refusalOf(body)?.error, error))
}

test('the Slack of the tests takes what is within all limits', () => {
  const blocks = [
    { type: 'header', text: plain('x'.repeat(150)) },
    section({ type: 'mrkdwn', text: '<https://a.example|Wiki> &amp; @here', verbatim: true }),
    { type: 'section', fields: Array.from({ length: 10 }, () => plain('<!channel>')) },
    { type: 'actions', elements: [button({})] },
    { type: 'context', elements: [plain('a')] },
  ]
  assert.equal(refusalOf({ text: 'a', blocks, attachments: [{ color: '#d32f2f', blocks }] }), undefined)
})
