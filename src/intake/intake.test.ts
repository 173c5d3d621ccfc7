import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import type { Item } from '../alert/alert.ts'
import { alertOf, contextOf, fixture } from '../../test/fixtures/intake/context.ts'
import { formatNamed, FORMATS, parseChangeEvent, parseEvent, readJson, type Problem } from './intake.ts'

const context = contextOf('fuzz')

/** Every way in, each giving what became of a body in one form. */
const DOORS: readonly (readonly [
  name: string,
  body: string,
  parse: (body: unknown) => { readonly items?: readonly Item[]; readonly problems: readonly Problem[] },
])[] = [
  ...FORMATS.map(
    (format) =>
      [
        format.name,
        {
          prometheus: 'prometheus-push.json',
          alertmanager: 'alertmanager-webhook.json',
          grafana: 'grafana-webhook.json',
        }[format.name] ?? 'own.json',
        (body: unknown) => {
          const parsed = format.parse(body, context)
          return parsed.ok ? { items: parsed.items, problems: [] } : { problems: parsed.problems }
        },
      ] as const,
  ),
  ...[
    ['events', 'event-trigger.json', parseEvent] as const,
    ['changes', 'change-event.json', parseChangeEvent] as const,
  ].map(
    ([name, file, parse]) =>
      [
        name,
        file,
        (body: unknown) => {
          const parsed = parse(body, context)
          if (parsed.ok) return { items: [parsed.item], problems: [] }
          return { problems: parsed.errors.map((message) => ({ path: '', message })) }
        },
      ] as const,
  ),
]

const DEEP: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
const DEEP_OBJECT: unknown = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)
const POLLUTION: unknown = JSON.parse(
  '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"toString":"x"}',
)
const PROTO_TEXT: unknown = JSON.parse('{"__proto__":"x","a":"b"}')

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    ' ',
    '\u{d800}',
    'a\0b',
    '\u{202e}txt',
    'x'.repeat(70_000),
    '2026-02-30T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
    'javascript:alert(1)',
    'https://example.com/\u{d800}',
    'http://example.com/a\0b',
    'https://例え.example/ö',
    'firing',
    'true',
    0,
    -0,
    -1,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    true,
    [],
    {},
    DEEP,
    DEEP_OBJECT,
    POLLUTION,
    PROTO_TEXT,
    { '\u{d800}': '\u{dfff}' },
  ),
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
)

/** Every place in a body at which something else can be put. */
function placesIn(value: unknown): readonly ((replacement: unknown) => void)[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  const define = (key: string, replacement: unknown): void => {
    const property = { value: replacement, enumerable: true, configurable: true, writable: true }
    if (!Array.isArray(holder) || /^\d+$/.test(key)) Object.defineProperty(holder, key, property)
  }
  return Object.keys(holder).flatMap((key) => {
    const own = [
      (replacement: unknown): void => define(key, replacement),
      (replacement: unknown): void => define(`new${key}`, replacement),
      (replacement: unknown): void => define('__proto__', replacement),
    ]
    return own.concat(placesIn(holder[key]))
  })
}

function assertSound(item: Item): void {
  const { source, summary, labels, links } = item.kind === 'alert' ? item.alert : item.change
  assert.ok(source.length > 0 && source.isWellFormed())
  assert.ok(summary.length > 0 && summary.isWellFormed() && !summary.includes('\0'))
  for (const [name, text] of Object.entries(labels)) {
    assert.ok(typeof text === 'string' && text.isWellFormed() && name.isWellFormed())
  }
  for (const link of links) {
    assert.match(link.href, /^https?:\/\/\S/i)
    assert.ok(link.href.isWellFormed() && !link.href.includes('\0'))
  }
  assert.ok(JSON.stringify(item).length > 0)
  if (item.kind === 'change') return
  const { fingerprint, startsAt = 0, endsAt = 0, expiresAt = 0, dedupKey = 'k' } = item.alert
  assert.ok(fingerprint.length > 4)
  assert.ok(dedupKey.length > 0 && dedupKey.length <= 255)
  for (const time of [startsAt, endsAt, expiresAt]) assert.ok(Number.isSafeInteger(time), String(time))
}

describe('whatever anybody sends', () => {
  for (const [name, file, parse] of DOORS) {
    const check = (body: unknown): void => {
      const { items, problems } = parse(body)
      if (items === undefined) {
        assert.ok(problems.length > 0 && problems.length <= 200)
        for (const { message } of problems) assert.ok(message.length > 0 && message.length < 500, message)
      } else for (const item of items) assertSound(item)
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    }

    it(`${name} takes its own fixture`, () => {
      assert.deepEqual(parse(fixture(file)).problems, [])
    })

    it(`${name} never throws, and says what is wrong: any JSON`, () => {
      fc.assert(fc.property(hostile, check), { numRuns: 500 })
      fc.assert(fc.property(fc.array(hostile), check))
      fc.assert(fc.property(fc.record({ alerts: fc.array(hostile) }), check))
    })

    it(`${name} never throws, and says what is wrong: a body with something else in it`, () => {
      const changes = fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 4 })
      fc.assert(
        fc.property(changes, (replacements) => {
          const body = fixture(file)
          for (const [at, value] of replacements) {
            const places = placesIn(body)
            const deep = value === DEEP || value === DEEP_OBJECT
            places[at % places.length]?.(deep ? value : structuredClone(value))
            // Looking for places in it would overflow the stack of this test.
            if (deep) break
          }
          check(body)
        }),
        { numRuns: 1000 },
      )
    })

    it(`${name} gives the same answer twice, and changes nothing in the body`, () => {
      const body = fixture(file)
      const first = parse(body)
      assert.ok(isDeepStrictEqual(parse(body), first))
      assert.deepEqual(body, fixture(file))
    })
  }
})

describe('identity', () => {
  const texts = fc.string({ minLength: 1, maxLength: 8, unit: 'binary' })
  const maps = fc.uniqueArray(fc.tuple(texts, texts), {
    minLength: 1,
    maxLength: 8,
    selector: ([name]) => name,
  })

  for (const format of FORMATS) {
    it(`does not depend on the order of the labels: ${format.name}`, () => {
      const identityOf = (pairs: readonly (readonly [string, string])[]): string => {
        const alert = { status: 'firing', labels: { ...Object.fromEntries(pairs), alertname: 'A' } }
        return alertOf(format.parse(format.name === 'prometheus' ? [alert] : { alerts: [alert] }, context))
          .fingerprint
      }
      fc.assert(
        fc.property(maps, (pairs) => {
          assert.equal(identityOf(pairs), identityOf(pairs.toReversed()))
        }),
      )
    })
  }

  it('does not lose a label that every object has by another name', () => {
    const labels: unknown = JSON.parse('{"__proto__":"x","constructor":"y","gone":""}')
    const alert = alertOf(FORMATS[0]?.parse([{ labels }], context) ?? { ok: true, items: [] })
    assert.deepEqual(Object.entries(alert.labels), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })
})

describe('the table of formats', () => {
  it('names each once', () => {
    assert.equal(new Set(FORMATS.map((format) => format.name)).size, FORMATS.length)
    assert.equal(formatNamed('grafana')?.name, 'grafana')
    assert.equal(formatNamed('toString'), undefined)
  })
})

describe('bytes', () => {
  it('become a value', () => {
    assert.deepEqual(readJson(new TextEncoder().encode('\u{feff}{"a":"é"}')), { ok: true, body: { a: 'é' } })
    assert.deepEqual(readJson('[1]'), { ok: true, body: [1] })
  })

  it('that are no JSON are refused without repeating them', () => {
    for (const text of ['', '{', '{"routing_key": "hunter2"', 'hunter2', '{"a":hunter2}', '\u{d800}']) {
      const read = readJson(text)
      assert.ok(!read.ok)
      assert.equal(read.status, 400)
      assert.doesNotMatch(JSON.stringify(read), /hunter2/)
    }
  })

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.equal(typeof readJson(bytes).ok, 'boolean')
      }),
    )
  })

  it('nested very deeply become a value or a refusal', () => {
    assert.equal(typeof readJson('['.repeat(1_000_000)).ok, 'boolean')
  })
})
