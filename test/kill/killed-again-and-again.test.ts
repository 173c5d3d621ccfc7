/**
 * Forty keys fire, change, are acknowledged and end, at a destination that fails in every way it can, while the service
 * is killed with SIGKILL at random moments and started again at once: one process on an SQLite file, and three replicas
 * on one PostgreSQL that is itself restarted, and whose connections are cut.
 *
 * `npm test` kills some times; TOCSIN_KILLS says how often. TOCSIN_SEED repeats the draws of a run, as printed.
 *
 * At the end every key fails and ends once more while the destination does not answer at all, and the service is killed
 * before any of that is told: `unsent_pair: tell` says that it has to be seen all the same.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startPostgres } from '../postgres/server.ts'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { openStore } from '../../src/store/store.ts'
import { seededRandom } from '../../src/world/virtual.ts'
import { systemWorld } from '../../src/world/world.ts'
import { configOf, ROUTING_KEY, storeOf, tempFolder } from '../process/service-process.ts'
import { pass } from '../process/until.ts'
import { crash, cutConnections } from './ailing-database.ts'
import { Fleet } from './fleet.ts'
import { misbehave } from './misbehave.ts'
import { PersistentSender } from './persistent-sender.ts'
import { report } from './report.ts'
import { untilAllTold } from './untold.ts'

const SEED = Number(process.env['TOCSIN_SEED'] ?? Date.now() % 1_000_000)

const KEYS = 40
const SENDERS = 8
const LIFE_MS_MAX = 350
/** So many of the waves of kills have one before them that comes before anybody listens. */
const EARLY_SHARE = 0.15
const TOLD_WITHIN_MS = 45_000

/** No kill takes longer, with all that belongs to it. */
const BOUND = { timeout: 60_000 + killsOr(12) * 2_000 }

/** Where the service runs. */
interface Ground {
  /** For a config. */
  readonly store: string
  readonly replicas: number
  readonly kills: number
  /** What happens to the database between two waves of kills; undefined: nothing, this time. */
  readonly ail?: (wave: number) => (() => Promise<void>) | undefined
}

test(
  'killed at random moments, one process on SQLite loses nothing, leaves nothing open and keeps the order',
  BOUND,
  async (t) => {
    const folder = tempFolder(t)
    await survive(t, folder, { store: storeOf(folder), replicas: 1, kills: killsOr(12) })
  },
)

test(
  'three replicas on PostgreSQL neither, killed while it is restarted and their connections are cut',
  BOUND,
  async (t) => {
    const server = await startPostgres()
    if (typeof server === 'string') {
      t.skip(server)
      return
    }
    await using _server = server
    const folder = tempFolder(t)
    const store = await server.createDatabase()
    const ail = (wave: number): (() => Promise<void>) | undefined => {
      if (wave % 2 === 1) return undefined
      return wave % 8 === 2 ? () => crash(server) : () => cutConnections(server, store)
    }
    await survive(t, folder, { store, replicas: 3, kills: killsOr(6), ail })
  },
)

function killsOr(usual: number): number {
  return Number(process.env['TOCSIN_KILLS'] ?? usual)
}

async function survive(t: TestContext, folder: string, ground: Ground): Promise<void> {
  const { store, replicas, kills } = ground
  t.diagnostic(`TOCSIN_SEED=${SEED} TOCSIN_KILLS=${kills}`)
  const randomOf = (part: number): (() => number) => seededRandom(SEED * 100 + part)
  const world = { ...systemWorld({ logLevel: 'warn' }), random: randomOf(1) }
  const emulator = await openEmulator({ limit: 0, world })
  t.after(() => emulator.close())
  const destination = { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } as const
  const config = configOf(folder, emulator.url, {
    store,
    destinations: { oncall: { ...destination, rate: 'none', timeout: '500ms' } },
    unsent_pair: 'tell',
  })
  const fleet = new Fleet({ config, size: replicas, random: randomOf(2) })
  t.after(() => void (t.passed || t.diagnostic(fleet.logs)))
  const senders = Array.from({ length: SENDERS }, (_, index) => {
    const names = Array.from({ length: KEYS / SENDERS }, (_, key) => `key-${index * (KEYS / SENDERS) + key}`)
    return new PersistentSender(names, randomOf(10 + index), fleet)
  })

  const startedAt = performance.now()
  const run = { isOver: false }
  t.after(() => (run.isOver = true))
  await fleet.open()
  const sending = Promise.all(senders.map((sender) => sender.run(() => run.isOver)))
  const failing = misbehave(emulator, randomOf(3), () => run.isOver)
  await killInWaves(fleet, ground, randomOf(4))
  const tookMs = performance.now() - startedAt
  run.isOver = true
  await Promise.all([sending, failing])
  emulator.faults({ hang: true })
  await Promise.all(senders.map((sender) => sender.end()))
  await fleet.kill(fleet.all)
  emulator.faults({})
  await fleet.start(fleet.all)
  const url = fleet.pick() ?? assert.fail('nobody listens')
  await untilAllTold(url, TOLD_WITHIN_MS)

  const stories = senders.flatMap((sender) => sender.stories)
  t.diagnostic(`kills took ${Math.round(tookMs / 1_000)} s`)
  await report(t, stories, emulator, fleet, url)
  assert.deepEqual(emulator.incidents('open'), [])
  const answered = stories.reduce((sum, { steps }) => sum + steps.length, 0)
  assert.ok(answered > kills * 5 && emulator.events().length > kills * 5, 'too little happened')
  await fleet.stop()
  await world.http.close()
  const opened = await openStore(store, { clock: world.clock })
  assert.deepEqual(await opened.check(), [])
  await opened.close()
}

/** Kills from one to all of the replicas at once and starts them again, wave upon wave. */
async function killInWaves(fleet: Fleet, { kills, ail }: Ground, random: () => number): Promise<void> {
  for (let wave = 0; fleet.mishaps.filter(({ kind }) => kind === 'kill').length < kills; wave++) {
    const deed = ail?.(wave)
    const ailing = pass(random() * LIFE_MS_MAX).then(() => deed && fleet.suffer('database', deed))
    await pass(random() * LIFE_MS_MAX)
    const victims = fleet.some()
    await fleet.kill(victims)
    while (random() < EARLY_SHARE) await fleet.startInVain(victims)
    await fleet.start(victims)
    await ailing
  }
}
