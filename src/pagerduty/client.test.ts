import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  virtualWorld,
  type HttpAnswer,
  type HttpFailure,
  type HttpRequest,
  type VirtualWorld,
} from '../world/world.ts'
import { pagerDuty, type PagerDutyClient, type PagerDutyOptions } from './client.ts'
import {
  ConnectionError,
  InvalidEventError,
  PagerDutyError,
  RateLimitError,
  RejectedError,
  ServerError,
  TimeoutError,
} from './errors.ts'
import type { PagerDutyEvent } from './event.ts'

const KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const OTHER_KEY = 'AN0THERKEYAN0THERKEYAN0THERKEY12'
const CONTENT = { summary: 'Disk full', source: 'db-1', severity: 'critical' } as const
const TRIGGER: PagerDutyEvent = { action: 'trigger', ...CONTENT }

type Answer = HttpAnswer | HttpFailure

const answer = (status: number, body = '', headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body,
})
const ACCEPTED = answer(202, '{"status":"success","message":"Event processed","dedup_key":"theirs"}')
const TIMED_OUT: HttpFailure = { failure: 'timeout', sent: true, reason: 'no answer within 10000 ms' }
const REFUSED: HttpFailure = {
  failure: 'connection',
  sent: false,
  reason: 'could not connect (ECONNREFUSED)',
}

interface Wire {
  routing_key: string
  dedup_key?: string
}

interface Fixture {
  readonly client: PagerDutyClient
  readonly world: VirtualWorld
  readonly requests: readonly HttpRequest[]
  readonly wire: (index: number) => Wire
}

/** A client in a world that gives these answers in turn, the last one over and over. */
function setUp(answers: readonly Answer[], options: Partial<PagerDutyOptions> = {}): Fixture {
  const requests: HttpRequest[] = []
  const respond = async (request: HttpRequest): Promise<Answer> => {
    requests.push(request)
    return answers[Math.min(requests.length, answers.length) - 1] ?? ACCEPTED
  }
  const world = virtualWorld({ respond })
  const client = pagerDuty({ routingKey: KEY, world, ...options })
  return { client, world, requests, wire: (index) => JSON.parse(requests[index]?.body ?? '') as Wire }
}

suite('where and how an event is sent', () => {
  const ROWS: readonly (readonly [
    name: string,
    options: Partial<PagerDutyOptions>,
    event: PagerDutyEvent,
    url: string,
  ])[] = [
    ['an alert event', {}, TRIGGER, 'https://events.pagerduty.com/v2/enqueue'],
    [
      'a change event',
      {},
      { action: 'change', summary: 's' },
      'https://events.pagerduty.com/v2/change/enqueue',
    ],
    ['an event of the EU', { region: 'eu' }, TRIGGER, 'https://events.eu.pagerduty.com/v2/enqueue'],
    ['an event with a base', { url: 'http://127.0.0.1:8351/' }, TRIGGER, 'http://127.0.0.1:8351/v2/enqueue'],
    ['a base with a path', { url: 'https://a.example/pd' }, TRIGGER, 'https://a.example/pd/v2/enqueue'],
    [
      "an endpoint's own address",
      { url: 'https://a.example/v2/enqueue' },
      TRIGGER,
      'https://a.example/v2/enqueue',
    ],
  ]
  for (const [name, options, event, url] of ROWS) {
    test(`${name} goes to ${url}`, async () => {
      const { client, requests } = setUp([ACCEPTED], options)
      assert.equal((await client.send(event)).kind, 'accepted')
      assert.equal(requests[0]?.url, url)
      assert.equal(requests[0]?.method, 'POST')
    })
  }

  test('it says what it is, and allows ten seconds', async () => {
    const { client, requests } = setUp([ACCEPTED])
    await client.send(TRIGGER)
    assert.equal(requests[0]?.headers['content-type'], 'application/json')
    assert.match(requests[0]?.headers['user-agent'] ?? '', /^tocsin\/\d+\.\d+\.\d+/)
    assert.equal(requests[0]?.deadlineMs, 10_000)
  })

  test('the key is read at each send, so that it rotates without a restart', async () => {
    const keys = [KEY, `${OTHER_KEY}\n`]
    const { client, wire } = setUp([ACCEPTED], { routingKey: () => keys.shift() ?? '' })
    await client.send(TRIGGER)
    await client.send(TRIGGER)
    assert.deepEqual([wire(0).routing_key, wire(1).routing_key], [KEY, OTHER_KEY])
    assert.equal((await client.send(TRIGGER)).kind, 'rejected')
  })

  test('a key that cannot be read just now is a reason to try again, and nothing is sent', async () => {
    const routingKey = (): string => {
      throw Object.assign(new Error(`no such file: /run/${KEY}`), { code: 'ENOENT' })
    }
    const { client, requests } = setUp([ACCEPTED], { routingKey })
    const outcome = await client.send(TRIGGER)
    assert.ok(outcome.kind === 'retry' && !outcome.maybeAccepted)
    assert.match(outcome.message, /could not be read \(ENOENT\)/)
    assert.equal(requests.length, 0)
  })

  test('a key that PagerDuty would refuse is not sent to it, but another server may take it', async () => {
    const strict = setUp([ACCEPTED], { routingKey: 'u+TwentyCharacterKey' })
    const outcome = await strict.client.send(TRIGGER)
    assert.ok(outcome.kind === 'rejected' && outcome.reason === 'invalid-routing-key')
    assert.match(outcome.message, /has 20 characters; PagerDuty's have 32/)
    assert.equal(strict.requests.length, 0)
    const lenient = setUp([ACCEPTED], { routingKey: 'local', url: 'http://localhost:8351' })
    assert.equal((await lenient.client.send(TRIGGER)).kind, 'accepted')
  })

  test('an invalid event is refused with all its problems and nothing is sent', async () => {
    const { client, requests } = setUp([ACCEPTED])
    const outcome = await client.send({ action: 'resolve', dedupKey: '', timestamp: 'noon' })
    assert.deepEqual(outcome, {
      kind: 'rejected',
      reason: 'invalid-event',
      message:
        'The event was not sent: dedup_key is missing or blank; payload.timestamp is "noon"; expected ISO 8601, such as 2026-08-22T08:42:58.315Z. Correct it and send it again.',
      messages: [
        'dedup_key is missing or blank',
        'payload.timestamp is "noon"; expected ISO 8601, such as 2026-08-22T08:42:58.315Z',
      ],
    })
    assert.equal(requests.length, 0)
  })

  test("an accepted event tells its own key when the answer names none, and its encoding's notes", async () => {
    const { client } = setUp([answer(202, '{"status":"success"}')])
    const outcome = await client.send({
      ...CONTENT,
      action: 'trigger',
      dedupKey: 'own',
      images: [{ src: '' }],
    })
    assert.ok(outcome.kind === 'accepted')
    assert.equal(outcome.dedupKey, 'own')
    assert.deepEqual(outcome.notes, ['images: 1 without an https src left out'])
  })

  test('a network that throws is an outcome too', async () => {
    const world = virtualWorld({ respond: () => Promise.reject(new Error(`https://${KEY}@host`)) })
    const outcome = await pagerDuty({ routingKey: KEY, world }).send(TRIGGER)
    assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted)
    assert.equal(outcome.message.includes(KEY), false)
  })
})

suite('the methods that throw', () => {
  test('each returns the accepted outcome of its own action', async () => {
    const { client, requests } = setUp([ACCEPTED])
    assert.equal((await client.trigger(CONTENT)).dedupKey, 'theirs')
    await client.acknowledge({ dedupKey: 'k' })
    await client.resolve({ dedupKey: 'k' })
    await client.change({ summary: 'Deployed' })
    const actions = requests.map(
      (request) => (JSON.parse(request.body ?? '') as { event_action?: string }).event_action,
    )
    assert.deepEqual(actions, ['trigger', 'acknowledge', 'resolve', undefined])
  })

  const thrownBy = async (given: Answer): Promise<PagerDutyError> => {
    try {
      await setUp([given]).client.trigger(CONTENT)
    } catch (error) {
      assert.ok(error instanceof PagerDutyError && error instanceof Error)
      return error
    }
    return assert.fail('nothing was thrown')
  }

  test('429 is a RateLimitError that says how long to wait', async () => {
    const error = await thrownBy(answer(429, '', { 'retry-after': '30' }))
    assert.ok(error instanceof RateLimitError)
    assert.equal(error.retryAfterMs, 30_000)
    assert.deepEqual(
      [error.code, error.retryable, error.maybeAccepted, error.status],
      ['rate-limited', true, false, 429],
    )
  })

  test('5xx is a ServerError', async () => {
    const error = await thrownBy(answer(503))
    assert.ok(error instanceof ServerError)
    assert.deepEqual(
      [error.code, error.retryable, error.maybeAccepted, error.status],
      ['server-error', true, true, 503],
    )
  })

  test('no answer in time is a TimeoutError', async () => {
    const error = await thrownBy(TIMED_OUT)
    assert.ok(error instanceof TimeoutError)
    assert.deepEqual([error.code, error.timeoutMs, error.maybeAccepted], ['timeout', 10_000, true])
  })

  test('no connection is a ConnectionError', async () => {
    const error = await thrownBy(REFUSED)
    assert.ok(error instanceof ConnectionError)
    assert.deepEqual([error.code, error.retryable, error.maybeAccepted], ['connection', true, false])
  })

  test("a refusal is a RejectedError with PagerDuty's own messages", async () => {
    const error = await thrownBy(answer(400, '{"errors":["\'payload.source\' is missing or blank"]}'))
    assert.ok(error instanceof RejectedError)
    assert.deepEqual(error.messages, ["'payload.source' is missing or blank"])
    assert.deepEqual(
      [error.code, error.reason, error.retryable, error.status],
      ['rejected', 'invalid-event', false, 400],
    )
    assert.equal(error.name, 'RejectedError')
  })

  test('an event that was never sent is an InvalidEventError with its problems', async () => {
    const { client, requests } = setUp([ACCEPTED])
    const trigger = client.trigger({ ...CONTENT, summary: '' })
    await assert.rejects(trigger, (error) => {
      assert.ok(error instanceof InvalidEventError)
      assert.deepEqual(error.problems, [{ path: 'payload.summary', message: 'is missing or blank' }])
      return error.code === 'invalid-event' && !error.retryable
    })
    assert.equal(requests.length, 0)
  })
})

suite('sending again', () => {
  const RETRY = { attempts: 3 }

  test('is off unless asked for', async () => {
    const { client, requests } = setUp([answer(500)])
    assert.equal((await client.send(TRIGGER)).kind, 'retry')
    assert.equal(requests.length, 1)
  })

  test('goes on until it is accepted, with one key, so that it pages once', async () => {
    const { client, world, requests, wire } = setUp([TIMED_OUT, answer(502), ACCEPTED], { retry: RETRY })
    const sending = client.send(TRIGGER)
    await world.advance(3_000)
    assert.equal((await sending).kind, 'accepted')
    assert.equal(requests.length, 3)
    assert.match(wire(0).dedup_key ?? '', /^[0-9a-f]{32}$/)
    assert.equal(new Set(requests.map((request) => request.body)).size, 1)
  })

  test('ends after the attempts it was given, with the last outcome', async () => {
    const { client, world, requests } = setUp([answer(500)], { retry: RETRY })
    const sending = client.send(TRIGGER)
    await world.advance(3_000)
    const outcome = await sending
    assert.ok(outcome.kind === 'retry')
    assert.equal(outcome.status, 500)
    assert.equal(requests.length, 3)
  })

  test('tells that an earlier attempt may have been accepted', async () => {
    const { client, world } = setUp([TIMED_OUT, REFUSED], { retry: { attempts: 2 } })
    const sending = client.send(TRIGGER)
    await world.advance(1_000)
    const outcome = await sending
    assert.ok(outcome.kind === 'retry')
    assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['connection', true])
  })

  test('does not happen for a refusal', async () => {
    const { client, requests } = setUp([answer(400, 'Invalid routing key')], { retry: RETRY })
    assert.equal((await client.send(TRIGGER)).kind, 'rejected')
    assert.equal(requests.length, 1)
  })

  test('waits at least as long as Retry-After asks', async () => {
    const { client, world, requests } = setUp([answer(429, '', { 'retry-after': '90' }), ACCEPTED], {
      retry: RETRY,
    })
    const sending = client.send(TRIGGER)
    await world.advance(89_999)
    assert.equal(requests.length, 1)
    await world.advance(1_001)
    assert.equal(requests.length, 2)
    assert.equal((await sending).kind, 'accepted')
  })

  test('waits twice as long each time, up to the limit, with full jitter', async () => {
    const retry = { attempts: 6, delayMs: 1_000, delayMsMax: 4_000 }
    const { world, client } = setUp([answer(500)], { retry })
    const almostOne = { ...world, random: () => 0.999_999 }
    const requests: number[] = []
    const respond = async (): Promise<Answer> => {
      requests.push(world.clock.now())
      return answer(500)
    }
    const http = { request: respond, close: async () => {} }
    const steady = pagerDuty({ routingKey: KEY, world: { ...almostOne, http }, retry })
    const start = world.clock.now()
    const sending = steady.send(TRIGGER)
    await world.advance(60_000)
    await sending
    assert.deepEqual(
      requests.map((at) => at - start),
      [0, 1_000, 3_000, 7_000, 11_000, 15_000],
    )
    await client.close()
  })

  test('reads the routing key anew for each attempt', async () => {
    const keys = [KEY, OTHER_KEY]
    const options = { retry: RETRY, routingKey: () => keys.shift() ?? '' }
    const { client, world, wire } = setUp([answer(500), ACCEPTED], options)
    const sending = client.send(TRIGGER)
    await world.advance(1_000)
    await sending
    assert.deepEqual([wire(0).routing_key, wire(1).routing_key], [KEY, OTHER_KEY])
  })
})

suite('closing', () => {
  test('ends the waits of events that were to be sent again, and sends no more', async () => {
    const { client, world, requests } = setUp([answer(500)], { retry: { attempts: 9 } })
    const sending = client.send(TRIGGER)
    await world.settle()
    await client.close()
    assert.equal((await sending).kind, 'retry')
    const later = await client.send(TRIGGER)
    assert.ok(later.kind === 'retry' && !later.maybeAccepted)
    assert.match(later.message, /client is closed/)
    await world.advance(600_000)
    assert.equal(requests.length, 1)
  })

  test('waits for the events on their way, and leaves a world that it was given open', async () => {
    let release: (value: Answer) => void = () => {}
    let isClosed = false
    const world = virtualWorld({ respond: () => new Promise((resolve) => (release = resolve)) })
    const http = { ...world.http, close: () => assert.fail('the world is not the client’s to close') }
    const client = pagerDuty({ routingKey: KEY, world: { ...world, http } })
    const sending = client.send(TRIGGER)
    const closing = Promise.all([client.close(), client[Symbol.asyncDispose]()]).then(() => (isClosed = true))
    await world.settle()
    assert.equal(isClosed, false)
    release(ACCEPTED)
    assert.equal((await sending).kind, 'accepted')
    await closing
    assert.equal(isClosed, true)
  })
})

suite('options that could never work are refused at once', () => {
  const ROWS: readonly (readonly [name: string, options: object, message: RegExp])[] = [
    ['a blank key', { routingKey: ' ' }, /routingKey is missing or blank/],
    ['no key', { routingKey: undefined }, /routingKey is missing or blank/],
    ['an unknown region', { region: 'de' }, /region is "de"; expected us or eu/],
    ['no address', { url: 'events.pagerduty.com' }, /not an http\(s\) address/],
    ['another protocol', { url: 'ftp://a' }, /not an http\(s\) address/],
    [
      'http to another machine',
      { url: 'http://events.pagerduty.com' },
      /not encrypted: http to events\.pagerduty\.com/,
    ],
    ['http to a name like ours', { url: 'http://localhost.example' }, /not encrypted/],
    ['a password', { url: `https://me:${KEY}@a.example` }, /holds a user name or password/],
    ['a query', { url: `https://a.example/?key=${KEY}` }, /has a query or a fragment/],
    ['no time', { timeoutMs: 0 }, /timeoutMs is 0; expected/],
    ['no number', { timeoutMs: Number.NaN }, /timeoutMs is NaN; expected/],
    ['half an attempt', { retry: { attempts: 0.5 } }, /retry\.attempts is 0\.5/],
    ['a negative wait', { retry: { attempts: 2, delayMs: -1 } }, /expected milliseconds from 0/],
    ['a header in the user agent', { userAgent: 'a\r\nx: y' }, /printable ASCII/],
  ]
  for (const [name, options, message] of ROWS) {
    test(name, () => {
      assert.throws(
        () => pagerDuty({ routingKey: KEY, world: virtualWorld(), ...options }),
        (error) => {
          assert.ok(error instanceof PagerDutyError && error.code === 'invalid-options')
          assert.match(error.message, message)
          return !String(error.stack).includes(KEY)
        },
      )
    })
  }

  for (const url of [
    'http://localhost:1',
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://[::1]:1',
    'http://a.localhost',
  ]) {
    test(`${url} is this machine and may be http`, () => {
      assert.doesNotThrow(() => pagerDuty({ routingKey: KEY, world: virtualWorld(), url }))
    })
  }
})
