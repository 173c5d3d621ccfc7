/**
 * Three replicas on one PostgreSQL take alerts from eight senders, in batches, behind a balancer. While they do, one is
 * killed and not started again for long, one stands still (SIGSTOP) and goes on, and the database is restarted twice.
 *
 * `npm test` sends 2,000 alerts and has one stand still for some seconds. With TOCSIN_LONG=1 it is 50,000 and a minute.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPostgres } from '../postgres/server.ts'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { seededRandom } from '../../src/world/virtual.ts'
import { configOf, ROUTING_KEY, tempFolder } from '../process/service-process.ts'
import { pass, until } from '../process/until.ts'
import { crash } from './ailing-database.ts'
import { BatchSender } from './batch-sender.ts'
import { Fleet } from './fleet.ts'
import { fullestWindow } from './fullest-window.ts'
import { report } from './report.ts'
import { untilAllTold } from './untold.ts'

const SEED = Number(process.env['TOCSIN_SEED'] ?? Date.now() % 1_000_000)

const USUAL = {
  alerts: 2_000,
  keys: 400,
  batchMax: 40,
  everyMs: 400,
  pauseMs: 3_000,
  limit: 300,
  windowMs: 2_000,
}
/** The events come faster than the window takes them, so that it is what holds them back. */
const LONG = {
  alerts: 50_000,
  keys: 5_000,
  batchMax: 100,
  everyMs: 1_600,
  pauseMs: 60_000,
  limit: 1_500,
  windowMs: 10_000,
}

const { alerts, keys, batchMax, everyMs, pauseMs, limit, windowMs } =
  process.env['TOCSIN_LONG'] === '1' ? LONG : USUAL

const SENDERS = 8
const MINUTE_MS = 60_000
const TOLD_WITHIN_MS = 180_000
const BOUND = { timeout: 900_000 }

test(
  `three replicas take ${alerts} alerts, one killed, one paused, the database restarted: all are told, in order, within the window`,
  BOUND,
  async (t) => {
    const server = await startPostgres()
    if (typeof server === 'string') {
      t.skip(server)
      return
    }
    await using _server = server
    t.diagnostic(`TOCSIN_SEED=${SEED}`)
    const randomOf = (part: number): (() => number) => seededRandom(SEED * 100 + part)
    const emulator = await openEmulator({ limit: (limit * MINUTE_MS) / windowMs })
    t.after(() => emulator.close())
    // Something is in flight whenever something happens.
    emulator.faults({ delay_ms: 200 })
    const folder = tempFolder(t)
    const destination = { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } as const
    const config = configOf(folder, emulator.url, {
      store: await server.createDatabase(),
      destinations: {
        oncall: { ...destination, rate: { limit, window: `${windowMs / 1_000}s` }, timeout: '2s' },
      },
      unsent_pair: 'tell',
    })
    const fleet = new Fleet({ config, size: 3, random: randomOf(1) })
    t.after(() => void (t.passed || t.diagnostic(fleet.logs)))
    const senders = Array.from({ length: SENDERS }, (_, index) => {
      const names = Array.from(
        { length: keys / SENDERS },
        (_, key) => `key-${index * (keys / SENDERS) + key}`,
      )
      return new BatchSender({ names, random: randomOf(10 + index), balancer: fleet, batchMax, everyMs })
    })

    const startedAt = performance.now()
    let left = alerts
    const take = (wanted: number): number => {
      const granted = Math.min(wanted, left)
      left -= granted
      return granted
    }
    const sent = (share: number): Promise<unknown> =>
      until(`${share * alerts} alerts are sent`, 600_000, () => left <= alerts * (1 - share))
    await fleet.open()
    const sending = Promise.all(senders.map((sender) => sender.run(take)))
    const [killed, paused] = fleet.all
    assert.ok(killed !== undefined && paused !== undefined)
    await sent(0.15)
    await fleet.kill([killed])
    await sent(0.25)
    const pausing = fleet.pause(paused, pass(pauseMs))
    await sent(0.4)
    await fleet.suffer('database', () => crash(server))
    await sent(0.55)
    await fleet.start([killed])
    await sent(0.8)
    await fleet.suffer('database', () => crash(server))
    await Promise.all([sending, pausing])
    await Promise.all(senders.map((sender) => sender.end()))
    const sentMs = performance.now() - startedAt
    const url = fleet.pick() ?? assert.fail('nobody listens')
    await untilAllTold(url, TOLD_WITHIN_MS)
    const toldMs = performance.now() - startedAt

    const stories = senders.flatMap((sender) => sender.stories)
    const events = emulator.events()
    const times = events.map(({ at }) => Date.parse(at))
    const fullest = fullestWindow(times, windowMs)
    const limited = events.filter(({ status }) => status === 429).length
    t.diagnostic(
      `alerts taken after ${Math.round(sentMs / 1_000)} s, told after ${Math.round(toldMs / 1_000)} s`,
    )
    t.diagnostic(
      `most events in any ${windowMs} ms: ${fullest}, of ${limit} allowed; answered 429: ${limited}`,
    )
    for (const { kind, from, until: to } of fleet.mishaps)
      t.diagnostic(`${kind} at ${new Date(from).toISOString()}, for ${to - from} ms`)
    await report(t, stories, emulator, fleet, url)
    assert.deepEqual(emulator.incidents('open'), [])
    assert.ok(fullest <= limit && limited === 0, 'more than the window')
    await fleet.stop()
  },
)
