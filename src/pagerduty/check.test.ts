import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { checkEvent } from './check.ts'

const TRIGGER = { action: 'trigger', summary: 'Disk full', source: 'db-1', severity: 'critical' }

const paths = (event: unknown): string[] => checkEvent(event).map((problem) => problem.path)

suite('an event is checked before the network', () => {
  test('a complete event of each action has no problem', () => {
    assert.deepEqual(checkEvent(TRIGGER), [])
    assert.deepEqual(checkEvent({ action: 'acknowledge', dedupKey: 'k' }), [])
    assert.deepEqual(checkEvent({ ...TRIGGER, action: 'resolve', dedupKey: 'k' }), [])
    assert.deepEqual(checkEvent({ action: 'change', summary: 'Deployed' }), [])
  })

  test('every problem is told at once, by the name it has on the wire', () => {
    const event = {
      action: 'trigger',
      dedupKey: 'k'.repeat(256),
      summary: ' ',
      source: 7,
      severity: 'High',
      timestamp: 'yesterday',
      component: [],
      customDetails: ['a'],
      links: [{ href: 1 }, 'x'],
      images: {},
      clientUrl: false,
    }
    assert.deepEqual(paths(event).sort(), [
      'client_url',
      'dedup_key',
      'images',
      'links[0].href',
      'links[1]',
      'payload.component',
      'payload.custom_details',
      'payload.severity',
      'payload.source',
      'payload.summary',
      'payload.timestamp',
    ])
  })

  const REFUSED: readonly (readonly [name: string, event: unknown, path: string, message: RegExp])[] = [
    ['no event at all', null, '', /is null; expected an event object/],
    ['an unknown action', { ...TRIGGER, action: 'ack' }, 'event_action', /"ack"; expected trigger/],
    ['a trigger without severity', { ...TRIGGER, severity: undefined }, 'payload.severity', /is missing/],
    ['a severity in capitals', { ...TRIGGER, severity: 'Info' }, 'payload.severity', /"Info".*lower case/],
    ['an acknowledgement without a key', { action: 'acknowledge' }, 'dedup_key', /missing or blank/],
    ['a resolve with a blank key', { action: 'resolve', dedupKey: ' ' }, 'dedup_key', /missing or blank/],
    [
      'a key of 256 characters',
      { ...TRIGGER, dedupKey: '😀'.repeat(256) },
      'dedup_key',
      /has 256 characters/,
    ],
    ['a change without summary', { action: 'change' }, 'payload.summary', /missing or blank/],
    ['an unpadded hour', { ...TRIGGER, timestamp: '2021-10-22 5:01:32' }, 'payload.timestamp', /ISO 8601/],
    ['a 13th month', { ...TRIGGER, timestamp: '2021-13-01' }, 'payload.timestamp', /ISO 8601/],
    ['a 30th of February', { ...TRIGGER, timestamp: '2024-02-30T00:00Z' }, 'payload.timestamp', /ISO 8601/],
  ]
  for (const [name, event, path, message] of REFUSED) {
    test(`${name} is refused`, () => {
      const problems = checkEvent(event)
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      )
      assert.match(problems[0]?.message ?? '', message)
    })
  }

  const TIMESTAMPS = [
    '2015-07-17T08:42:58.315+0000',
    '2011-05-06T03:30-07',
    '2024-02-29',
    '2026-08-22T08:42:58.315Z',
    '2026-08-22T08:42:60+02:00',
  ]
  for (const timestamp of TIMESTAMPS) {
    test(`the timestamp ${timestamp} is taken`, () => {
      assert.deepEqual(checkEvent({ ...TRIGGER, timestamp }), [])
    })
  }

  test('a key that is within the limit by one count of characters is left to PagerDuty to judge', () => {
    assert.deepEqual(checkEvent({ ...TRIGGER, dedupKey: '😀'.repeat(255) }), [])
  })

  test('what can be mended is no problem', () => {
    const event = {
      ...TRIGGER,
      summary: 'x'.repeat(9999),
      links: [{ text: 'no href' }],
      images: [{ src: '' }],
    }
    assert.deepEqual(checkEvent(event), [])
  })

  test('it never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (event) => {
        checkEvent(event)
        checkEvent({ ...TRIGGER, customDetails: event, links: [event], dedupKey: event, severity: event })
      }),
    )
    const hostile = new Proxy({}, { get: () => assert.fail('a getter that throws') })
    assert.deepEqual(paths(hostile), [''])
  })
})
