import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert, Json } from '../../src/alert/alert.ts'
import { assertSays, showsKey, staged, telling, type Kind } from './destination-kind.ts'

const ODD: readonly string[] = [
  '\u{1F525} Feuer im Gebäude – 火事',
  'a "quote", a \\ backslash, a / and </script>',
  'a line\nand another\r\n\tand a tab',
  'nothing\u0000between',
  '\u202Eright to left',
  'half a pair \uD83D',
  '${HOME} {{ summary }} %s %00 \u2028',
  '*bold* _it_ ~no~ `code` <!channel> <@U1> <https://a.example|here> [a](https://b.example) &amp; <b>',
]

const LARGE: readonly (readonly [name: string, lead: Partial<Alert>])[] = [
  ['one large detail', { details: { log: 'x'.repeat(3_000_000) } }],
  ['details of many bytes to a character', { details: { log: '火'.repeat(1_000_000) } }],
  [
    'many details',
    { details: Object.fromEntries(Array.from({ length: 40_000 }, (_, n) => [`d${n}`, 'x'.repeat(50)])) },
  ],
  ['deep details', { details: { deep: deep(2_000, 'x'.repeat(2_000_000)) } }],
  ['large labels', { labels: { stack: 'x'.repeat(2_000_000) } }],
  ['large annotations', { annotations: { text: '"'.repeat(2_000_000) } }],
  [
    'many links',
    {
      links: Array.from({ length: 40_000 }, (_, n) => ({
        href: `https://a.example/${n}`,
        text: 'x'.repeat(30),
      })),
    },
  ],
  ['a large summary', { summary: '\u0001'.repeat(2_000_000) }],
  ['a large summary of emoji', { summary: '\u{1F525}'.repeat(500_000) }],
  [
    'large everything',
    {
      summary: 'x'.repeat(2_000_000),
      source: 'y'.repeat(2_000_000),
      labels: { a: 'z'.repeat(2_000_000) },
      details: { b: '"'.repeat(2_000_000) },
    },
  ],
]

/** A value at the end of many maps within each other. */
function deep(levels: number, value: Json): Json {
  return levels === 0 ? value : { in: deep(levels - 1, value) }
}

/** What is odd arrives as it is or readable; what is too large loses what it can. */
export function contentContract(kind: Kind): void {
  for (const odd of ODD) {
    test(
      `odd characters arrive: ${JSON.stringify(odd)}`,
      staged(kind, async ({ vendor, tell }) => {
        const lead = {
          summary: odd,
          labels: { [odd]: odd },
          annotations: { [odd]: odd },
          details: { [odd]: [odd] },
        }
        const key = odd.toWellFormed()
        const outcome = await tell(telling('trigger', { key }, lead))
        assert.equal(outcome.kind, 'accepted', outcome.message)
        assertSays(kind, vendor.heard[0], 'trigger', odd)
        if (showsKey(kind)) assert.equal(vendor.heard[0]?.incident, key)
      }),
    )
  }

  test(
    'an alert that says nothing is told all the same',
    staged(kind, async ({ vendor, tell }) => {
      const nothing = { summary: ' ', source: '', labels: {} }
      assert.equal((await tell(telling('trigger', {}, nothing))).kind, 'accepted')
      assert.notEqual(vendor.heard[0]?.summary.trim(), '')
    }),
  )

  for (const [name, lead] of LARGE) {
    test(
      `what is too large loses what it can, and never its incident: ${name}`,
      staged(kind, async ({ vendor, tell }) => {
        const outcome = await tell(telling('trigger', {}, lead))
        assert.ok(outcome.kind === 'accepted', outcome.message)
        assert.equal(vendor.heard.length, 1)
        const [{ incident, severity, summary } = { summary: '' }] = vendor.heard
        if (showsKey(kind)) assert.equal(incident, 'disk-db-1')
        if (severity !== undefined) assert.equal(severity, 'critical')
        assert.notEqual(summary, '')
        if (kind.verbatim === true && lead.summary === undefined)
          assert.ok((outcome.notes ?? []).length > 0, JSON.stringify(outcome))
      }),
    )
  }
}
