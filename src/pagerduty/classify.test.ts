import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { classifyAnswer, classifyFailure, type Asked } from './classify.ts'
import type { Outcome } from './outcome.ts'

const KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const NOW = Date.parse('2026-08-22T08:00:00Z')
const ASKED: Asked = { routingKey: KEY, nowAt: NOW, dedupKey: 'own', notes: [] }

const classify = (status: number, body = '', headers: Record<string, string | string[]> = {}): Outcome =>
  classifyAnswer({ status, headers, body }, ASKED)

/** The verdict in one line: what a reader of the table compares. */
function verdict(outcome: Outcome): string {
  if (outcome.kind === 'accepted') return 'accepted'
  if (outcome.kind === 'rejected') return `rejected ${outcome.reason}`
  return `retry ${outcome.reason} ${outcome.maybeAccepted ? 'maybe taken' : 'not taken'}`
}

const RULES: readonly (readonly [name: string, from: number, to: number, verdict: string])[] = [
  ['informational', 100, 199, 'rejected refused'],
  ['success', 200, 299, 'accepted'],
  ['redirect', 300, 399, 'rejected refused'],
  ['bad request', 400, 400, 'rejected invalid-event'],
  ['unauthorized to forbidden', 401, 403, 'rejected refused'],
  ['not found to proxy login', 404, 407, 'rejected refused'],
  ['request timeout', 408, 408, 'retry timeout maybe taken'],
  ['conflict to precondition failed', 409, 412, 'rejected refused'],
  ['too large', 413, 413, 'rejected invalid-event'],
  ['URI too long to misdirected', 414, 421, 'rejected refused'],
  ['unprocessable', 422, 422, 'rejected invalid-event'],
  ['locked to failed dependency', 423, 424, 'rejected refused'],
  ['too early', 425, 425, 'retry server-error maybe taken'],
  ['upgrade required to 428', 426, 428, 'rejected refused'],
  ['too many requests', 429, 429, 'retry rate-limited not taken'],
  ['the rest of 4xx', 430, 499, 'rejected refused'],
  ['server error', 500, 599, 'retry server-error maybe taken'],
]

suite('every status from 100 to 599 has its meaning', () => {
  test('the table has one row for each status', () => {
    const covered = RULES.flatMap(([, from, to]) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    )
    assert.deepEqual(
      covered,
      Array.from({ length: 500 }, (_, index) => 100 + index),
    )
  })

  for (const [name, from, to, expected] of RULES) {
    test(`${from} to ${to} (${name}): ${expected}`, () => {
      for (let status = from; status <= to; status++) {
        const outcome = classify(status)
        assert.equal(verdict(outcome), expected, `${status}`)
        assert.equal(outcome.status, status)
        if (outcome.kind !== 'accepted') assert.match(outcome.message, new RegExp(`\\(${status}\\)`))
      }
    })
  }
})

suite('an accepted event', () => {
  test('has the key that PagerDuty named', () => {
    const body = '{"status":"success","message":"Event processed","dedup_key":"theirs"}'
    assert.deepEqual(classify(202, body), {
      kind: 'accepted',
      status: 202,
      dedupKey: 'theirs',
      message: 'Event processed',
      notes: [],
    })
  })

  test('has its own key when the answer names none', () => {
    const outcome = classify(202, '{"status":"success","message":"Change event processed"}')
    assert.equal(outcome.kind === 'accepted' && outcome.dedupKey, 'own')
  })

  for (const body of ['', '<html><title>Welcome</title></html>', 'null', '"ok"', '{"status":"suc', '[]']) {
    test(`is accepted with a note when the answer is ${JSON.stringify(body)}`, () => {
      const outcome = classify(200, body)
      assert.ok(outcome.kind === 'accepted')
      assert.match(outcome.notes.join(), /the answer \(200\) is not PagerDuty's own/)
    })
  }

  test('keeps the notes of its encoding', () => {
    const body = '{"status":"success"}'
    const outcome = classifyAnswer({ status: 202, headers: {}, body }, { ...ASKED, notes: ['cut'] })
    assert.deepEqual(outcome.kind === 'accepted' && outcome.notes, ['cut'])
  })
})

suite('Retry-After', () => {
  const ROWS: readonly (readonly [name: string, value: string | string[], afterMs: number | undefined])[] = [
    ['seconds', '30', 30_000],
    ['zero', '0', 0],
    ['a fraction of a second', '1.5', 1_500],
    ['seconds with space around', ' 7 ', 7_000],
    ['more than five minutes', '86400', 300_000],
    ['an absurd number', '9'.repeat(400), 300_000],
    ['a negative number', '-5', undefined],
    ['no number', 'soon', undefined],
    ['nothing', '', undefined],
    ['a number with a unit', '30s', undefined],
    ['infinity', 'Infinity', undefined],
    ['a date', 'Sat, 22 Aug 2026 08:01:30 GMT', 90_000],
    ['a date of RFC 850', 'Saturday, 22-Aug-26 08:01:30 GMT', 90_000],
    ['a date of asctime', 'Sat Aug 22 08:01:30 2026', 90_000],
    ['a date that has passed', 'Sat, 22 Aug 2026 07:00:00 GMT', 0],
    ['a date next year', 'Sun, 22 Aug 2027 08:00:00 GMT', 300_000],
    ['a date that is none', 'Sat, 99 Foo 2026 08:00:00 GMT', undefined],
    ['a date in another form', '2026-08-22T08:01:30Z', undefined],
    ['two headers', ['5', '60'], 5_000],
  ]
  for (const [name, value, afterMs] of ROWS) {
    test(`as ${name} is ${afterMs === undefined ? 'no answer' : `${afterMs} ms`}`, () => {
      for (const status of [429, 503]) {
        const outcome = classify(status, '', { 'retry-after': value })
        assert.ok(outcome.kind === 'retry')
        assert.equal(outcome.afterMs, afterMs)
        assert.equal('afterMs' in outcome, afterMs !== undefined)
      }
    })
  }

  test('is found however the name is cased', () => {
    const outcome = classify(429, '', { 'Retry-After': '3' })
    assert.equal(outcome.kind === 'retry' && outcome.afterMs, 3_000)
  })
})

suite('every form of error body is read', () => {
  const ROWS: readonly (readonly [
    name: string,
    body: string,
    messages: readonly string[],
    reason?: string,
  ])[] = [
    [
      "PagerDuty's normal form",
      `{"status":"invalid event","message":"Event object is invalid","errors":["'payload.source' is missing or blank","'payload.severity' is invalid"]}`,
      ["'payload.source' is missing or blank", "'payload.severity' is invalid"],
    ],
    [
      'a routing key of the wrong length',
      `{"status":"invalid event","message":"Event object is invalid","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}`,
      ["Length of 'routing_key' is incorrect (should be 32 characters)"],
      'invalid-routing-key',
    ],
    ['an unknown key, in plain text', 'Invalid routing key', ['Invalid routing key'], 'invalid-routing-key'],
    [
      'an unknown key, as a JSON string',
      '"Invalid routing key"',
      ['Invalid routing key'],
      'invalid-routing-key',
    ],
    [
      'an unknown key, in errors',
      '{"errors":["Invalid routing key"]}',
      ['Invalid routing key'],
      'invalid-routing-key',
    ],
    [
      'a change event',
      '{"error":["links should have at most 50 item(s)"]}',
      ['links should have at most 50 item(s)'],
    ],
    [
      'an object that is not an event',
      '{"status":"Unrecognized object","message":"Event object format is unrecognized","errors":["JSON parse error"]}',
      ['JSON parse error'],
    ],
    ['errors as one string', '{"message":"m","errors":"is too long"}', ['is too long']],
    [
      'errors as a map',
      '{"errors":{"summary":["is too long","is odd"],"source":"is blank"}}',
      ['summary: is too long', 'summary: is odd', 'source: is blank'],
    ],
    [
      'errors as objects',
      '{"errors":[{"message":"is too long"},{"title":"t"}]}',
      ['is too long', 'title: t'],
    ],
    [
      'the form of the REST API',
      '{"error":{"message":"Rate Limit Exceeded","code":2020,"errors":["slow down"]}}',
      ['slow down'],
    ],
    [
      'errors that are empty',
      '{"status":"invalid event","message":"Event object is invalid","errors":[]}',
      ['Event object is invalid'],
    ],
    ['a status alone', '{"status":"throttle exceeded"}', ['throttle exceeded']],
    ['nothing', '', []],
    ['JSON null', 'null', []],
    ['a JSON number', '42', ['42']],
    ['an empty object', '{}', []],
    ['a list of strings', '["a","b"]', ['a', 'b']],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><head><title>\n502 Bad Gateway </title></head></html>',
      ['a web page titled "502 Bad Gateway"'],
    ],
    ['a web page without title', '<html><h1>no</h1></html>', ['a web page']],
    ['JSON that ends early', '{"status":"invalid event","mess', ['{"status":"invalid event","mess']],
    ['control characters', 'line one\r\n\u0000\u001b[31mline two', ['line one [31mline two']],
    ['the same complaint twice', '{"errors":["a","a"]}', ['a']],
  ]
  for (const [name, body, messages, reason = 'invalid-event'] of ROWS) {
    test(name, () => {
      const outcome = classify(400, body)
      assert.ok(outcome.kind === 'rejected')
      assert.deepEqual(outcome.messages, messages)
      assert.equal(outcome.reason, reason)
      for (const message of messages) assert.ok(outcome.message.includes(message.replace(/\.$/, '')))
    })
  }

  test('at most ten complaints of at most 300 characters are kept', () => {
    const errors = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(5_000)}`)
    const outcome = classify(400, JSON.stringify({ errors }))
    assert.ok(outcome.kind === 'rejected')
    assert.equal(outcome.messages.length, 10)
    assert.ok(outcome.messages.every((message) => message.length <= 300))
    assert.ok(outcome.message.length < 800)
  })

  test('any body at any status gives an outcome, bounded and without the routing key', () => {
    const bodies = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => json.replaceAll(/[a-z]+/gi, KEY)),
      fc.string().map((noise) => `${noise}${KEY.toLowerCase()}${noise}`),
      fc.nat({ max: KEY.length }).map((units) => `{"routing_key":"${KEY.slice(0, units)}`),
    )
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), bodies, (status, body) => {
        const outcome = classify(status, body)
        const told = JSON.stringify(outcome)
        assert.ok(outcome.message.length < 1_000)
        assert.equal(told.toLowerCase().includes(KEY.toLowerCase()), false, told)
        assert.ok(outcome.message.isWellFormed())
      }),
      { numRuns: 500 },
    )
  })
})

suite('no answer', () => {
  test('of a request that was sent: it may have been accepted', () => {
    const outcome = classifyFailure({ failure: 'timeout', sent: true, reason: 'no answer within 5 ms' }, KEY)
    assert.equal(verdict(outcome), 'retry timeout maybe taken')
    assert.match(outcome.message, /no answer within 5 ms.*may have taken/)
  })

  test('of a request that never left: it was not accepted', () => {
    const outcome = classifyFailure({ failure: 'connection', sent: false, reason: 'could not connect' }, KEY)
    assert.equal(verdict(outcome), 'retry connection not taken')
    assert.match(outcome.message, /never got there/)
  })
})
