import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { checkEvent } from './check.ts'
import { encodeEvent, SUMMARY_UNITS_MAX } from './encode.ts'
import type { PagerDutyEvent, TriggerEvent } from './event.ts'
import { BODY_BYTES_MAX } from './fit-body.ts'

const KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const TRIGGER: TriggerEvent = {
  action: 'trigger',
  summary: 'Disk full',
  source: 'db-1',
  severity: 'critical',
}

interface Wire {
  routing_key: string
  event_action?: string
  dedup_key?: string
  payload?: { summary?: string; source?: string; custom_details?: Record<string, unknown> }
  links?: { href: string }[]
  images?: unknown[]
  client?: string
}

const wireOf = (event: PagerDutyEvent): Wire => JSON.parse(encodeEvent(event, KEY).body) as Wire

suite('an event becomes the body that PagerDuty takes', () => {
  test('each field stands where the Events API wants it', () => {
    const event: TriggerEvent = {
      ...TRIGGER,
      dedupKey: 'disk/db-1',
      timestamp: '2026-08-22T08:42:58.315Z',
      component: 'disk',
      group: 'db',
      class: 'full',
      customDetails: { used: '97 %' },
      links: [{ href: 'https://wiki/disk', text: 'Runbook' }],
      images: [{ src: 'https://graph/disk.png', alt: 'Usage' }],
      client: 'Tocsin',
      clientUrl: 'https://tocsin.example',
    }
    assert.deepEqual(wireOf(event), {
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: 'disk/db-1',
      payload: {
        summary: 'Disk full',
        source: 'db-1',
        severity: 'critical',
        timestamp: '2026-08-22T08:42:58.315Z',
        component: 'disk',
        group: 'db',
        class: 'full',
        custom_details: { used: '97 %' },
      },
      links: [{ href: 'https://wiki/disk', text: 'Runbook' }],
      images: [{ src: 'https://graph/disk.png', alt: 'Usage' }],
      client: 'Tocsin',
      client_url: 'https://tocsin.example',
    })
    assert.deepEqual(encodeEvent(event, KEY).notes, [])
  })

  test('an acknowledgement without content has no payload', () => {
    const wire = wireOf({ action: 'acknowledge', dedupKey: 'k' })
    assert.deepEqual(wire, { routing_key: KEY, event_action: 'acknowledge', dedup_key: 'k' })
  })

  test('a resolve carries the whole payload when it has one', () => {
    const wire = wireOf({ ...TRIGGER, action: 'resolve', dedupKey: 'k' })
    assert.deepEqual(wire.payload, { summary: 'Disk full', source: 'db-1', severity: 'critical' })
  })

  test('a change event has no action, key or severity', () => {
    const wire = wireOf({
      action: 'change',
      summary: 'Deployed 1.2',
      source: 'ci',
      customDetails: { build: 7 },
    })
    const payload = { summary: 'Deployed 1.2', source: 'ci', custom_details: { build: 7 } }
    assert.deepEqual(wire, { routing_key: KEY, payload })
  })

  test('a long summary is cut at a whole character and the notes say so', () => {
    const { body, notes } = encodeEvent({ ...TRIGGER, summary: `${'x'.repeat(1022)}😀 and more` }, KEY)
    const { payload } = JSON.parse(body) as Wire
    assert.equal(payload?.summary, `${'x'.repeat(1022)}…`)
    assert.deepEqual(notes, ['payload.summary was cut from 1033 to 1024 characters'])
  })

  test('a summary of exactly 1,024 characters is left alone', () => {
    const { body, notes } = encodeEvent({ ...TRIGGER, summary: 'x'.repeat(1024) }, KEY)
    assert.equal((JSON.parse(body) as Wire).payload?.summary?.length, 1024)
    assert.deepEqual(notes, [])
  })

  test('half a surrogate pair is replaced wherever it stands, and an escaped backslash is not taken for one', () => {
    const customDetails = { ['\ud83d']: ['\ude00', { path: 'C:\\ud83d\\new' }] }
    const wire = wireOf({ ...TRIGGER, summary: 'a\ud83d', dedupKey: '\ud83dk', customDetails })
    assert.equal(wire.payload?.summary, 'a\ufffd')
    assert.equal(wire.dedup_key, '\ufffdk')
    assert.deepEqual(wire.payload?.custom_details, { '\ufffd': ['\ufffd', { path: 'C:\\ud83d\\new' }] })
  })

  test('links without href and images without an https src are left out, and the notes say so', () => {
    const links = [{ href: '' }, { href: 'https://a' }]
    const images = [{ src: '' }, { src: 'http://a/b.png' }, { src: 'https://a/b.png' }]
    const { body, notes } = encodeEvent({ ...TRIGGER, links, images }, KEY)
    const wire = JSON.parse(body) as Wire
    assert.deepEqual(wire.links, [{ href: 'https://a' }])
    assert.deepEqual(wire.images, [{ src: 'https://a/b.png' }])
    assert.deepEqual(notes, ['links: 1 without href left out', 'images: 2 without an https src left out'])
  })

  test('a change event keeps the 50 links that PagerDuty takes', () => {
    const links = Array.from({ length: 53 }, (_, index) => ({ href: `https://a/${index}` }))
    const { body, notes } = encodeEvent({ action: 'change', summary: 'Deployed', links }, KEY)
    assert.equal((JSON.parse(body) as Wire).links?.length, 50)
    assert.match(notes.join(), /links: 3 beyond the 50/)
  })

  test('blank texts are left out, because PagerDuty refuses them and takes none', () => {
    const wire = wireOf({ ...TRIGGER, dedupKey: '', component: ' ', client: '' })
    assert.deepEqual(Object.keys(wire), ['routing_key', 'event_action', 'payload'])
    assert.equal('component' in (wire.payload ?? {}), false)
  })
})

suite('details that JSON cannot carry', () => {
  const cycle: Record<string, unknown> = { name: 'loop' }
  cycle['self'] = cycle
  let deep: unknown = 'bottom'
  for (let level = 0; level < 50_000; level++) deep = [deep]
  const ROWS: readonly (readonly [name: string, details: Record<string, unknown>, seen: RegExp])[] = [
    ['a cycle', cycle, /\[circular\]/],
    ['a bigint', { count: 2n ** 64n }, /18446744073709551616/],
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', { enumerable: true, get: () => assert.fail() }),
      /\[unreadable\]/,
    ],
    ['a toJSON that throws', { x: { toJSON: () => assert.fail(), y: 1 } }, /"y":1/],
    ['a date that is none', { at: new Date(Number.NaN), big: 1n }, /\[invalid date\]/],
  ]
  for (const [name, details, seen] of ROWS) {
    test(`${name} is told in words and the event still goes out`, () => {
      const { body, notes } = encodeEvent({ ...TRIGGER, customDetails: details }, KEY)
      assert.match(JSON.stringify((JSON.parse(body) as Wire).payload?.custom_details), seen)
      assert.match(notes.join(), /custom_details/)
    })
  }

  test('an object nested deeper than the stack goes out cut', () => {
    const { body } = encodeEvent({ ...TRIGGER, customDetails: { deep, big: 1n } }, KEY)
    assert.match(body, /nested too deep/)
  })
})

suite('an event that is too large is made to fit', () => {
  const fit = (event: PagerDutyEvent): { wire: Wire; note: string; notes: readonly string[] } => {
    const { body, notes } = encodeEvent(event, KEY)
    assert.ok(Buffer.byteLength(body) <= BODY_BYTES_MAX)
    const wire = JSON.parse(body) as Wire
    return { wire, note: String(wire.payload?.custom_details?.['tocsin_note']), notes }
  }

  test('the largest value is shortened first, the others stay, and a note in the event says so', () => {
    const customDetails = { log: 'é'.repeat(300_000), host: 'db-1', stack: 's'.repeat(5_000) }
    const { wire, note, notes } = fit({ ...TRIGGER, customDetails })
    assert.equal(wire.payload?.custom_details?.['host'], 'db-1')
    assert.equal(wire.payload?.custom_details?.['stack'], customDetails.stack)
    assert.match(String(wire.payload?.custom_details?.['log']), /^é{999}… \[cut: was 600,008 bytes\]$/)
    assert.match(
      note,
      /had 60\d,\d{3} bytes and PagerDuty takes 512,000.*custom_details\.log \(shortened, 600,008 bytes\)\.$/,
    )
    assert.deepEqual(notes, [note])
  })

  test('when many small values make it large, only as many go as must', () => {
    const customDetails = Object.fromEntries(
      Array.from({ length: 900 }, (_, n) => [`row${n}`, 'x'.repeat(700)]),
    )
    const { wire, note } = fit({ ...TRIGGER, customDetails })
    const kept = Object.keys(wire.payload?.custom_details ?? {}).length
    assert.ok(kept > 650 && kept < 740, `${kept} kept`)
    assert.match(note, /custom_details\.row\d+ \(left out, 7\d\d bytes\).* and \d+ more\.$/)
  })

  test('links and images go when the details were not what made it large', () => {
    const links = Array.from({ length: 600 }, () => ({ href: `https://a/${'x'.repeat(1000)}` }))
    const { wire, note } = fit({ ...TRIGGER, customDetails: { host: 'db-1' }, links })
    assert.equal(wire.links, undefined)
    assert.equal(wire.payload?.custom_details?.['host'], 'db-1')
    assert.match(note, /: links \(left out, 61\d,\d{3} bytes\)/)
  })

  test('an enormous source is cut as a last resort', () => {
    const { wire, note } = fit({ ...TRIGGER, source: '\u0001'.repeat(600_000), component: 'disk' })
    assert.match(wire.payload?.source ?? '', /… \[cut: was [\d,]+ bytes\]$/)
    assert.match(note, /source \(shortened/)
  })

  test('an acknowledgement that is too large fits too', () => {
    const { note } = fit({ action: 'acknowledge', dedupKey: 'k', client: 'c'.repeat(600_000) })
    assert.match(note, /client \(shortened/)
  })

  test('an event of exactly 512,000 bytes is sent as it is, and one byte more is made to fit', () => {
    const empty = Buffer.byteLength(encodeEvent({ ...TRIGGER, customDetails: { log: '' } }, KEY).body)
    const log = 'x'.repeat(BODY_BYTES_MAX - empty)
    assert.deepEqual(encodeEvent({ ...TRIGGER, customDetails: { log } }, KEY).notes, [])
    assert.equal(encodeEvent({ ...TRIGGER, customDetails: { log: `${log}x` } }, KEY).notes.length, 1)
  })
})

suite('for any event that passes the check', () => {
  // Long texts out of a short random part: generating half a megabyte each time would take minutes.
  const unit = fc.string({ unit: 'binary', maxLength: 40 })
  const anyUnits = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units))
  const text = fc
    .tuple(fc.oneof(unit, anyUnits), fc.constantFrom(1, 1, 3, 60, 5_000, 40_000))
    .map(([part, times]) => part.repeat(times))
  const optionalText = fc.option(text, { nil: undefined })
  const details = fc.dictionary(
    fc.oneof(unit, text),
    fc.oneof(text, fc.anything({ withBigInt: true, withDate: true }), fc.array(text, { maxLength: 3 })),
    { maxKeys: 6 },
  )
  const content = {
    dedupKey: fc.oneof(unit, anyUnits).map((key) => `k${key}`),
    summary: text.map((summary) => `s${summary}`),
    source: text.map((source) => `s${source}`),
    severity: fc.constantFrom('critical', 'error', 'warning', 'info'),
    component: optionalText,
    group: optionalText,
    class: optionalText,
    client: optionalText,
    clientUrl: optionalText,
    customDetails: fc.option(details, { nil: undefined }),
    links: fc.option(fc.array(fc.record({ href: text, text: optionalText }), { maxLength: 4 }), {
      nil: undefined,
    }),
    images: fc.option(fc.array(fc.record({ src: text.map((src) => `https://${src}`) }), { maxLength: 4 }), {
      nil: undefined,
    }),
  }
  const anyEvent = fc.record({
    action: fc.constantFrom('trigger', 'acknowledge', 'resolve', 'change'),
    ...content,
  }) as fc.Arbitrary<PagerDutyEvent>

  test('the body is JSON of at most 512,000 bytes, well-formed, with a summary within the limit', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        assert.deepEqual(checkEvent(event), [])
        const { body } = encodeEvent(event, KEY)
        const summary = (JSON.parse(body) as Wire).payload?.summary ?? ''
        assert.ok(Buffer.byteLength(body) <= BODY_BYTES_MAX)
        assert.ok(summary.length <= SUMMARY_UNITS_MAX && summary !== '')
        assert.ok(Array.from(summary).length <= SUMMARY_UNITS_MAX)
        assert.ok(body.isWellFormed() && summary.isWellFormed())
        assert.equal(/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(body), false)
      }),
      { numRuns: 150 },
    )
  })

  test('what had to go is told, and nothing is told when nothing had to', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { body, notes } = encodeEvent(event, KEY)
        const isNoted = 'tocsin_note' in ((JSON.parse(body) as Wire).payload?.custom_details ?? {})
        assert.equal(
          isNoted,
          notes.some((note) => note.includes('made to fit') || note.includes('could not be written')),
        )
      }),
      { numRuns: 50 },
    )
  })
})
