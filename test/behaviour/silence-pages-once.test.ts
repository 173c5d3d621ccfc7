import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHere } from '../../src/cli/check-here.ts'
import { fromObject, type Config } from '../../src/config/config.ts'
import { makeWatch } from '../../src/pipeline/pipeline.ts'
import { openHouse, type House } from './house.ts'
import { configOf, exec, PlayedPrograms } from './programs.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

type MonitorsConfig = NonNullable<Config['monitors']>
/** So long after it is due, at most, silence is noticed. */
const NOTICED_MS = 40 * SECOND_MS

const NIGHTLY: MonitorsConfig = {
  nightly: { type: 'heartbeat', within: '10m', grace: '2m', dedup_key: '{{ source }}-{{ type }}' },
}

/** The incidents of that key: how often they have paged, and whether one is open; undefined: there was none. */
function incident(house: House, key = 'nightly-silent'): { pages: number; isOpen: boolean } | undefined {
  const found = house.emulator.incidents().filter(({ dedup_key: dedupKey }) => dedupKey === key)
  if (found.length === 0) return undefined
  return {
    pages: found.reduce((sum, { pages }) => sum + pages, 0),
    isOpen: found.some(({ status }) => status !== 'resolved'),
  }
}

const beat = (house: House): Promise<boolean> => house.pipeline.monitors.heard('nightly')

async function restart(house: House, awayMs: number, end: 'stop' | 'crash' = 'stop'): Promise<void> {
  await house[end]()
  await house.advance(awayMs)
  await house.start()
}

test('who is silent for longer than its time and its grace pages once, and its next beat ends that at once', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  await house.advance(MINUTE_MS)
  assert.equal(await beat(house), true)
  await house.advance(12 * MINUTE_MS)
  assert.equal(incident(house), undefined)
  await house.advance(NOTICED_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: true })
  assert.match(
    house.sent('nightly-silent').at(-1)?.summary ?? '',
    /heartbeat nightly is silent: it last was heard at/,
  )
  await house.advance(30 * MINUTE_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: true })
  await beat(house)
  await house.advance(SECOND_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: false })
  await house.advance(15 * MINUTE_MS)
  assert.deepEqual(incident(house), { pages: 2, isOpen: true }, 'silent again')
})

test('who beats in time never pages', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  for (let beats = 0; beats < 6; beats++) {
    await house.advance(11 * MINUTE_MS + 30 * SECOND_MS)
    await beat(house)
  }
  assert.equal(incident(house), undefined)
})

test('who has never been heard has its full time since we began to listen', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  await house.advance(12 * MINUTE_MS)
  assert.equal(incident(house), undefined)
  await house.advance(NOTICED_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: true })
  assert.match(house.sent('nightly-silent').at(-1)?.summary ?? '', /never was heard/)
})

test('a beat that nobody listens to is none', async () => {
  const monitors = {
    ...NIGHTLY,
    ...exec('disk'),
    follower: { type: 'heartbeat', of: 'disk', within: '1h' } as const,
  }
  await using house = await openHouse({ config: configOf(monitors) })
  for (const name of ['disk', 'follower', 'nobody', ''])
    assert.equal(await house.pipeline.monitors.heard(name), false)
  assert.deepEqual(
    (await house.store.monitors()).filter(({ ranAt }) => ranAt !== undefined),
    [],
  )
})

test('restarts in between neither raise silence nor end it, nor give it more time', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  await house.advance(MINUTE_MS)
  await beat(house)
  for (const end of ['stop', 'crash', 'stop', 'crash'] as const) {
    await house.advance(2 * MINUTE_MS)
    await restart(house, MINUTE_MS, end)
  }
  assert.equal(incident(house), undefined)
  await house.advance(NOTICED_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: true })
  for (const awayMs of [MINUTE_MS, 60 * MINUTE_MS]) {
    await restart(house, awayMs)
    await house.advance(NOTICED_MS)
    assert.deepEqual(incident(house), { pages: 1, isOpen: true })
  }
  await restart(house, SECOND_MS)
  await beat(house)
  await house.advance(SECOND_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: false }, 'the first beat after a restart, too')
})

test('after an absence that was longer than the grace everybody has the full time again', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  await house.advance(MINUTE_MS)
  await beat(house)
  await restart(house, 60 * MINUTE_MS)
  await house.advance(12 * MINUTE_MS)
  assert.equal(incident(house), undefined)
  await house.advance(NOTICED_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: true })
})

test('a beat ends silence though the look that found it has only just begun', async () => {
  await using house = await openHouse({ config: configOf(NIGHTLY) })
  await house.advance(12 * MINUTE_MS + NOTICED_MS)
  assert.ok(incident(house)?.isOpen)
  const [standing] = house.pipeline.monitors.standings
  await house.advance((standing?.nextAt ?? 0) - house.world.clock.now() - 1)
  const passing = house.advance(1)
  await Promise.all([passing, beat(house)])
  await house.advance(SECOND_MS)
  assert.deepEqual(incident(house), { pages: 1, isOpen: false })
})

const WATCHED: MonitorsConfig = {
  ...exec('nonces', { every: '10m' }),
  watchdog: {
    type: 'heartbeat',
    of: 'nonces',
    within: '1h',
    grace: '5m',
    dedup_key: '{{ source }}-{{ type }}',
  },
}

/** As a cron job has it: `tocsin check NAME…` on the house's store. */
async function check(house: House, played: PlayedPrograms, names: readonly string[]): Promise<void> {
  const parsed = fromObject({ ...configOf(WATCHED), store: `sqlite:${house.path}` })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const chosen = parsed.settings.monitors.filter(({ name }) => names.includes(name))
  const progress = { isDone: false }
  const done = checkHere({
    settings: parsed.settings,
    world: { ...house.world, programs: { run: played.run } },
    timeout: '30s',
    watches: (store) => chosen.map((settings) => makeWatch(settings, store)),
  }).finally(() => (progress.isDone = true))
  while (!progress.isDone) await house.advance(50)
  await done
}

test('a monitor that does not run is noticed, whether a service ran it or a command', async () => {
  const played = new PlayedPrograms()
  const { watchdog } = WATCHED
  assert.ok(watchdog !== undefined)
  await using house = await openHouse({
    config: configOf({ ...WATCHED, ...exec('nonces', { every: '7d' }) }),
    run: played.run,
  })
  for (let runs = 0; runs < 3; runs++) {
    await house.advance(55 * MINUTE_MS)
    await check(house, played, ['nonces'])
  }
  assert.equal(incident(house, 'watchdog-silent'), undefined)
  await house.advance(66 * MINUTE_MS)
  assert.deepEqual(incident(house, 'watchdog-silent'), { pages: 1, isOpen: true })
  assert.match(
    house.sent('watchdog-silent').at(-1)?.summary ?? '',
    /^The monitor nonces does not run: it last ran at /,
  )
  await check(house, played, ['nonces'])
  await house.advance(NOTICED_MS)
  assert.deepEqual(incident(house, 'watchdog-silent'), { pages: 1, isOpen: false })
})

test('a service that was away does not page for what was away with it', async () => {
  const played = new PlayedPrograms()
  await using house = await openHouse({ config: configOf(WATCHED), run: played.run })
  await house.advance(20 * MINUTE_MS)
  await restart(house, 5 * 60 * MINUTE_MS)
  await house.advance(20 * MINUTE_MS)
  assert.equal(incident(house, 'watchdog-silent'), undefined)
})

test('a run that follows a long pause does not say that what it has just looked with does not run', async () => {
  const played = new PlayedPrograms()
  await using house = await openHouse()
  await house.stop()
  await check(house, played, ['nonces', 'watchdog'])
  await house.advance(3 * 60 * MINUTE_MS)
  await check(house, played, ['nonces', 'watchdog'])
  assert.equal(incident(house, 'watchdog-silent'), undefined)
  await house.advance(3 * 60 * MINUTE_MS)
  await check(house, played, ['watchdog'])
  assert.deepEqual(incident(house, 'watchdog-silent'), { pages: 1, isOpen: true })
})
