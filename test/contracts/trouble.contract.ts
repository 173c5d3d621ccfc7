import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownFingerprint, type Alert } from '../../src/alert/alert.ts'
import { nextAction, resolveByPerson, type Outcome } from '../../src/decide/decide.ts'
import type { ClaimRequest, HandOver } from '../../src/store/store.ts'
import { alertOf, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'
import { LIMITED, LOST, NOTHING, REJECTED, type Workbench } from './workbench.ts'

const STORM: Partial<ClaimRequest> = { fold: { over: 3, exceptKeys: 'storm:' } }
const HAND: HandOver = { from: 'oncall', to: 'ops', keyPrefix: 'for:', now: NOW, since: NOW, limit: 100 }
const AFTER_MS = 60_000

function keyed(dedupKey: string, more: Partial<Alert> = {}): Alert {
  return alertOf({ dedupKey, summary: `${dedupKey} fails`, ...more })
}

/** As the pipeline opens them. */
function ours(key: string, more: Partial<Alert> = {}): Alert {
  return keyed(key, { to: 'ops', source: 'tocsin', fingerprint: ownFingerprint(key, 'ops'), ...more })
}

/** Lets `oncall` fail for so long, with one incident. */
async function fail(bench: Workbench): Promise<void> {
  bench.time = NOW
  await bench.take(keyed('fails'))
  await bench.settle(await bench.claimOne(), LIMITED)
  bench.time = NOW + AFTER_MS
}

async function keysOf(bench: Workbench, more: Partial<ClaimRequest> = {}): Promise<readonly string[]> {
  const { claims } = await bench.claim(more)
  return claims.flatMap(({ content }) => ('incident' in content ? [content.incident.key] : [])).toSorted()
}

/** What a store promises when there is too much to tell, when somebody cannot be told, and when we have failed. */
export function troubleContract(withStore: WithStore): void {
  test(
    'as many as a storm is made of are told as always',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'))
      assert.deepEqual(await keysOf(bench, STORM), ['a', 'b', 'c'])
      assert.deepEqual(await bench.store.storm('oncall', 5), { count: 0, summaries: [] })
    }),
  )

  test(
    'one more than that and they fold, with what comes after them; critical ones and those whose keys are excepted do not',
    withStore(async (bench) => {
      const critical = { severity: 'critical' } as const
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'), keyed('e', critical), keyed('storm:1'))
      assert.deepEqual(await keysOf(bench, STORM), ['e', 'storm:1'])
      await bench.take(keyed('f'), keyed('g', critical))
      assert.deepEqual(await keysOf(bench, STORM), ['g'])
      const { count, summaries } = await bench.store.storm('oncall', 2)
      assert.deepEqual([count, summaries], [5, ['a fails', 'b fails']])
      const [delivery] = await bench.store.deliveries({ state: 'waiting', limit: 1 })
      assert.equal(delivery?.lane, 'critical')
      const backlog = await bench.store.backlog(bench.time)
      assert.deepEqual(
        backlog.filter(({ lane }) => lane === 'folded').map(({ waiting, oldestAt }) => [waiting, oldestAt]),
        [[5, undefined]],
      )
    }),
  )

  test(
    'what is folded has nothing to wait for, and says in the ledger where it is',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      const { claims, folded } = await bench.claim(STORM)
      assert.deepEqual([claims.length, folded], [0, 4])
      assert.equal(await bench.store.nextDue('oncall'), undefined)
      assert.equal(await bench.store.isSettled(bench.time), true)
      const [view] = await bench.store.incidents({ key: 'a' })
      const entries = await bench.store.ledger({ incidentId: view?.incident.id ?? 0 })
      assert.deepEqual(
        entries.map(({ reason }) => reason),
        ['first-firing', 'folded'],
      )
    }),
  )

  test(
    'what is folded stays folded when it changes, leaves when it becomes critical, and ends untold when it is over',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      await bench.claim(STORM)
      await bench.take(keyed('a', { summary: 'a fails otherwise' }), keyed('b', { severity: 'critical' }))
      await bench.take(keyed('c', { status: 'resolved' }))
      assert.deepEqual(await keysOf(bench, STORM), ['b'])
      assert.equal((await bench.store.storm('oncall', 5)).count, 2)
      const [over] = await bench.store.incidents({ key: 'c' })
      assert.deepEqual([over?.incident.status, over?.incident.told.status], ['resolved', 'nothing'])
    }),
  )

  test(
    'a resolve of what was told before the storm is told, and so is what was tried before it',
    withStore(async (bench) => {
      await bench.take(keyed('told'), keyed('tried'))
      const { claims } = await bench.claim()
      for (const claim of claims)
        await bench.settle(
          claim,
          'incident' in claim.content && claim.content.incident.key === 'tried' ? LOST : undefined,
        )
      bench.time = NOW + 5_000
      await bench.take(keyed('told', { status: 'resolved' }))
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      assert.deepEqual(await keysOf(bench, STORM), ['told', 'tried'])
    }),
  )

  test(
    'what was tried in vain, and certainly did not arrive, folds as well',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      const { claims } = await bench.claim()
      for (const claim of claims) await bench.settle(claim, LIMITED)
      bench.time = NOW + 5_000
      assert.equal((await bench.claim(STORM)).folded, 4)
    }),
  )

  test(
    'what is held does not fold before its time',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 10_000, resolveMs: 0 } })] })
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      assert.equal((await bench.claim(STORM)).folded ?? 0, 0)
      bench.time = NOW + 10_000
      assert.equal((await bench.claim(STORM)).folded, 4)
    }),
  )

  test(
    'what is over is part of no storm, also where every failure is to be told',
    withStore(async (bench) => {
      bench.policy = policyOf({ unsentPair: 'tell' })
      const keys = ['a', 'b', 'c', 'd']
      await bench.take(...keys.map((key) => keyed(key)))
      await bench.claim(STORM)
      await bench.take(...keys.map((key) => keyed(key, { status: 'resolved' })))
      assert.equal((await bench.store.storm('oncall', 5)).count, 0)
      assert.deepEqual(await keysOf(bench, STORM), keys)
    }),
  )

  test(
    'unfolded, each is told on its own',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c'), keyed('d'))
      await bench.claim(STORM)
      bench.time = NOW + 60_000
      assert.equal(await bench.store.unfold('ops', bench.time), 0)
      assert.equal(await bench.store.unfold('oncall', bench.time), 4)
      assert.equal(await bench.store.nextDue('oncall'), bench.time)
      assert.deepEqual(await keysOf(bench), ['a', 'b', 'c', 'd'])
    }),
  )

  test(
    'handed over is what would page and was not heard, once its destination has failed for so long and accepted nothing',
    withStore(async (bench) => {
      const handed = async (): Promise<readonly string[]> => {
        const views = await bench.store.toHandOver({ ...HAND, now: bench.time, since: bench.time - AFTER_MS })
        return views.map(({ incident }) => incident.key)
      }
      await bench.take(keyed('a'), keyed('b'))
      bench.time = NOW + AFTER_MS
      assert.deepEqual(await handed(), [], 'nothing was tried')
      const { claims } = await bench.claim()
      const [first, second] = claims
      assert.ok(first !== undefined && second !== undefined)
      assert.deepEqual(await handed(), [], 'it is on its way for the first time')
      await bench.settle(first, LIMITED)
      assert.deepEqual(await handed(), [], 'it fails since now')
      bench.time += AFTER_MS
      await bench.take(keyed('c'))
      assert.deepEqual(await handed(), ['a', 'c'], 'also what is due since now; not what is on its way')
      await bench.settle(second)
      assert.deepEqual(await handed(), [], 'it has just accepted something')
      bench.time += AFTER_MS
      assert.deepEqual(await handed(), ['a', 'c'])
    }),
  )

  test(
    'what was given back unsent did not fail',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const held: Outcome = { kind: 'retry', reason: 'held-up', maybeAccepted: false, message: 'not sent' }
      await bench.settle(await bench.claimOne(), held)
      bench.time = NOW + 2 * AFTER_MS
      assert.deepEqual(await bench.store.toHandOver({ ...HAND, now: bench.time, since: NOW + AFTER_MS }), [])
    }),
  )

  test(
    'what was refused and is dead for so long is handed over, and nothing else for its sake',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      await bench.settle(await bench.claimOne(), REJECTED)
      bench.time = NOW + AFTER_MS
      await bench.take(keyed('b'))
      const views = await bench.store.toHandOver({ ...HAND, now: bench.time, since: NOW })
      assert.deepEqual(
        views.map(({ incident }) => incident.key),
        ['a'],
      )
      assert.deepEqual(await bench.store.toHandOver({ ...HAND, now: bench.time, since: NOW - 1 }), [])
    }),
  )

  test(
    'critical ones are handed over first, and never what is held, told, over or folded',
    withStore(async (bench) => {
      await bench.take(keyed('told'))
      await bench.tellAll()
      await fail(bench)
      await bench.take(keyed('told', { summary: 'only an update' }), keyed('over'), keyed('c'))
      await bench.take(keyed('over', { status: 'resolved' }), keyed('e', { severity: 'critical' }))
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 300_000, resolveMs: 0 } })] })
      await bench.take(keyed('held'))
      const handed = async (limit: number): Promise<readonly string[]> => {
        const views = await bench.store.toHandOver({ ...HAND, now: bench.time, since: NOW, limit })
        return views.map(({ incident }) => incident.key)
      }
      assert.deepEqual(await handed(100), ['e', 'fails', 'c'])
      assert.deepEqual(await handed(1), ['e'])
      await bench.claim({ ...STORM, fold: { over: 0, exceptKeys: 'storm:' }, allot: () => NOTHING })
      assert.deepEqual(await handed(100), ['e'])
    }),
  )

  test(
    'what was handed over is not handed over again, unless it became worse; what was heard is taken back',
    withStore(async (bench) => {
      await fail(bench)
      const hand = { ...HAND, now: bench.time, since: NOW }
      const [view] = await bench.store.toHandOver(hand)
      const key = `for:${view?.incident.id}:oncall`
      await bench.take(ours(key))
      assert.deepEqual(await bench.store.toHandOver(hand), [])
      assert.deepEqual(await bench.store.toTakeBack('for:', 100), [])
      await bench.take(keyed('fails', { severity: 'critical' }))
      assert.equal((await bench.store.toHandOver(hand)).length, 1)
      await bench.tellAll()
      const back = await bench.store.toTakeBack('for:', 100)
      assert.deepEqual(
        back.map(({ incident }) => [incident.destination, incident.key]),
        [['ops', key]],
      )
      await bench.take(ours(key, { status: 'resolved' }))
      assert.deepEqual(await bench.store.toTakeBack('for:', 100), [])
    }),
  )

  test(
    'what is over where it belongs is taken back, and what nobody remembers, but never what somebody else opened',
    withStore(async (bench) => {
      await fail(bench)
      const [view] = await bench.store.toHandOver({ ...HAND, now: bench.time, since: NOW })
      const key = `for:${view?.incident.id}:oncall`
      await bench.take(ours(key), ours('for:999999:oncall'), keyed('for:7:oncall', { to: 'ops' }))
      await bench.take(keyed('fails', { status: 'resolved' }))
      const back = await bench.store.toTakeBack('for:', 100)
      assert.deepEqual(
        back.map(({ incident }) => incident.key).toSorted(),
        [key, 'for:999999:oncall'].toSorted(),
      )
    }),
  )

  test(
    'what a person ended at the fallback is not handed over again before its failure begins anew',
    withStore(async (bench) => {
      await fail(bench)
      const hand = { ...HAND, now: bench.time, since: NOW }
      const [view] = await bench.store.toHandOver(hand)
      const key = `for:${view?.incident.id}:oncall`
      await bench.take(ours(key))
      const [standIn] = await bench.store.incidents({ destination: 'ops' })
      await bench.store.change(standIn?.incident.id ?? 0, bench.time, (incident) =>
        resolveByPerson(incident, bench.policy, bench.time),
      )
      assert.deepEqual(await bench.store.toHandOver(hand), [])
    }),
  )

  test(
    'an audit finds nothing while every difference has a delivery, page by page',
    withStore(async (bench) => {
      await bench.take(keyed('a'), keyed('b'), keyed('c', { expiresAt: NOW + 10_000 }))
      await bench.settle((await bench.claim()).claims[0] ?? assert.fail(), REJECTED)
      const ids: (number | undefined)[] = []
      for (let afterId: number | undefined = 0; afterId !== undefined;) {
        const { breaches, lastId } = await auditOf(bench, afterId, 2)
        assert.deepEqual(breaches, [])
        ids.push(lastId)
        afterId = lastId
      }
      assert.equal(ids.length, 2)
    }),
  )

  test(
    'an alert that fires long after its time is a breach',
    withStore(async (bench) => {
      await bench.take(keyed('a', { expiresAt: NOW + 10_000 }))
      bench.time = NOW + 70_000
      const { breaches } = await auditOf(bench, 0, 100)
      assert.deepEqual(
        breaches.map(({ what, destination, key }) => [what, destination, key]),
        [['unended', 'oncall', 'a']],
      )
    }),
  )

  test(
    'an incident that differs while nothing waits to tell it is a breach',
    withStore(async (bench) => {
      await bench.take(keyed('a'))
      const [view] = await bench.store.incidents({ key: 'a' })
      // What a decision of ours must never do: change what is wanted, and plan nothing.
      await bench.store.change(view?.incident.id ?? 0, bench.time, (incident) => ({
        reason: 'updated',
        incident: { ...incident, digest: 'other' },
        plan: { kind: 'none' },
      }))
      const { breaches } = await auditOf(bench, 0, 100)
      assert.deepEqual(
        breaches.map(({ what, key }) => [what, key]),
        [['unpromised', 'a']],
      )
    }),
  )
}

function auditOf(bench: Workbench, afterId: number, limit: number): ReturnType<Workbench['store']['audit']> {
  return bench.store.audit({
    now: bench.time,
    lateMs: 60_000,
    afterId,
    limit,
    actionFor: (incident) => nextAction(incident, bench.mannerOf(incident), bench.time),
  })
}
