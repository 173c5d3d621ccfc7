/**
 * A destination that fails as a whole is waited out: it is probed, not hammered, and afterwards everything is told, once
 * and in order. And the rate window is kept, over a SIGKILL too.
 *
 * `npm test` takes outages of some seconds and a short window. With TOCSIN_LONG=1 an outage lasts a minute, and the
 * window is PagerDuty's own: 120 events in any 60 s, which the emulator counts for itself.
 */
import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { openEmulator, type Emulator, type EmulatorEvent, type Faults } from '../../src/emulator/emulator.ts'
import { ask, isTaken, send } from './sender.ts'
import { configOf, ROUTING_KEY, startService, tempFolder, type ServiceProcess } from './service-process.ts'
import { pass, until } from './until.ts'

const IS_LONG = process.env['TOCSIN_LONG'] === '1'
const OUTAGE_MS = IS_LONG ? 60_000 : 4_000

const WAITING = 200
const OPEN_BEFORE = 20
const BRIEF = 5
const TIMEOUT_MS = 500

/** A courier's sends in flight at most (deliver/courier.ts): what may be under way when an outage begins. */
const SENDS_MAX = 32
/** Probes come after 1 s, 2 s, 4 s, 8 s and then every 15 s, each cut to a half by chance at worst (deliver/breaker.ts). */
const PROBE_WAITS_MS = [500, 1_000, 2_000, 4_000]
const PROBE_WAIT_MS_MAX = 7_500
/** The longest wait for the next probe once all is well, a destination's Retry-After, and the backoff of those that failed. */
const TOLD_WITHIN_MS = IS_LONG ? 60_000 : 20_000

const OUTAGES: readonly { readonly name: string; readonly faults: Faults }[] = [
  { name: 'answers 429', faults: { status: 429 } },
  { name: 'answers 429 with a Retry-After', faults: { status: 429, retry_after: 2 } },
  { name: 'answers 503', faults: { status: 503 } },
  { name: 'never answers', faults: { hang: true } },
  { name: 'closes connections before it takes an event', faults: { cut: 'before' } },
  { name: 'closes connections after it took an event', faults: { cut: 'after' } },
]

suite('what a destination can bear', { concurrency: true }, () => {
  for (const { name, faults } of OUTAGES)
    test(`a destination that ${name} is probed, and told everything once and in order after it`, (t) =>
      outage(t, faults))
  test('the rate window is kept, also by a service that was killed in the middle of it', rateWindow)
})

async function outage(t: TestContext, faults: Faults): Promise<void> {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const destination = {
    type: 'pagerduty',
    routing_key: ROUTING_KEY,
    url: emulator.url,
    rate: 'none',
  } as const
  const config = configOf(tempFolder(t), emulator.url, {
    destinations: { oncall: { ...destination, timeout: `${TIMEOUT_MS}ms` } },
  })
  // A warning for each failed attempt is what is wanted, and of no interest here.
  const service = await startService(config, { logLevel: 'error' })
  const before = named('before', OPEN_BEFORE)
  await say(service, before, 'firing')
  await until('all is told before the outage', 5_000, () => isSettled(service))

  emulator.faults(faults)
  const beganAt = Date.now()
  const seenBefore = emulator.events().length
  // The first of them end in it, too: whether the destination took their beginning, nobody knows then.
  const brief = named('brief', BRIEF)
  const waiting = named('waiting', WAITING)
  await say(service, [...brief, ...waiting], 'firing')
  await until('the first are being told', 5_000, () => emulator.events().length >= seenBefore + BRIEF)
  await say(service, brief, 'resolved')
  // These end while nobody can be told, half of them to fail again.
  await say(service, before, 'resolved')
  await say(service, before.slice(OPEN_BEFORE / 2), 'firing')
  const arriving: string[] = []
  while (Date.now() < beganAt + OUTAGE_MS) {
    const name = `arriving-${arriving.length}`
    arriving.push(name)
    await say(service, [name], 'firing')
    await pass(100)
  }
  const during = emulator.events().length - seenBefore
  const lasted = Date.now() - beganAt
  emulator.faults({})

  const firing = [...before.slice(OPEN_BEFORE / 2), ...waiting, ...arriving]
  await until('everything is told', TOLD_WITHIN_MS, async () => {
    return emulator.incidents('open').length === firing.length && isSettled(service)
  })
  const recoveredMs = Date.now() - beganAt - lasted
  assert.ok(
    during <= requestsMax(lasted),
    `${during} requests in ${lasted} ms; at most ${requestsMax(lasted)}`,
  )
  const names = emulator.incidents('open').map(({ title }) => title)
  assert.deepEqual(names.sort(), firing.toSorted())
  assertOrder(emulator)
  await say(service, firing, 'resolved')
  await until('everything is over', 10_000, () => emulator.incidents('open').length === 0)
  assertOrder(emulator)
  assert.equal((await service.stop()).code, 0)
  t.diagnostic(
    `${during} requests in ${lasted} ms of outage; all of ${firing.length} told ${recoveredMs} ms after it`,
  )
}

/** Whether the service knows that all is told. */
async function isSettled({ url }: ServiceProcess): Promise<boolean> {
  return (await ask(`${url}/v1/deliveries?state=troubled`))?.text === '{"deliveries":[]}'
}

/** What may be under way when it begins, one at a time until it is held to fail as a whole, and the probes. */
function requestsMax(outageMs: number): number {
  let probes = 0
  for (let at = 0; at <= outageMs; probes++) at += PROBE_WAITS_MS[probes] ?? PROBE_WAIT_MS_MAX
  return SENDS_MAX + 5 + probes
}

/** Of each key: a failure is paged once, and its end comes after it. */
function assertOrder(emulator: Emulator): void {
  const effects = emulator.events().filter(({ outcome }) => outcome !== 'fault')
  const pages = new Map<string, number>()
  for (const { dedup_key: key, outcome } of effects)
    if (key !== null && outcome === 'opened') pages.set(key, (pages.get(key) ?? 0) + 1)
  // Those that were open before have failed twice at most.
  const twice = [...pages].filter(([key, count]) => count > (key.startsWith('before') ? 2 : 1))
  assert.deepEqual(twice, [], 'paged again for the same failure')
  // What is over has been told its end last: `dropped` when there was nothing to end, or not any more.
  const last = new Map(effects.map(({ dedup_key: key, outcome }) => [key ?? '', outcome]))
  for (const [key, outcome] of last) {
    const isOver = (emulator.incident(key)?.status ?? 'resolved') === 'resolved'
    assert.equal(isOver, outcome === 'resolved' || outcome === 'dropped', `${key} was told ${outcome} last`)
  }
}

async function rateWindow(t: TestContext): Promise<void> {
  const window = IS_LONG ? { limit: 120, ms: 60_000, backlog: 300 } : { limit: 20, ms: 2_000, backlog: 60 }
  // Into the second window is as far as a minute goes.
  const wanted = IS_LONG ? window.limit * 1.5 : window.backlog + 1
  const emulator = await openEmulator({ limit: IS_LONG ? window.limit : 0 })
  t.after(() => emulator.close())
  const destination = { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } as const
  const rate = { limit: window.limit, window: `${window.ms}ms` }
  const config = configOf(tempFolder(t), emulator.url, { destinations: { oncall: { ...destination, rate } } })

  const first = await startService(config)
  await say(first, named('alert', window.backlog), 'firing')
  // A part of it is kept free for what is critical.
  await until('the first window is full', 10_000, () => isQuiet(emulator, window.limit / 2))
  await first.kill()
  const atKill = emulator.events().length
  const second = await startService(config)
  await say(second, ['urgent'], 'firing', 'critical')
  const urgent = await emulator.waitFor('urgent', 'triggered', 2_000)
  await until('the backlog is told', window.ms * 4, () => emulator.incidents().length >= wanted)
  await second.kill()

  const limited = emulator.events().filter(({ outcome }) => outcome === 'limited')
  assert.deepEqual(limited, [], 'the emulator counts as PagerDuty does, and refused nothing')
  const busiest = most(emulator.events(), window.ms)
  assert.ok(busiest <= window.limit, `${busiest} events within ${window.ms} ms; at most ${window.limit}`)
  const took = Date.parse(emulator.events().at(-1)?.at ?? '') - Date.parse(emulator.events()[0]?.at ?? '')
  t.diagnostic(
    `${atKill} told at the kill; at most ${busiest} in any ${window.ms} ms; ${wanted} told in ${took} ms`,
  )
  t.diagnostic(`the critical one behind the backlog was told as number ${urgent.number}`)
}

/** Whether so many have arrived and for a while no more did: none is in flight, then. */
function isQuiet(emulator: Emulator, count: number): boolean {
  const events = emulator.events()
  const last = Date.parse(events.at(-1)?.at ?? '')
  return events.length >= count && Date.now() - last > 300
}

/** The most events in any window of this length. */
function most(events: readonly EmulatorEvent[], windowMs: number): number {
  const times = events.map(({ at }) => Date.parse(at))
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length)
  return Math.max(...counts)
}

function named(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`)
}

async function say(
  { url }: ServiceProcess,
  names: readonly string[],
  status: 'firing' | 'resolved',
  severity: 'error' | 'critical' = 'error',
): Promise<void> {
  const alerts = names.map((name) => ({ dedup_key: name, summary: name, severity, status }))
  const answer = await send(`${url}/v1/alerts`, alerts)
  assert.ok(isTaken(answer), `answered ${answer?.status}: ${answer?.text}`)
}
