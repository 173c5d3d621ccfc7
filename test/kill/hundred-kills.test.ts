/**
 * Forty keys fire, change, are acknowledged and end, at a destination that fails in every way it can, while the service
 * is killed with SIGKILL at random moments and started again at once on the same file.
 *
 * `npm test` kills it 25 times. TOCSIN_KILLS=100 is what CI does; TOCSIN_SEED repeats the draws of a run, as printed.
 *
 * At the end every key fails and ends once more while the destination does not answer at all, and the service is killed
 * before any of that is told: `unsent_pair: tell` says that it has to be seen all the same.
 *
 * Delays stay shorter than a start of the service takes: what a destination does long after its client is gone nobody
 * can put in order.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEmulator, type Emulator, type Faults } from '../../src/emulator/emulator.ts'
import { openStore } from '../../src/store/store.ts'
import { seededRandom } from '../../src/world/virtual.ts'
import { systemWorld } from '../../src/world/world.ts'
import { ask } from '../process/sender.ts'
import {
  configOf,
  listening,
  ROUTING_KEY,
  spawnService,
  startService,
  storeOf,
  tempFolder,
} from '../process/service-process.ts'
import { pass, until } from '../process/until.ts'
import { PersistentSender, type Whereabouts } from './persistent-sender.ts'
import { judge } from './verdict.ts'

const KILLS = Number(process.env['TOCSIN_KILLS'] ?? 25)
const SEED = Number(process.env['TOCSIN_SEED'] ?? Date.now() % 1_000_000)

const KEYS = 40
const SENDERS = 8
const LIFE_MS_MAX = 350
/** So many of the kills come before the service listens. */
const EARLY_SHARE = 0.15
const FAULT_MS_MAX = 300
const SETTLED_WITHIN_MS = 20_000

const FAULTS: readonly Faults[] = [
  { status: 503, share: 0.5 },
  { status: 429, retry_after: 1, share: 0.2 },
  { cut: 'before', share: 0.5 },
  { cut: 'after', share: 0.5 },
  { delay_ms: 60 },
  { hang: true, share: 0.3 },
]

test(`killed ${KILLS} times at random moments, it loses nothing, leaves nothing open and keeps the order`, async (t) => {
  t.diagnostic(`TOCSIN_SEED=${SEED} TOCSIN_KILLS=${KILLS}`)
  const [forKills, forFaults, forEmulator] = [1, 2, 3].map((part) => seededRandom(SEED * 100 + part))
  assert.ok(forKills !== undefined && forFaults !== undefined && forEmulator !== undefined)
  const world = { ...systemWorld({ logLevel: 'warn' }), random: forEmulator }
  const emulator = await openEmulator({ limit: 0, world })
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const destination = {
    type: 'pagerduty',
    routing_key: ROUTING_KEY,
    url: emulator.url,
    rate: 'none',
  } as const
  const config = configOf(folder, emulator.url, {
    destinations: { oncall: { ...destination, timeout: '500ms' } },
    unsent_pair: 'tell',
  })

  const where: Whereabouts = { url: undefined }
  const senders = Array.from({ length: SENDERS }, (_, index) => {
    const names = Array.from({ length: KEYS / SENDERS }, (_, key) => `key-${index * (KEYS / SENDERS) + key}`)
    return new PersistentSender(names, seededRandom(SEED * 100 + 10 + index), where)
  })
  const run = { isOver: false }
  t.after(() => (run.isOver = true))
  const sending = Promise.all(senders.map((sender) => sender.run(() => run.isOver)))
  const failing = misbehave(emulator, forFaults, run)
  const { kills, starts } = await killAndStart(config, where, forKills)
  run.isOver = true
  await failing
  emulator.faults({ hang: true })
  const lastButOne = await startService(config)
  where.url = lastButOne.url
  await sending
  kills.push(Date.now())
  await lastButOne.kill()
  emulator.faults({})
  const last = await startService(config)
  await until('everything is told', SETTLED_WITHIN_MS, async () => {
    if (emulator.incidents('open').length > 0) return false
    const waiting = await ask(`${last.url}/v1/deliveries?state=troubled`)
    return waiting !== undefined && waiting.text === '{"deliveries":[]}'
  })
  assert.equal((await last.stop()).code, 0)
  await world.http.close()

  const stories = senders.flatMap((sender) => sender.stories)
  const events = emulator.events()
  const verdict = judge(stories, events, kills)
  const steps = stories.flatMap((story) => story.steps)
  const doubted = steps.filter(({ attempts }) => attempts > 1).length
  const pages = emulator.incidents().reduce((sum, incident) => sum + incident.pages, 0)
  const failed = events.filter(({ outcome, status }) => outcome === 'fault' || status === null).length
  t.diagnostic(
    `kills: ${kills.length}; answered 2xx: ${steps.length}, of which cut by a kill and repeated: ${doubted}`,
  )
  t.diagnostic(`events at the emulator: ${events.length}, of which failed: ${failed}; pages: ${pages}`)
  t.diagnostic(`came and went before they could be told, and were followed: ${verdict.overtaken}`)
  t.diagnostic(
    `lost: ${verdict.lost.length}; left open: ${emulator.incidents('open').length}; ${quote(verdict)}`,
  )
  t.diagnostic(`starts: median ${median(starts)} ms, longest ${Math.max(...starts)} ms`)
  assert.deepEqual(verdict.lost, [], 'answered 2xx and never seen')
  assert.deepEqual(verdict.outOfOrder, [], 'told in another order than it was answered')
  assert.deepEqual(verdict.pagedTwice, [], 'paged twice for one failure')
  assert.deepEqual(verdict.unexplained, [], 'told again although the answer arrived')
  assert.ok(
    events.length > KILLS * 10 && steps.length > KILLS * 10,
    'a run in which nothing happens proves nothing',
  )
  const store = await openStore(storeOf(folder), { clock: world.clock })
  assert.deepEqual(await store.check(), [])
  await store.close()
})

/** Starts the service and kills it, again and again. Returns when it killed, and how long the starts took. */
async function killAndStart(
  config: string,
  where: Whereabouts,
  random: () => number,
): Promise<{ kills: number[]; starts: number[] }> {
  const kills: number[] = []
  const starts: number[] = []
  while (kills.length < KILLS) {
    const startedAt = performance.now()
    const command = spawnService(config)
    if (random() < EARLY_SHARE) await pass(random() * (starts.at(-1) ?? 200))
    else {
      const service = await listening(command, startedAt)
      starts.push(Math.round(service.startMs))
      where.url = service.url
      await pass(random() * LIFE_MS_MAX)
    }
    kills.push(Date.now())
    where.url = undefined
    command.signal('SIGKILL')
    const { signal } = await command.exited
    assert.equal(signal, 'SIGKILL', `It ended before it was killed:\n${command.output}`)
  }
  return { kills, starts }
}

/** Orders one fault after the other, with good times between them. */
async function misbehave(emulator: Emulator, random: () => number, run: { isOver: boolean }): Promise<void> {
  while (!run.isOver) {
    emulator.faults(FAULTS[Math.floor(random() * FAULTS.length)] ?? {})
    await pass(random() * FAULT_MS_MAX)
    emulator.faults({})
    await pass(random() * FAULT_MS_MAX)
  }
}

function quote({ outOfOrder, pagedTwice, repeated, unexplained }: ReturnType<typeof judge>): string {
  const { afterLostAnswer, afterKill } = repeated
  const again = `told again after a lost answer: ${afterLostAnswer}, after a kill: ${afterKill}`
  return `out of order: ${outOfOrder.length}; paged twice: ${pagedTwice.length}; ${again}, else: ${unexplained.length}`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
