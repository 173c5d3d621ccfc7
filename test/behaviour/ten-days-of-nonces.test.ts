import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { seededRandom } from '../../src/world/virtual.ts'
import { NonceDays, type Condition } from './nonce-days.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const DAYS = 10
const BEGIN = Date.parse('2026-03-20T00:02:00Z')
const THRESHOLD = 50

const day = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '')

/** The keys that a process in a condition has an incident under; undefined where nothing is known of it. */
function keysOf(id: string, condition: Condition, at: number): readonly string[] {
  if (condition === 'away') return [`nonce-monitor-error-${id}-${day(at)}`]
  return Math.abs(condition) >= THRESHOLD ? [`nonce-monitor-mismatch-${id}-${day(at)}`] : []
}

interface Life {
  readonly everyMinutes: number
  readonly isNumbered: boolean
  readonly seed: number
  /** Shares of runs before which the state is lost, an older one restored, the run left out, PagerDuty away. */
  readonly lost: number
  readonly restored: number
  readonly leftOut: number
  readonly away: number
}

/**
 * Ten days in which processes fall behind and catch up. What a run sees is what counts: a failure that goes on from run to run pages
 * once under the key of each day.
 */
async function live(life: Life): Promise<void> {
  const random = seededRandom(life.seed)
  using days = new NonceDays({
    processes: 8,
    now: BEGIN,
    seed: life.seed,
    monitor: { tell: 'per_process', threshold: THRESHOLD, deadline: '1m' },
  })
  /** How often a key may have paged: once for each time that a run saw the failure begin, or its day begin. */
  const allowed = new Map<string, number>()
  let before = new Set<string>()
  /** Runs in a row that went as they should: with as many, nothing stale may be open. */
  let quiet = 0
  const worsen = (): void => {
    for (const id of days.ids) {
      if (random() > 0.04) continue
      const dice = random()
      days.conditions.set(
        id,
        dice < 0.5 ? 0 : dice < 0.75 ? Math.floor(random() * 300) - 40 : dice < 0.9 ? 49 : 'away',
      )
    }
  }
  const step = async (isCalm: boolean): Promise<void> => {
    if (!isCalm) {
      if (random() < life.lost) days.lose()
      else if (random() < life.restored) days.restore(1 + Math.floor(random() * 3))
      days.network.isUp = random() >= life.away
    } else days.network.isUp = true
    await days.run(life.isNumbered)
    const now = new Set(days.ids.flatMap((id) => keysOf(id, days.conditions.get(id) ?? 0, days.now)))
    for (const key of now) if (!before.has(key)) allowed.set(key, (allowed.get(key) ?? 0) + 1)
    // A process that cannot be asked is not known to have caught up: what was open of it stays.
    const unknown = [...before].filter((key) => key.includes('-mismatch-') && isAwayIn(days, key))
    before = new Set([...now, ...unknown])
    quiet = days.network.isUp ? quiet + 1 : 0
    if (quiet >= 4)
      assert.deepEqual(staleIn(days, before), [], `stale at ${new Date(days.now).toISOString()}`)
    if (quiet >= 1) for (const key of now) assert(days.open().includes(key), `${key} is open`)
  }
  const end = BEGIN + DAYS * DAY
  for (let at = BEGIN; at < end; at += life.everyMinutes * MINUTE) {
    await days.world.advance(Math.max(0, at - days.now))
    worsen()
    if (random() >= life.leftOut) await step(false)
  }
  for (const id of days.ids) days.conditions.set(id, 0)
  for (let more = 1; more <= 4; more++) {
    await days.world.advance(end + more * life.everyMinutes * MINUTE - days.now)
    await step(true)
  }
  assert.deepEqual(days.open(), [], 'every incident is closed')
  for (const [key, count] of days.pages())
    assert(count <= (allowed.get(key) ?? 0), `${key} paged ${count} times`)
  assert(days.pages().size > 10, `enough happened: ${days.pages().size}`)
}

/** What is open of no failure of today. */
function staleIn(days: NonceDays, known: ReadonlySet<string>): readonly string[] {
  const isOfToday = (key: string): boolean => key.endsWith(day(days.now))
  return days
    .open()
    .filter((key) => !known.has(key) || !isOfToday(key))
    .filter((key) => !isAwayIn(days, key))
}

function isAwayIn(days: NonceDays, key: string): boolean {
  const [id = ''] = /\d\dp{41}/.exec(key) ?? []
  return days.conditions.get(id) === 'away'
}

const ALL_WELL = { lost: 0, restored: 0, leftOut: 0, away: 0 }
/** More than one life of each kind is lived where there is time. */
const LIVES = Number(process.env['TOCSIN_RUNS'] ?? 1)
/** Every five minutes takes half a minute to live through; every two hours shows the same. */
const IS_LONG = process.env['TOCSIN_LONG'] === '1'

function lives(name: string, life: Omit<Life, 'seed'>): void {
  for (let seed = 1; seed <= LIVES; seed++) test(`${name} (seed ${seed})`, () => live({ ...life, seed }))
}

suite('ten days of runs: each failure pages once a day, and every incident is closed', () => {
  lives('as it should be', { ...ALL_WELL, everyMinutes: IS_LONG ? 5 : 120, isNumbered: false })
  lives('while PagerDuty is away now and then, and runs are left out', {
    ...ALL_WELL,
    everyMinutes: IS_LONG ? 30 : 120,
    isNumbered: false,
    leftOut: 0.1,
    away: 0.1,
  })
  lives('while the state is lost now and then', {
    ...ALL_WELL,
    everyMinutes: IS_LONG ? 30 : 120,
    isNumbered: false,
    lost: 0.05,
    leftOut: 0.05,
    away: 0.05,
  })
  lives('while an older state is restored now and then, in runs that are numbered', {
    everyMinutes: IS_LONG ? 30 : 120,
    isNumbered: true,
    lost: 0.03,
    restored: 0.05,
    leftOut: 0.05,
    away: 0.05,
  })
})
