import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { lookOnce, makeWatch, type MonitorStanding } from '../../src/pipeline/pipeline.ts'
import { labelled } from './alerts.ts'
import type { House } from './house.ts'
import { configOf, exec, PlayedPrograms, TROUBLE, WELL } from './programs.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

function standing(house: House, name: string): MonitorStanding | undefined {
  return house.pipeline.monitors.standings.find(({ settings }) => settings.name === name)
}

function warnings(house: House, about: RegExp): number {
  return house.world.lines.filter(({ level, message }) => level === 'warn' && about.test(message)).length
}

/** How far apart they are. */
function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

function isOpen(house: House, key: string): boolean {
  return house.emulator.incidents().some((one) => one.dedup_key === key && one.status !== 'resolved')
}

test('a monitor looks at its slots, and the first time soon', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open(exec('disk'))
  const begun = house.world.clock.now()
  await house.advance(10 * MINUTE_MS)
  const [first = 0, ...looks] = played.of('disk')
  assert.ok(first - begun <= 10 * SECOND_MS)
  assert.equal(looks.length, 10)
  assert.deepEqual(new Set(gaps(looks)), new Set([MINUTE_MS]))
  assert.equal(standing(house, 'disk')?.missed, 0)
  assert.equal(standing(house, 'disk')?.nextAt, (looks.at(-1) ?? 0) + MINUTE_MS)
})

test('many monitors are not all looked at in the same moment after a start', async () => {
  const played = new PlayedPrograms()
  const names = Array.from({ length: 100 }, (_, index) => `m${index}`)
  await using house = await played.open(Object.assign({}, ...names.map((name) => exec(name))))
  await house.advance(10 * SECOND_MS)
  assert.equal(new Set(played.starts.map(({ name }) => name)).size, 100)
  const moments = Map.groupBy(played.starts, ({ at }) => at)
  const busiest = Math.max(...Array.from(moments.values(), (all) => all.length))
  assert.ok(busiest < 10, `saw ${busiest} at once`)
})

test('one look at a time: looks that a slow one keeps from happening are counted, and logged', async () => {
  const played = new PlayedPrograms()
  played.takes.set('slow', 150 * SECOND_MS)
  await using house = await played.open(exec('slow', { timeout: '5m' }))
  await house.advance(30 * MINUTE_MS + 30 * SECOND_MS)
  assert.equal(played.most, 1)
  assert.deepEqual(new Set(gaps(played.of('slow').slice(1))), new Set([3 * MINUTE_MS]))
  const missed = standing(house, 'slow')?.missed ?? 0
  const looked = house.notices.filter(({ kind }) => kind === 'looked').length
  assert.ok(missed >= 2 * (looked - 1) && missed <= 3 * looked, `missed ${missed} in ${looked} looks`)
  assert.ok(warnings(house, /missed looks/) >= looked - 1)
})

test('a look that hangs past its deadline is a failure, and the next one happens', async () => {
  const played = new PlayedPrograms()
  played.takes.set('stuck', DAY_MS)
  await using house = await played.open(exec('stuck', { deadline: '20s', timeout: '10s' }))
  await house.advance(2 * MINUTE_MS)
  assert.equal(played.of('stuck').length, 3)
  assert.ok(isOpen(house, 'stuck-failure'))
  assert.match(house.sent('stuck-failure')[0]?.summary ?? '', /longer than 20s \(deadline\)/)
  played.takes.clear()
  await house.advance(MINUTE_MS)
  assert.ok(!isOpen(house, 'stuck-failure'))
})

test('a monitor that throws by a bug says so, and stops no other', async () => {
  const played = new PlayedPrograms()
  played.broken.add('buggy')
  await using house = await played.open({ ...exec('buggy'), ...exec('disk') })
  await house.advance(5 * MINUTE_MS)
  assert.equal(played.of('disk').length, 6)
  assert.match(house.sent('buggy-failure')[0]?.summary ?? '', /failed by a bug/)
  played.broken.clear()
  await house.advance(MINUTE_MS)
  // Not again with each look, though nobody remembers what was said before the first.
  assert.deepEqual(house.effects('buggy-failure'), ['opened', 'resolved'])
})

test('after a restart what is overdue is looked at soon, and what is not waits for its slot', async () => {
  const played = new PlayedPrograms()
  const monitors = { ...exec('often'), ...exec('hourly', { every: '1h' }) }
  await using house = await played.open(monitors)
  await house.advance(MINUTE_MS)
  const due = standing(house, 'hourly')?.nextAt ?? 0
  await house.stop()
  await house.advance(5 * MINUTE_MS)
  await house.start()
  assert.equal(due > house.world.clock.now(), true)
  const before = played.starts.length
  await house.advance(10 * SECOND_MS)
  const names = new Set(played.starts.slice(before).map(({ name }) => name))
  assert.ok(names.has('often') && !names.has('hourly'))
  assert.equal(standing(house, 'hourly')?.nextAt, due)
  house.crash()
  await house.advance(due - house.world.clock.now() + MINUTE_MS)
  await house.start()
  await house.advance(10 * SECOND_MS)
  assert.equal(played.of('hourly').length, 2)
})

test('jitter is for the slots: what is overdue does not wait for it', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open(exec('disk', { every: '20m', jitter: '10m' }))
  await house.advance(10 * SECOND_MS)
  assert.equal(played.of('disk').length, 1)
  await house.advance(3 * HOUR_MS)
  const late = played.of('disk').slice(1)
  assert.ok(late.length >= 8 && new Set(gaps(late)).size > 1)
  assert.equal(standing(house, 'disk')?.missed, 0)
})

test('a reload that names a monitor no more ends what it said; one that changes it keeps that', async () => {
  const played = new PlayedPrograms()
  played.says.set('gone', TROUBLE).set('kept', TROUBLE)
  await using house = await played.open({ ...exec('gone'), ...exec('kept') })
  await house.advance(20 * SECOND_MS)
  assert.ok(isOpen(house, 'gone-exit') && isOpen(house, 'kept-exit'))
  // A look of the one that goes is under way, and must not say a word any more.
  played.takes.set('gone', 30 * SECOND_MS)
  await house.advance(MINUTE_MS - 10 * SECOND_MS)
  await house.reload(configOf(exec('kept', { every: '5m', severity: 'warning' })))
  await house.advance(20 * MINUTE_MS)
  assert.deepEqual(house.effects('gone-exit'), ['opened', 'resolved'])
  assert.ok(isOpen(house, 'kept-exit'))
  assert.equal(house.emulator.incidents().find((one) => one.dedup_key === 'kept-exit')?.pages, 1)
  assert.deepEqual(new Set(gaps(played.of('kept').slice(-3))), new Set([5 * MINUTE_MS]))
  assert.deepEqual(
    (await house.store.monitors()).map(({ name }) => name),
    ['kept'],
  )
})

test('a service ends at its next start what it said, though somebody has looked by hand since', async () => {
  const played = new PlayedPrograms()
  played.says.set('gone', TROUBLE)
  await using house = await played.open(exec('gone'))
  await house.advance(20 * SECOND_MS)
  const [gone] = house.pipeline.monitors.standings
  assert.ok(gone !== undefined && isOpen(house, 'gone-exit'))
  const { store, pipeline, world } = house
  const accept = pipeline.accept.bind(pipeline)
  await lookOnce(makeWatch(gone.settings, store), { store, world, accept, isServed: false })
  await house.stop()
  await house.start(configOf(exec('other')))
  await house.advance(20 * SECOND_MS)
  assert.ok(!isOpen(house, 'gone-exit'))
})

test('while its store is away nothing is kept, and then it goes on', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open(exec('disk'))
  await house.advance(MINUTE_MS)
  const beside = new DatabaseSync(house.path)
  beside.exec('begin immediate')
  played.says.set('disk', TROUBLE)
  await house.advance(3 * MINUTE_MS)
  assert.ok(house.world.lines.some(({ message }) => message === 'what a monitor saw could not be kept'))
  beside.exec('rollback')
  beside.close()
  await house.advance(MINUTE_MS)
  assert.ok(isOpen(house, 'disk-exit'))
  const looks = played.of('disk').slice(1)
  assert.deepEqual(new Set(gaps(looks)), new Set([MINUTE_MS]))
})

test('monitors of a reload while the store is away begin when it is back', async () => {
  const played = new PlayedPrograms()
  played.says.set('gone', TROUBLE)
  await using house = await played.open(exec('gone'))
  await house.advance(20 * SECOND_MS)
  const beside = new DatabaseSync(house.path)
  beside.exec('begin immediate')
  await house.reload(configOf(exec('new'))).catch(() => undefined)
  await house.advance(MINUTE_MS)
  assert.equal(played.of('new').length, 0)
  beside.exec('rollback')
  beside.close()
  await house.advance(20 * SECOND_MS)
  assert.ok(played.of('new').length > 0)
  assert.ok(!isOpen(house, 'gone-exit'))
})

test('a clock that is set back, or ahead, keeps no monitor from looking', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open({ ...exec('disk'), ...exec('hourly', { every: '1h' }) })
  await house.advance(5 * MINUTE_MS)
  house.world.jump(-HOUR_MS)
  const before = played.of('disk').length
  await house.advance(5 * MINUTE_MS)
  assert.ok(played.of('disk').length - before >= 4, 'set back')
  const missed = standing(house, 'disk')?.missed
  assert.equal(missed, 0)
  house.world.jump(HOUR_MS + 10 * MINUTE_MS)
  const set = played.of('disk').length
  await house.advance(5 * MINUTE_MS)
  assert.ok(played.of('disk').length - set >= 4, 'set ahead')
  assert.ok((standing(house, 'disk')?.missed ?? 0) >= 69)
  const hourly = played.of('hourly').length
  await house.advance(HOUR_MS)
  assert.ok(played.of('hourly').length > hourly)
})

test('a clock that is set back during a look costs no looks after it', async () => {
  const played = new PlayedPrograms()
  played.takes.set('disk', 20 * SECOND_MS)
  await using house = await played.open(exec('disk'))
  await house.advance((standing(house, 'disk')?.nextAt ?? 0) - house.world.clock.now() + SECOND_MS)
  await house.advance((standing(house, 'disk')?.nextAt ?? 0) - house.world.clock.now() + SECOND_MS)
  assert.equal(standing(house, 'disk')?.isLooking, true)
  house.world.jump(-HOUR_MS)
  const before = played.of('disk').length
  await house.advance(3 * MINUTE_MS)
  assert.ok(played.of('disk').length - before >= 2)
})

test('what fell due while the machine slept is looked at within a minute', async () => {
  const played = new PlayedPrograms()
  const { every: _every, ...report } = exec('report', { schedule: '30 22 * * *' })['report'] ?? {}
  // It is 22:13 when the house begins.
  await using house = await played.open({ report } as ReturnType<typeof exec>)
  await house.advance(5 * MINUTE_MS)
  assert.equal(played.of('report').length, 1)
  // Nine hours of sleep: timers stand still, the clock does not.
  house.world.jump(9 * HOUR_MS)
  await house.advance(MINUTE_MS)
  assert.equal(played.of('report').length, 2)
  assert.equal(standing(house, 'report')?.nextAt, Date.parse('2023-11-15T22:30:00Z'))
})

test('how often trouble was seen is known after a restart, and after a crash', async () => {
  const played = new PlayedPrograms()
  played.says.set('disk', TROUBLE)
  const monitors = exec('disk', { confirm: { trouble: 3, well: 2 }, every: '10m' })
  await using house = await played.open(monitors)
  for (const end of ['stop', 'crash', 'stop'] as const) {
    assert.ok(!isOpen(house, 'disk-exit'))
    await house.advance(11 * SECOND_MS)
    await house[end]()
    await house.advance(10 * MINUTE_MS)
    await house.start()
  }
  assert.ok(isOpen(house, 'disk-exit'))
  played.says.set('disk', WELL)
  await house.advance(11 * SECOND_MS)
  assert.ok(isOpen(house, 'disk-exit'), 'well once is not enough')
  await house.stop()
  await house.advance(10 * MINUTE_MS)
  await house.start()
  await house.advance(11 * SECOND_MS)
  assert.deepEqual(house.effects('disk-exit'), ['opened', 'resolved'])
})

test('a stop during a look waits for nothing, says nothing, and the look is made up for', async () => {
  const played = new PlayedPrograms()
  played.takes.set('slow', 20 * SECOND_MS)
  played.says.set('slow', TROUBLE)
  await using house = await played.open(exec('slow', { every: '1h' }))
  await house.advance(11 * SECOND_MS)
  assert.equal(standing(house, 'slow')?.isLooking, true)
  const at = house.world.clock.now()
  await house.stop()
  assert.ok(house.world.clock.now() - at <= SECOND_MS)
  await house.advance(MINUTE_MS)
  assert.deepEqual(house.sent(), [])
  await house.start()
  await house.advance(40 * SECOND_MS)
  assert.equal(played.of('slow').length, 2)
  assert.ok(isOpen(house, 'slow-exit'))
})

test('what a person has resolved pages nobody anew, unless it was well in between', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open(exec('disk'))
  played.says.set('disk', TROUBLE)
  await house.advance(2 * MINUTE_MS)
  const [open] = await house.store.incidents({ key: 'disk-exit', status: 'open' })
  await house.pipeline.resolve(open?.incident.id ?? 0)
  await house.advance(5 * MINUTE_MS)
  assert.deepEqual(house.effects('disk-exit'), ['opened', 'resolved'])
  played.says.set('disk', WELL)
  await house.advance(MINUTE_MS)
  played.says.set('disk', TROUBLE)
  await house.advance(MINUTE_MS)
  assert.deepEqual(house.effects('disk-exit'), ['opened', 'resolved', 'opened'])
})

test('alerts that others send under the name of a monitor are left alone', async () => {
  const played = new PlayedPrograms()
  await using house = await played.open(exec('disk'))
  const foreign = labelled({ alertname: 'Foreign', type: 'exit' }, 'firing')
  await house.accept(
    foreign.kind === 'alert' ? { ...foreign, alert: { ...foreign.alert, source: 'disk' } } : foreign,
  )
  await house.advance(5 * MINUTE_MS)
  assert.equal(house.emulator.incidents('open').length, 1)
  await house.reload(configOf({}))
  await house.advance(MINUTE_MS)
  assert.equal(house.emulator.incidents('open').length, 1)
})

test('what was looked at while we stood still says nothing, and is looked at again', async () => {
  const played = new PlayedPrograms()
  played.takes.set('disk', 3 * SECOND_MS)
  await using house = await played.open(exec('disk'))
  await house.advance(30 * SECOND_MS)
  played.says.set('disk', TROUBLE)
  const looks = played.of('disk').length
  while (played.of('disk').length === looks) await house.advance(SECOND_MS)
  // The machine sleeps in the middle of the look; by the time it wakes all is well.
  house.world.jump(30 * SECOND_MS)
  await house.advance(2 * SECOND_MS)
  played.says.set('disk', WELL)
  await house.advance(2 * MINUTE_MS)
  assert.deepEqual(
    house.effects('disk-exit').filter((effect) => effect !== 'dropped'),
    [],
  )
  assert.ok(warnings(house, /stood still/) === 1 && played.of('disk').length >= looks + 2)
  // It is no excuse for ever.
  played.says.set('disk', TROUBLE)
  for (let minute = 0; minute < 6; minute++) {
    const begun = played.of('disk').length
    while (played.of('disk').length === begun) await house.advance(SECOND_MS)
    house.world.jump(5 * SECOND_MS)
    await house.advance(5 * SECOND_MS)
  }
  assert.ok(isOpen(house, 'disk-exit'))
})
