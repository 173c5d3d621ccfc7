import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import { expire, type Decision, type Membership } from '../../src/decide/decide.ts'
import { ACCEPTED, LIMITED, NOTHING, REJECTED, type Workbench } from './workbench.ts'
import { alertOf, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'

const RESOLVED = { status: 'resolved' } as const
const DAY_MS = 86_400_000

function keyed(dedupKey: string, more: Partial<Alert> = {}): Alert {
  return alertOf({ dedupKey, ...more })
}

async function expireAt(bench: Workbench, time: number, limit = 100): Promise<readonly string[]> {
  bench.time = time
  const decide = (membership: Membership): Decision => expire(membership, bench.policy, time)
  return (await bench.store.expire(time, limit, decide)).map(({ reason }) => reason)
}

/** What a store promises to upkeep, and after a restart. */
export function upkeepContract(withStore: WithStore): void {
  test(
    'an alert that was not refreshed in time is found once, and not before a step of its span is waited out',
    withStore(async (bench) => {
      await bench.take(keyed('a', { expiresAt: NOW + 60_000 }), keyed('b'))
      await bench.tellAll()
      assert.deepEqual(await expireAt(bench, NOW + 62_999), [])
      assert.deepEqual(await expireAt(bench, NOW + 63_000), ['expired'])
      assert.deepEqual(await expireAt(bench, NOW + 64_000), [])
      const [view] = await bench.store.incidents({ status: 'open' })
      assert.equal(view?.incident.key, 'b')
      assert.equal((await bench.claimOne()).lane, 'resolve')
    }),
  )

  test(
    'as many expire at a time as may, the earliest first, and several of one incident see each other',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      const alerts = ['1', '2', '3'].map((instance, index) =>
        alertOf({ labels: { instance }, expiresAt: NOW + 1_000 + index }),
      )
      await bench.take(...alerts)
      await bench.tellAll()
      assert.deepEqual(await expireAt(bench, NOW + 2_000, 2), [
        'one-of-several-resolved',
        'one-of-several-resolved',
      ])
      assert.deepEqual(await expireAt(bench, NOW + 2_000, 2), ['expired'])
    }),
  )

  test(
    'after a restart the leases of those who are gone are free, and those of the living are not',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'), keyed('b'))
      await bench.claim({ owner: 'gone', allot: () => ({ ...NOTHING, trigger: 1 }) })
      await bench.claim({ owner: 'living' })
      const again = await reopen()
      await again.store.resume(NOW, (owner) => owner === 'gone', 60_000)
      const claim = await again.claimOne({ owner: 'new' })
      assert.ok('incident' in claim.content)
      assert.equal(claim.content.incident.key, 'a')
      assert.equal(claim.attempts, 2)
    }),
  )

  test(
    'what was in flight counts in its window as if it had ended with the restart',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'), keyed('b'))
      await bench.claim({ owner: 'gone', window: 'key', allot: () => ({ ...NOTHING, trigger: 1 }) })
      const again = await reopen()
      await again.store.resume(NOW + 5_000, () => true, 60_000)
      const usedAt = async (time: number): Promise<number> => {
        let used = -1
        again.time = time
        await again.claim({ window: 'key', allot: (counts) => ((used = counts.trigger), NOTHING) })
        return used
      }
      assert.equal(await usedAt(NOW + 65_000), 1)
      assert.equal(await usedAt(NOW + 65_001), 0)
    }),
  )

  test(
    'a restart grants every alert its full span again; taking back leases alone grants nothing',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a', { expiresAt: NOW + 10_000 }), keyed('b', { expiresAt: NOW + 10 * DAY_MS }))
      await bench.tellAll()
      const again = await reopen()
      await again.store.takeBack(NOW + DAY_MS, () => true, 60_000)
      const [first] = await again.store.alerts()
      assert.equal(first?.expiresAt, NOW + 10_000)
      await again.store.resume(NOW + DAY_MS, () => true, 60_000)
      assert.deepEqual(await expireAt(again, NOW + DAY_MS + 10_499), [])
      assert.deepEqual(await expireAt(again, NOW + DAY_MS + 10_500), ['expired'])
      assert.deepEqual(await expireAt(again, NOW + 11 * DAY_MS - 1), [])
    }),
  )

  test(
    'when the clock is set back, what waits for a time waits no longer than it was to',
    withStore(async (bench) => {
      bench.time = NOW + DAY_MS
      const one = { window: 'key', allot: () => ({ ...NOTHING, trigger: 1 }) }
      await bench.take(keyed('a'), keyed('b'))
      await bench.settle(await bench.claimOne(one), LIMITED)
      await bench.claimOne(one)
      await bench.setBack(DAY_MS, NOW)
      assert.equal(await bench.store.nextDue('oncall'), NOW + 5_000)
      bench.time = NOW + 40_000
      assert.equal((await bench.claim(one)).claims.length, 1)
      assert.equal((await bench.claim({ ...one, owner: 'b' })).claims.length, 1, 'its lease has ended')
      bench.time = NOW + 60_001
      await bench.take(keyed('c'))
      let used = -1
      await bench.claim({ window: 'key', allot: (counts) => ((used = counts.trigger), NOTHING) })
      assert.equal(used, 3, 'the one that was answered counts no more')
    }),
  )

  test(
    'the latest time that was written down is known, whoever asks',
    withStore(async (bench, reopen) => {
      assert.equal(await bench.store.latestAt(), undefined)
      await bench.take(keyed('a'))
      assert.equal(await bench.store.latestAt(), NOW)
      bench.time = NOW + 9_000
      await bench.take(keyed('b'))
      const again = await reopen()
      assert.equal(await again.store.latestAt(), NOW + 9_000)
      again.time = NOW + 3_500
      await again.take(keyed('c'))
      assert.equal(await again.store.latestAt(), NOW + 9_000, 'what was written since does not hide it')
      await again.setBack(5_000, NOW + 4_000)
      assert.equal(await again.store.latestAt(), NOW + 4_000, 'moved once, it is not moved again')
    }),
  )

  test(
    'hastening makes due what waits for its backoff alone',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      await bench.settle(await bench.claimOne(), LIMITED)
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 6_000, resolveMs: 0 } })] })
      await bench.take(keyed('held'))
      await bench.store.hasten(NOW, () => 4_999)
      assert.equal(await bench.store.nextDue('oncall'), NOW + 5_000, 'who waits longer was asked to')
      await bench.store.hasten(NOW, () => 5_000, 'ops')
      assert.equal(await bench.store.nextDue('oncall'), NOW + 5_000, 'another destination')
      await bench.store.hasten(NOW, () => 5_000, 'oncall')
      assert.equal(await bench.store.nextDue('oncall'), NOW)
      const claim = await bench.claimOne()
      assert.equal(claim.attempts, 2)
    }),
  )

  test(
    'what is dead waits for a person, and can be tried again once',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      assert.equal(await bench.store.retry(claim.deliveryId, NOW), false, 'it is not dead')
      await bench.settle(claim, REJECTED)
      bench.time = NOW + 5 * DAY_MS
      assert.deepEqual((await bench.claim()).claims, [])
      const again = await reopen()
      assert.equal(await again.store.retry(claim.deliveryId, again.time), true)
      assert.equal(await again.store.retry(claim.deliveryId, again.time), false)
      assert.equal(await again.store.retry(99, again.time), false)
      const second = await again.claimOne()
      assert.deepEqual([second.attempts, second.createdAt], [1, again.time])
      assert.equal(await again.settle(second), 'delivered')
    }),
  )

  test(
    'what is dead is not tried again beside a delivery that waits for the same incident',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      await bench.settle(claim, REJECTED)
      await bench.take(keyed('a', { summary: 'Disk fuller' }))
      assert.equal(await bench.store.retry(claim.deliveryId, NOW), false)
    }),
  )

  test(
    'the dead are counted by destination, without those of our own incidents about them',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('own:c'))
      await bench.send({ source: 'deploys', summary: 'Deployed', labels: {}, links: [] })
      for (const claim of (await bench.claim()).claims) await bench.settle(claim, REJECTED)
      assert.deepEqual([...(await bench.store.dead('own:'))], [['oncall', 3]])
      await bench.take(keyed('a', RESOLVED))
      assert.deepEqual([...(await bench.store.dead('own:'))], [['oncall', 2]], 'it is over: nobody`s concern')
      await bench.take(keyed('b', { summary: 'Disk fuller' }))
      await bench.tellAll()
      assert.deepEqual([...(await bench.store.dead('own:'))], [['oncall', 1]], 'something newer arrived')
    }),
  )

  test(
    'what ended long enough ago is forgotten, and never what is open, waits or is dead',
    withStore(async (bench) => {
      const { store } = bench
      await bench.take(...['over', 'open', 'dead', 'waiting'].map((key) => keyed(key)))
      const { claims } = await bench.claim()
      for (const claim of claims) {
        const key = 'incident' in claim.content ? claim.content.incident.key : ''
        await bench.settle(claim, key === 'dead' ? REJECTED : ACCEPTED)
      }
      bench.policy = policyOf({ routes: [routeOf()] })
      await bench.take(keyed('over', RESOLVED))
      await bench.tellAll()
      await bench.take(keyed('waiting', RESOLVED))
      const before = { ledger: NOW + 1, ended: NOW + 1 }
      assert.ok((await store.prune(before, 1)) <= 3, 'no more of each kind than it may')
      while ((await store.prune(before, 1)) > 0);
      const keys = (await store.incidents({})).map(({ incident }) => incident.key)
      assert.deepEqual(keys, ['waiting', 'dead', 'open'])
      const states = (await store.deliveries({})).map(({ state }) => state)
      assert.deepEqual(states.toSorted(), ['dead', 'waiting'])
      assert.deepEqual(await store.ledger({}), [])
      assert.equal((await store.alerts()).length, 2)
      assert.deepEqual(await store.check(), [])
    }),
  )

  test(
    'what has not ended long enough ago is kept',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      await bench.tellAll()
      await bench.take(keyed('a', RESOLVED))
      await bench.tellAll()
      assert.equal(await bench.store.prune({ ledger: NOW, ended: NOW }, 100), 0)
      assert.equal((await bench.store.incidents({})).length, 1)
    }),
  )

  test(
    'a store in order has nothing wrong with it',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'), keyed('b', RESOLVED))
      await bench.tellAll()
      assert.deepEqual(await (await reopen()).store.check(), [])
    }),
  )
}
