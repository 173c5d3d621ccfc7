import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { fromObject } from '../../src/config/config.ts'
import { wire, type Pipeline } from '../../src/pipeline/pipeline.ts'
import { migrateStore, type Store } from '../../src/store/store.ts'
import { virtualWorld, type VirtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { configOf, exec, PlayedPrograms } from './programs.ts'

const MINUTE_MS = 60_000

const server = await startPostgres()
const options = typeof server === 'string' ? { skip: server } : {}
after(() => (typeof server === 'string' ? undefined : server[Symbol.asyncDispose]()))

/** A service on a database that it shares, in a world whose time all of them have in common. */
async function open(
  url: string,
  name: string,
  world: VirtualWorld,
  monitors = { ...exec('disk'), ...exec('often', { every: '20s' }) },
): Promise<{ pipeline: Pipeline; store: Store }> {
  const parsed = fromObject({ ...configOf(monitors), store: url })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const self = { name: `virtual/${name}`, host: 'virtual', isGone: () => false }
  const opened = await wire(parsed.settings, { ...world, self }, () => {})
  return opened
}

/** Resolves once nobody asks the database for a turn, nor looks: whoever is due has had its turn. */
async function untilIdle(pipelines: readonly Pipeline[], now: number): Promise<void> {
  const isIdle = (): boolean =>
    pipelines.every(({ monitors }) =>
      monitors.standings.every(({ nextAt = 0, isLooking }) => nextAt > now && !isLooking),
    )
  while (!isIdle()) await new Promise<void>((resolve) => setImmediate(resolve))
}

suite('replicas on one PostgreSQL', options, () => {
  test('at each slot exactly one of them looks, and when one is gone the other does', async () => {
    assert.ok(typeof server !== 'string')
    const url = await server.createDatabase()
    await migrateStore(url)
    const played = new PlayedPrograms()
    const world = virtualWorld({ run: played.run })
    played.clock = world.clock
    const replicas = await Promise.all(['a', 'b'].map((name) => open(url, name, world)))
    try {
      const pipelines = replicas.map(({ pipeline }) => pipeline)
      await Promise.all(pipelines.map((pipeline) => pipeline.start()))
      await untilIdle(pipelines, 0)
      await pass(5 * MINUTE_MS, pipelines, world)
      const [first, second] = replicas
      assert.ok(first !== undefined && second !== undefined)
      for (const name of ['disk', 'often'])
        assert.equal(new Set(played.of(name)).size, played.of(name).length, `${name}: nobody looked twice`)
      assert.ok(
        played.of('disk').length >= 5 && played.of('disk').length <= 6,
        String(played.of('disk').length),
      )
      assert.ok(played.of('often').length >= 15 && played.of('often').length <= 16)
      await drain(first, world)
      const before = played.of('disk').length
      await pass(2 * MINUTE_MS, [second.pipeline], world)
      assert.equal(played.of('disk').length - before, 2)
    } finally {
      for (const replica of replicas) await drain(replica, world)
    }
  })

  test('a look whose replica is gone before its end is made up for by another, once', async () => {
    assert.ok(typeof server !== 'string')
    const url = await server.createDatabase()
    await migrateStore(url)
    const played = new PlayedPrograms()
    const world = virtualWorld({ run: played.run })
    played.clock = world.clock
    const hourly = exec('hourly', { every: '1h', deadline: '1m', timeout: '50s' })
    const replicas = await Promise.all(['a', 'b', 'c'].map((name) => open(url, name, world, hourly)))
    const pipelines = replicas.map(({ pipeline }) => pipeline)
    try {
      await Promise.all(pipelines.map((pipeline) => pipeline.start()))
      await untilIdle(pipelines, 0)
      await pass(5 * MINUTE_MS, pipelines, world)
      assert.equal(played.of('hourly').length, 1)
      // At the next slot one of them begins, and is gone.
      played.takes.set('hourly', 40_000)
      const isLooking = ({ pipeline }: { pipeline: Pipeline }): boolean =>
        pipeline.monitors.standings.some(({ isLooking }) => isLooking)
      while (!replicas.some(isLooking)) {
        await world.advance(1_000)
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
      const gone = replicas.findIndex(isLooking)
      const [lost] = replicas.splice(gone, 1)
      assert.ok(lost !== undefined)
      await drain(lost, world)
      played.takes.clear()
      const begun = played.of('hourly').length
      await pass(
        5 * MINUTE_MS,
        replicas.map(({ pipeline }) => pipeline),
        world,
      )
      assert.equal(played.of('hourly').length - begun, 1)
    } finally {
      for (const replica of replicas) await drain(replica, world)
    }
  })
})

/** Lets time pass, as fast as the database answers. */
async function pass(ms: number, pipelines: readonly Pipeline[], world: VirtualWorld): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await world.advance(1_000)
    await untilIdle(pipelines, world.clock.now())
  }
}

async function drain(
  { pipeline, store }: { pipeline: Pipeline; store: Store },
  world: VirtualWorld,
): Promise<void> {
  const progress = { isDone: false }
  const done = pipeline.drain(1_000).finally(() => (progress.isDone = true))
  while (!progress.isDone) {
    await world.advance(50)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  await done
  await store.close()
}
