import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import type { ClaimRequest, LaneCounts } from '../../src/store/store.ts'
import { EVERYTHING, LEASE_MS, LIMITED, LOST, NOTHING, REJECTED } from './workbench.ts'
import { alertOf, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'

const RESOLVED = { status: 'resolved' } as const
const WINDOW_MS = 60_000

function keyed(dedupKey: string, more: Partial<Alert> = {}): Alert {
  return alertOf({ dedupKey, ...more })
}

/** What a store promises of deliveries: who may send what, when, and what becomes of it. */
export function claimContract(withStore: WithStore): void {
  test(
    'a claim gives what is due at its destination, with all that is to be told',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      assert.deepEqual(
        [claim.destination, claim.lane, claim.attempts, claim.createdAt],
        ['oncall', 'trigger', 1, NOW],
      )
      assert.ok('incident' in claim.content)
      const { action, incident, lead } = claim.content
      assert.deepEqual(
        [action, incident.key, incident.told.status, lead],
        ['trigger', 'a', 'nothing', keyed('a')],
      )
      assert.deepEqual((await bench.claim()).claims, [])
      assert.equal((await bench.claim({ destination: 'ops' })).claims.length, 1)
    }),
  )

  test(
    'what is claimed is its owner`s alone until the lease ends, then anybody`s',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'))
      await bench.claimOne()
      bench.time = NOW + LEASE_MS - 1
      assert.deepEqual((await bench.claim({ owner: 'b' })).claims, [])
      const again = await reopen()
      assert.deepEqual((await again.claim({ owner: 'b' })).claims, [])
      again.time = NOW + LEASE_MS
      const claim = await again.claimOne({ owner: 'b' })
      assert.equal(claim.attempts, 2)
    }),
  )

  test(
    'from a claim on it is open what the destination knows, whoever asks',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'))
      await bench.tellAll()
      await bench.take(keyed('a', RESOLVED))
      const claim = await bench.claimOne()
      assert.ok('incident' in claim.content)
      assert.equal(claim.content.incident.told.status, 'triggered')
      const again = await reopen()
      const [view] = await again.store.incidents({ key: 'a' })
      assert.equal(view?.incident.told.status, 'unknown')
      again.time += LEASE_MS
      const second = await again.claimOne({ owner: 'b' })
      assert.ok('incident' in second.content)
      assert.equal(second.content.action, 'resolve')
    }),
  )

  test(
    'what is claimed and came to nothing meanwhile is withdrawn',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      assert.deepEqual((await bench.claim({ actionFor: () => undefined })).claims, [])
      const [delivery] = await bench.store.deliveries({})
      assert.equal(delivery?.state, 'cancelled')
      assert.equal(await bench.store.nextDue('oncall'), undefined)
    }),
  )

  test(
    'each lane gives at most what it was allotted, the earliest due first',
    withStore(async (bench) => {
      for (const key of ['a', 'b', 'c']) {
        await bench.take(keyed(key), keyed(`${key} critical`, { severity: 'critical' }))
        bench.time++
      }
      const { claims } = await bench.claim({ allot: () => ({ ...NOTHING, critical: 1, trigger: 2 }) })
      assert.deepEqual(
        claims.map(({ content }) => ('incident' in content ? content.incident.key : '')),
        ['a critical', 'a', 'b'],
      )
    }),
  )

  test(
    'what is not due yet is not given, and counted by nobody',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 10_000, resolveMs: 0 } })] })
      await bench.take(keyed('a'))
      const allot = (): LaneCounts => assert.fail('there is nothing to allot')
      assert.deepEqual((await bench.claim({ allot })).claims, [])
      assert.equal(await bench.store.nextDue('oncall'), NOW + 10_000)
      bench.time = NOW + 10_000
      await bench.claimOne()
    }),
  )

  test(
    'what is accepted is told, and nothing waits',
    withStore(async (bench, reopen) => {
      await bench.take(keyed('a'))
      assert.equal(await bench.settle(await bench.claimOne()), 'delivered')
      const again = await reopen()
      const [view] = await again.store.incidents({})
      assert.equal(view?.incident.told.status, 'triggered')
      assert.equal(await again.store.nextDue('oncall'), undefined)
      assert.equal(await again.store.isSettled(NOW), true)
    }),
  )

  test(
    'what changed while it was in flight follows in a delivery of its own',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      await bench.take(keyed('a', { summary: 'Disk fuller' }), keyed('a', RESOLVED))
      assert.deepEqual((await bench.claim()).claims, [], 'one incident has one delivery in flight')
      await bench.settle(claim)
      const next = await bench.claimOne()
      assert.ok('incident' in next.content)
      assert.equal(next.content.action, 'resolve')
      assert.notEqual(next.deliveryId, claim.deliveryId)
      await bench.settle(next)
      assert.deepEqual((await bench.claim()).claims, [])
    }),
  )

  test(
    'what is in flight is left to its settling, though nothing is to be told any more',
    withStore(async (bench) => {
      bench.policy = policyOf({ destinations: new Map([['oncall', { autoResolve: false }]]) })
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      assert.deepEqual(await bench.take(keyed('a', RESOLVED)), ['left-to-people'])
      assert.equal(await bench.settle(claim), 'delivered')
      const [delivery, ...others] = await bench.store.deliveries({})
      assert.deepEqual([delivery?.state, delivery?.outcome, others], ['delivered', 'taken', []])
    }),
  )

  test(
    'what is to be tried again waits until it is due, and is the same delivery',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const claim = await bench.claimOne()
      assert.equal(await bench.settle(claim, LOST), 'waiting')
      assert.deepEqual((await bench.claim()).claims, [])
      assert.equal(await bench.store.nextDue('oncall'), NOW + 5_000)
      bench.time = NOW + 5_000
      const second = await bench.claimOne()
      assert.deepEqual([second.deliveryId, second.attempts], [claim.deliveryId, 2])
    }),
  )

  test(
    'who has lost a lease changes nothing any more',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const first = await bench.claimOne({ owner: 'a' })
      bench.time = NOW + LEASE_MS
      const second = await bench.claimOne({ owner: 'b' })
      assert.equal(await bench.settle(first, REJECTED, 'a'), 'cancelled')
      const [view] = await bench.store.incidents({})
      assert.notEqual(view?.incident.told.status, 'nothing')
      assert.equal(await bench.settle(second, undefined, 'b'), 'delivered')
      assert.equal(await bench.settle(first, REJECTED, 'a'), 'cancelled')
      const [delivery, ...others] = await bench.store.deliveries({})
      assert.deepEqual([delivery?.state, others], ['delivered', []])
    }),
  )

  test(
    'what came late, after the lease had gone to somebody else, is told anew when it may have mattered',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const late = await bench.claimOne({ owner: 'a' })
      bench.time = NOW + LEASE_MS
      const second = await bench.claimOne({ owner: 'b' })
      await bench.settle(second, undefined, 'b')
      await bench.take(keyed('a', { status: 'resolved' }))
      await bench.settle(await bench.claimOne({ owner: 'b' }), undefined, 'b')
      assert.equal(await bench.settle(late, undefined, 'a'), 'cancelled')
      const again = await bench.claimOne({ owner: 'b' })
      assert.ok('action' in again.content)
      assert.equal(again.content.action, 'resolve', 'the late trigger may have opened it again')
    }),
  )

  test(
    'what came late and says the same as what is known changes nothing',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const late = await bench.claimOne({ owner: 'a' })
      bench.time = NOW + LEASE_MS
      await bench.settle(await bench.claimOne({ owner: 'b' }), undefined, 'b')
      assert.equal(await bench.settle(late, undefined, 'a'), 'cancelled')
      assert.deepEqual((await bench.claim({ owner: 'b' })).claims, [])
    }),
  )

  test(
    'several outcomes can be settled at a time, each by its own',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'))
      const { claims } = await bench.claim()
      const [a, b, c] = claims
      assert.ok(a !== undefined && b !== undefined && c !== undefined)
      const states = await bench.store.settle('a', [
        bench.settlingOf(a, { kind: 'accepted', message: '' }),
        bench.settlingOf(b, LIMITED),
        bench.settlingOf(c, REJECTED),
      ])
      assert.deepEqual(states, ['delivered', 'waiting', 'dead'])
    }),
  )

  test(
    'a message has a delivery with no incident',
    withStore(async (bench) => {
      const change = { source: 'deploys', summary: 'Deployed', labels: {}, links: [] }
      await bench.send(change)
      const claim = await bench.claimOne()
      assert.deepEqual(claim.content, { change })
      assert.equal(await bench.settle(claim), 'delivered')
    }),
  )

  test(
    'the window counts what is in flight, and what was sent until it is out of it',
    withStore(async (bench, reopen) => {
      const seen: (readonly [LaneCounts, LaneCounts])[] = []
      const request: Partial<ClaimRequest> = {
        window: 'key',
        allot: (used, due) => {
          seen.push([used, due])
          return { ...NOTHING, trigger: 1 }
        },
      }
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d', { severity: 'critical' }))
      const claim = await bench.claimOne(request)
      const again = await reopen()
      await again.claimOne(request)
      again.time = NOW + 500
      await again.settle(claim)
      again.time = NOW + 500 + WINDOW_MS
      await again.claim({ ...request, owner: 'b', allot: (used) => (seen.push([used, used]), NOTHING) })
      again.time++
      await again.claim({ ...request, owner: 'b', allot: (used) => (seen.push([used, used]), NOTHING) })
      const used = seen.map(([{ trigger }]) => trigger)
      assert.deepEqual(used, [0, 1, 2, 1])
      assert.deepEqual(
        seen.slice(0, 2).map(([, due]) => due),
        [
          { ...NOTHING, trigger: 3, critical: 1 },
          { ...NOTHING, trigger: 2, critical: 1 },
        ],
      )
    }),
  )

  test(
    'a full window says when it has room again, and a sender that has all says nothing',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'))
      const one = { window: 'key', allot: () => ({ ...NOTHING, trigger: 1 }) }
      const claim = await bench.claimOne(one)
      const none = { window: 'key', allot: () => NOTHING }
      assert.equal((await bench.claim(none)).roomAt, NOW + LEASE_MS + WINDOW_MS + 1, 'unless it is settled')
      bench.time = NOW + 300
      await bench.settle(claim)
      assert.equal((await bench.claim(none)).roomAt, NOW + 300 + WINDOW_MS + 1)
      assert.equal((await bench.claim({ window: 'key', allot: () => EVERYTHING })).roomAt, undefined)
      assert.equal((await bench.claim({ window: 'other', allot: () => NOTHING })).roomAt, undefined)
    }),
  )

  test(
    'destinations with one window share it, others do not, and without one nothing is counted',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
      await bench.take(keyed('a'), keyed('b'))
      const usedOf = async (more: Partial<ClaimRequest>): Promise<number> => {
        let used = -1
        await bench.claim({
          ...more,
          allot: (counts) => ((used = counts.trigger), { ...NOTHING, trigger: 1 }),
        })
        return used
      }
      assert.equal(await usedOf({ window: 'key' }), 0)
      assert.equal(await usedOf({ window: 'key', destination: 'ops' }), 1)
      assert.equal(await usedOf({ window: 'other', destination: 'ops' }), 0)
      assert.equal(await usedOf({}), 0)
    }),
  )

  test(
    'the next due is the earliest of what waits, or the end of a lease',
    withStore(async (bench) => {
      assert.equal(await bench.store.nextDue('oncall'), undefined)
      await bench.take(keyed('a'))
      assert.equal(await bench.store.nextDue('oncall'), NOW)
      assert.equal(await bench.store.nextDue('ops'), undefined)
      await bench.claimOne()
      assert.equal(await bench.store.nextDue('oncall'), NOW + LEASE_MS)
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 7_000, resolveMs: 0 } })] })
      await bench.take(keyed('b', { severity: 'critical' }))
      assert.equal(await bench.store.nextDue('oncall'), NOW + 7_000)
    }),
  )

  test(
    'the backlog tells what waits by destination and lane, and since when what is due was promised',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      bench.time = NOW + 1_000
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 60_000, resolveMs: 0 } })] })
      await bench.take(keyed('b'), keyed('c', { severity: 'critical' }))
      const backlog = (await bench.store.backlog(bench.time)).toSorted((a, b) => a.lane.localeCompare(b.lane))
      assert.deepEqual(backlog, [
        { destination: 'oncall', lane: 'critical', waiting: 1, oldestAt: undefined },
        { destination: 'oncall', lane: 'trigger', waiting: 2, oldestAt: NOW },
      ])
      assert.equal(await bench.store.isSettled(NOW), false)
    }),
  )
}
