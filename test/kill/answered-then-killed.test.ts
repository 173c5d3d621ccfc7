/**
 * The first promise: what was answered 2xx is never lost. A thousand alerts over three intakes, SIGKILL right after the
 * last answer, and a thousand incidents after the restart; the same with their ends.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmulator, type EmulatorIncident } from '../../src/emulator/emulator.ts'
import { forEachOf, isTaken, send } from '../process/sender.ts'
import { configOf, ROUTING_KEY, startService, tempFolder } from '../process/service-process.ts'
import { until } from '../process/until.ts'

const COUNT = 1_000
const REQUESTS_AT_A_TIME = 16
const TOLD_WITHIN_MS = 15_000

/** One request: where it goes, what it says, and the names of its alerts. */
interface Request {
  readonly path: string
  readonly names: readonly string[]
  readonly body: unknown
}

test('a thousand alerts that were answered 2xx before a SIGKILL become a thousand incidents, and all of them end', async (t) => {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const config = configOf(tempFolder(t), emulator.url)
  // What is in flight when the process is killed is lost with it, and most is still to be told.
  emulator.faults({ hang: true, share: 0.5 })

  const first = await startService(config)
  const fired = await sendAll(first.url, 'firing')
  await first.kill()
  const toldBefore = emulator.incidents().length
  emulator.faults({})
  const second = await startService(config)
  await until(
    'every answered alert is an incident',
    TOLD_WITHIN_MS,
    () => emulator.incidents().length >= COUNT,
  )
  assertOnePageEach(emulator.incidents(), fired)

  // And here what is in flight takes effect, and its answer is lost.
  emulator.faults({ delay_ms: 100 })
  const ended = await sendAll(second.url, 'resolved')
  await second.kill()
  const openBefore = emulator.incidents('open').length
  emulator.faults({})
  const third = await startService(config)
  await until('no incident is left open', TOLD_WITHIN_MS, () => emulator.incidents('open').length === 0)
  assert.deepEqual([...ended].sort(), [...fired].sort())
  assertOnePageEach(emulator.incidents(), fired)
  assert.equal((await third.stop()).code, 0)

  const starts = [first, second, third].map(({ startMs }) => Math.round(startMs)).join(', ')
  t.diagnostic(
    `${fired.size} answered; told before the kill: ${toldBefore}; open at the second: ${openBefore}`,
  )
  t.diagnostic(`repeated after a kill: ${repeats(emulator.events().length)} events; starts took ${starts} ms`)
})

/** Sends all, and returns the names of those alerts that were answered 2xx. */
async function sendAll(url: string, status: 'firing' | 'resolved'): Promise<ReadonlySet<string>> {
  const answered = new Set<string>()
  await forEachOf(requests(status), REQUESTS_AT_A_TIME, async ({ path, names, body }) => {
    const answer = await send(url + path, body)
    assert.ok(isTaken(answer), `${path} was answered ${answer?.status}: ${answer?.text}`)
    for (const name of names) answered.add(name)
  })
  assert.equal(answered.size, COUNT)
  return answered
}

/** Eight hundred over Prometheus' push (half of them alone, half in batches), a hundred over each of the others. */
function requests(status: 'firing' | 'resolved'): Request[] {
  const alone = numbered('alone', 400).map((name) => push([name], status))
  const batches = Array.from({ length: 10 }, (_, batch) => push(numbered(`batch-${batch}`, 40), status))
  const events = numbered('event', 100).map((name) => event(name, status))
  const own = numbered('own', 100).map((name) => ({
    path: '/v1/alerts',
    names: [name],
    body: { dedup_key: name, summary: name, severity: 'warning', status },
  }))
  return [...alone, ...batches, ...events, ...own]
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`)
}

const STARTED_AT = new Date(Date.now() - 60_000).toISOString()
const ENDED_AT = new Date(Date.now() - 1_000).toISOString()

function push(names: readonly string[], status: 'firing' | 'resolved'): Request {
  const body = names.map((name) => ({
    labels: { alertname: name, severity: 'critical' },
    annotations: { summary: name },
    startsAt: STARTED_AT,
    ...(status === 'resolved' ? { endsAt: ENDED_AT } : {}),
  }))
  return { path: '/api/v2/alerts', names, body }
}

function event(name: string, status: 'firing' | 'resolved'): Request {
  const payload = { summary: name, source: 'test', severity: 'error' }
  const body =
    status === 'firing'
      ? { routing_key: ROUTING_KEY, event_action: 'trigger', dedup_key: name, payload }
      : { routing_key: ROUTING_KEY, event_action: 'resolve', dedup_key: name }
  return { path: '/v2/enqueue', names: [name], body }
}

function assertOnePageEach(incidents: readonly EmulatorIncident[], names: ReadonlySet<string>): void {
  const pages = new Map<string, number>()
  for (const { title, pages: count } of incidents) pages.set(title, (pages.get(title) ?? 0) + count)
  assert.deepEqual(
    [...names].filter((name) => !pages.has(name)),
    [],
    'answered and lost',
  )
  // Nothing was cut off on the way, so nothing may have been opened twice.
  assert.deepEqual(
    [...pages].filter(([, count]) => count !== 1),
    [],
    'paged more than once',
  )
  assert.equal(pages.size, names.size)
}

/** A trigger and a resolve for each; what is more was in flight when the process was killed. */
function repeats(events: number): number {
  return events - 2 * COUNT
}
