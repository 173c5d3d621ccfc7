import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { expire, type Decision } from '../../src/decide/decide.ts'
import { migrateStore, openStore, type Claim, type LaneCounts } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { alertOf, NOW, policyOf, routeOf } from './memory.ts'
import { LEASE_MS, NOTHING, Workbench } from './workbench.ts'

const { clock } = virtualWorld()
const server = await startPostgres()

const url = typeof server === 'string' ? '' : await server.createDatabase()
if (url !== '') await migrateStore(url)

/** Replicas on one empty database. */
async function replicas(count: number, run: (benches: readonly Workbench[]) => Promise<void>): Promise<void> {
  assert.ok(typeof server !== 'string')
  await server.empty(url)
  const stores = await Promise.all(Array.from({ length: count }, () => openStore(url, { clock })))
  try {
    await run(stores.map((store) => new Workbench(store)))
    assert.deepEqual(await stores[0]?.check(), [])
  } finally {
    await Promise.all(stores.map((store) => store.close()))
  }
}

function keyed(dedupKey: string, status: 'firing' | 'resolved' = 'firing'): ReturnType<typeof alertOf> {
  return alertOf({ dedupKey, status })
}

const KEYS = Array.from({ length: 30 }, (_, index) => `key ${index}`)

after(() => (typeof server === 'string' ? undefined : server[Symbol.asyncDispose]()))
const options = typeof server === 'string' ? { skip: server } : {}

suite('replicas on one PostgreSQL', options, () => {
  for (const count of [2, 3]) {
    test(`${count} of them that take in the same alerts at the same moment open one incident for each`, () =>
      replicas(count, async (benches) => {
        const orders = [KEYS, KEYS.toReversed(), KEYS.toSorted()]
        const reasons = await Promise.all(
          benches.flatMap((bench, index) => {
            const keys = orders[index] ?? KEYS
            return [
              bench.take(...keys.map((key) => keyed(key))),
              ...keys.map((key) => bench.take(keyed(key))),
            ]
          }),
        )
        const counts = Map.groupBy(reasons.flat(), (reason) => reason)
        assert.equal(counts.get('first-firing')?.length, KEYS.length)
        assert.equal(counts.get('unchanged')?.length, KEYS.length * (2 * count - 1))
        const views = (await benches[0]?.store.incidents({})) ?? []
        assert.deepEqual(views.map(({ incident }) => incident.key).toSorted(), KEYS.toSorted())
        assert.ok(views.every(({ incident }) => incident.firing.error === 1))
      }))
  }

  test('alerts that join one incident from all sides are all counted, and it ends with the last of them', () =>
    replicas(3, async (benches) => {
      const policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      const alerts = KEYS.map((instance) => alertOf({ labels: { instance } }))
      for (const bench of benches) bench.policy = policy
      const each = <T>(act: (bench: Workbench, index: number) => Promise<T>): Promise<T[]> =>
        Promise.all(alerts.map((_, index) => act(benches[index % 3] ?? assert.fail(), index)))
      await each((bench, index) => bench.take(alerts[index] ?? assert.fail()))
      const [view, ...others] = (await benches[0]?.store.incidents({})) ?? []
      assert.deepEqual([view?.incident.firing.error, others], [KEYS.length, []])
      await each((bench, index) => bench.take({ ...(alerts[index] ?? assert.fail()), status: 'resolved' }))
      const [over] = (await benches[1]?.store.incidents({})) ?? []
      assert.deepEqual([over?.incident.status, over?.incident.firing.error], ['resolved', 0])
    }))

  test('one alert under two keys at the same moment is in one incident', () =>
    replicas(2, async ([first, second]) => {
      assert.ok(first !== undefined && second !== undefined)
      first.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'before the change of config' })] })
      second.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'after it' })] })
      await Promise.all(
        KEYS.flatMap((instance) =>
          [first, second].map((bench) => bench.take(alertOf({ labels: { instance } }))),
        ),
      )
      for (const instance of KEYS) {
        const { fingerprint } = alertOf({ labels: { instance } })
        assert.equal((await first.store.incidentsOf(fingerprint)).length, 1)
      }
    }))

  test('no delivery is given to two of them', () =>
    replicas(3, async (benches) => {
      await benches[0]?.take(...KEYS.map((key) => keyed(key)))
      const taken: number[] = []
      const claimAll = async (bench: Workbench, owner: string): Promise<void> => {
        // Whoever is passed over by a lock comes again.
        while (taken.length < KEYS.length) {
          const { claims } = await bench.claim({ owner, allot: () => ({ ...NOTHING, trigger: 4 }) })
          taken.push(...claims.map(({ deliveryId }) => deliveryId))
        }
      }
      await Promise.all(
        benches.flatMap((bench, index) => [claimAll(bench, `a${index}`), claimAll(bench, `b${index}`)]),
      )
      assert.equal(new Set(taken).size, KEYS.length)
      assert.equal(taken.length, KEYS.length)
    }))

  test('together they take from a window exactly what it has', () =>
    replicas(3, async (benches) => {
      const LIMIT = 17
      await benches[0]?.take(...KEYS.map((key) => keyed(key)))
      const claims: Claim[] = []
      const allot = (used: LaneCounts): LaneCounts => ({
        ...NOTHING,
        trigger: Math.min(3, LIMIT - used.trigger),
      })
      const claimSome = async (bench: Workbench, owner: string): Promise<void> => {
        for (let round = 0; round < 8; round++)
          claims.push(...(await bench.claim({ owner, window: 'key', allot })).claims)
      }
      await Promise.all(benches.map((bench, index) => claimSome(bench, `owner ${index}`)))
      assert.equal(claims.length, LIMIT)
      let used = 0
      await benches[0]?.claim({ window: 'key', allot: (counts) => ((used = counts.trigger), NOTHING) })
      assert.equal(used, LIMIT)
    }))

  test('an incident is told by one at a time and in its order, whoever takes in and whoever tells', () =>
    replicas(3, async (benches) => {
      const sends: { key: string; action: string; begin: number; end: number }[] = []
      let step = 0
      let isTaking = true
      const flip = async (key: string, index: number): Promise<void> => {
        for (let turn = 0; turn < 6; turn++) {
          const bench = benches[(index + turn) % 3] ?? assert.fail()
          await bench.take(keyed(key, turn % 2 === 0 ? 'firing' : 'resolved'))
        }
      }
      const tell = async (bench: Workbench, owner: string): Promise<void> => {
        for (;;) {
          const wasTaking = isTaking
          const { claims } = await bench.claim({ owner, allot: (_, due) => due })
          const begun = claims.map((claim) => ({ claim, begin: step++ }))
          for (const { claim, begin } of begun) {
            assert.ok('incident' in claim.content)
            sends.push({ key: claim.content.incident.key, action: claim.content.action, begin, end: step++ })
          }
          await bench.store.settle(
            owner,
            claims.map((claim) => bench.settlingOf(claim, { kind: 'accepted', message: 'taken' })),
          )
          if (!wasTaking && (await bench.store.isSettled(bench.time))) return
        }
      }
      const telling = benches.map((bench, index) => tell(bench, `owner ${index}`))
      await Promise.all(KEYS.map(flip))
      isTaking = false
      await Promise.all(telling)
      for (const [key, all] of Map.groupBy(sends, (send) => send.key)) {
        for (const [index, send] of all.entries()) {
          const before = all[index - 1]
          assert.ok(before === undefined || before.end < send.begin, `${key}: two sends at a time`)
          assert.notEqual(before?.action, send.action, `${key}: ${send.action} twice in a row`)
        }
        assert.equal(all.at(-1)?.action, 'resolve', key)
      }
      for (const { incident } of (await benches[0]?.store.incidents({})) ?? [])
        assert.equal(
          incident.status === 'resolved' && ['resolved', 'nothing'].includes(incident.told.status),
          true,
        )
    }))

  test('an alert that was not refreshed ends once, whoever finds it', () =>
    replicas(3, async (benches) => {
      const policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      for (const bench of benches) bench.policy = policy
      await benches[0]?.take(
        ...KEYS.map((instance) => alertOf({ labels: { instance }, expiresAt: NOW + 1_000 })),
      )
      const time = NOW + 60_000
      const found: Decision[] = []
      const look = async (bench: Workbench): Promise<void> => {
        for (let round = 0; round < 20 && found.length < KEYS.length; round++)
          found.push(...(await bench.store.expire(time, 7, (membership) => expire(membership, policy, time))))
      }
      await Promise.all(benches.map(look))
      assert.equal(found.length, KEYS.length)
      assert.equal(found.filter(({ incident }) => incident?.status === 'resolved').length, 1)
      const [view] = (await benches[0]?.store.incidents({})) ?? []
      assert.equal(view?.incident.status, 'resolved')
    }))

  test('what somebody is writing is passed over by who claims and who looks for what is over, and waited for by who takes in', () =>
    replicas(1, async ([bench]) => {
      assert.ok(bench !== undefined && typeof server !== 'string')
      const { store } = bench
      await bench.take(keyed('a'), alertOf({ dedupKey: 'b', expiresAt: NOW + 1_000 }))
      const time = NOW + 60_000
      const overdue = async (): Promise<number> =>
        (await store.expire(time, 9, (membership) => expire(membership, bench.policy, time))).length
      for (const table of ['incidents', 'deliveries']) {
        await using _ = await server.hold(`select * from ${table} for update`, url)
        assert.deepEqual((await bench.claim()).claims, [], table)
      }
      for (const table of ['incidents', 'alerts']) {
        await using _ = await server.hold(`select * from ${table} for update`, url)
        assert.equal(await overdue(), 0, table)
      }
      const ended: Promise<readonly string[]>[] = []
      {
        await using _ = await server.hold('select * from incidents for update', url)
        ended.push(bench.take(keyed('a', 'resolved')))
        const waits = `select 1 from pg_stat_activity where application_name = 'tocsin' and wait_event_type = 'Lock'`
        while ((await server.query(waits)).length === 0);
      }
      assert.deepEqual(await Promise.all(ended), [['never-told']])
      assert.equal((await bench.claim()).claims.length, 1)
      assert.equal(await overdue(), 1)
    }))

  test('each run of a monitor is taken by one of them, and all of what they see of it is kept', () =>
    replicas(3, async (benches) => {
      const slots = KEYS.map((_, index) => NOW + index)
      const runs = benches.map(async ({ store }) => {
        const taken: number[] = []
        for (const slotAt of slots) if (await store.takeRun('nonces', slotAt)) taken.push(slotAt)
        return taken
      })
      const taken = (await Promise.all(runs)).flat()
      assert.deepEqual(
        taken.toSorted((a, b) => a - b),
        slots,
      )
      const orders = [KEYS, KEYS.toReversed(), KEYS]
      const looks = (keys: readonly string[]): Map<string, string> => new Map(keys.map((key) => [key, 'x']))
      await Promise.all(
        benches.map(({ store }, index) => store.watch('nonces', { looks: looks(orders[index] ?? []) })),
      )
      assert.deepEqual((await benches[0]?.store.watched('nonces'))?.looks, looks(KEYS))
    }))

  test('the start of one grants nothing while another is there, and everything when none was', () =>
    replicas(2, async ([first, second]) => {
      assert.ok(first !== undefined && second !== undefined)
      await first.take(alertOf({ expiresAt: NOW + 60_000 }))
      const expiresAt = async (): Promise<number | undefined> => (await first.store.alerts())[0]?.expiresAt
      const present = (time: number): Promise<unknown> =>
        first.store.expire(time, 1, () => assert.fail('nothing is over'))
      await present(NOW + 20_000)
      await second.store.resume(NOW + 30_000, () => false, 60_000)
      assert.equal(await expiresAt(), NOW + 60_000)
      await second.store.grantSpans(NOW + 30_001)
      assert.equal(await expiresAt(), NOW + 90_001)
    }))

  test('a clock that is set back moves what waits, and no lease and no send of anybody else', () =>
    replicas(2, async ([fast, other]) => {
      assert.ok(fast !== undefined && other !== undefined)
      const AHEAD_MS = 30_000
      const one = { window: 'key', allot: () => ({ ...NOTHING, trigger: 1 }) }
      for (const [bench, owner] of [
        [other, 'other'],
        [fast, 'fast'],
      ] as const) {
        if (bench === fast) fast.time = NOW + AHEAD_MS
        await bench.take(keyed(`${owner} told`), keyed(`${owner} in flight`))
        await bench.settle(await bench.claimOne({ ...one, owner }), undefined, owner)
        await bench.claimOne({ ...one, owner })
      }
      await fast.take(keyed('waits'))
      await fast.setBack(AHEAD_MS, NOW)
      assert.equal((await other.claimOne({ owner: 'third' })).lane, 'trigger')

      const usedAt = async (time: number): Promise<number> => {
        let used = 0
        other.time = time
        const allot = (counts: LaneCounts): LaneCounts => ((used = counts.trigger), NOTHING)
        await other.take(keyed(`due at ${time}`))
        await other.claim({ window: 'key', owner: 'third', allot })
        return used
      }
      other.time = NOW + LEASE_MS - 1
      assert.deepEqual((await other.claim({ owner: 'third' })).claims, [])
      assert.equal(await usedAt(NOW + 60_000), 4)
      assert.equal(await usedAt(NOW + 60_001), 3, 'what may have been written since is left alone')
      assert.equal(await usedAt(NOW + 90_001), 2, 'what is in flight counts on')
      other.time = NOW + LEASE_MS
      assert.equal(
        (await other.claim({ owner: 'third', allot: () => ({ ...NOTHING, trigger: 3 }) })).claims.length,
        3,
      )
    }))
})
