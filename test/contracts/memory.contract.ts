import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert, Change } from '../../src/alert/alert.ts'
import { resolveByPerson } from '../../src/decide/decide.ts'
import { ACCEPTED, NOTHING, REJECTED, workOf } from './workbench.ts'
import { alertOf, now, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'

const RESOLVED = { status: 'resolved' } as const
const CHANGE: Change = { source: 'deploys', summary: 'Deployed', labels: {}, links: [] }

function beside(instance: string, more: Partial<Alert> = {}): Alert {
  return alertOf({ labels: { alertname: 'DiskFull', instance }, ...more })
}

/** What a store promises of alerts, incidents and what is to be told of them. */
export function memoryContract(withStore: WithStore): void {
  test(
    'a batch is decided in its order, and what touches the same incident sees what was decided before',
    withStore(async (bench) => {
      const alerts = [alertOf(), alertOf(), alertOf(RESOLVED), alertOf()]
      assert.deepEqual(await bench.take(...alerts), [
        'first-firing',
        'unchanged',
        'never-told',
        'firing-again',
      ])
    }),
  )

  test(
    'batches that arrive together are decided in the order of their arrival',
    withStore(async (bench) => {
      const taken = [alertOf(), alertOf(RESOLVED), alertOf(), alertOf()].map((alert) => bench.take(alert))
      assert.deepEqual((await Promise.all(taken)).flat(), [
        'first-firing',
        'never-told',
        'firing-again',
        'unchanged',
      ])
    }),
  )

  test(
    'a batch that cannot be decided leaves nothing behind and takes nobody else with it',
    withStore(async (bench) => {
      const broken = {
        ...workOf(beside('db-3'), bench.policy, NOW),
        decide: () => {
          throw new RangeError('broken')
        },
      }
      const works = [workOf(beside('db-2'), bench.policy, NOW), broken]
      const messages = [{ destination: 'oncall', change: CHANGE }]
      const [before, failing, after] = await Promise.allSettled([
        bench.take(alertOf()),
        bench.store.apply({ works, messages }, NOW),
        bench.take(beside('db-4')),
      ])
      assert.deepEqual([before.status, failing.status, after.status], ['fulfilled', 'rejected', 'fulfilled'])
      assert.match(String(failing.status === 'rejected' ? failing.reason : ''), /broken/)
      const instances = (await bench.store.alerts()).map(({ alert }) => alert.labels['instance'] ?? '')
      assert.deepEqual(instances.toSorted(), ['db-1', 'db-4'])
      assert.equal((await bench.store.deliveries({})).length, 2)
    }),
  )

  test(
    'what was remembered is remembered after a restart',
    withStore(async (bench, reopen) => {
      const details = { text: 'ünï "quoted" \u0000 \u2028 😀', nested: [{ deep: null }] }
      const alert = alertOf({ dedupKey: `k'";--😀%`, details, startsAt: NOW - 1, expiresAt: NOW + 60_000 })
      await bench.take(alert)
      await bench.send(CHANGE)
      const again = await reopen()
      const [view] = await again.store.incidents({ status: 'open' })
      assert.deepEqual(view?.lead, alert)
      assert.equal(view?.incident.key, alert.dedupKey)
      assert.equal((await again.store.deliveries({ state: 'waiting' })).length, 2)
      assert.deepEqual(await again.take(alert), ['unchanged'])
      assert.deepEqual(await again.take({ ...alert, ...RESOLVED }), ['never-told'])
    }),
  )

  test(
    'text that no database would choose is kept as it is, and two that differ by it stay two',
    withStore(async (bench, reopen) => {
      const odd = ['a\0', '\0a', 'a\ud800', 'a\ufdd0', 'a\ufdd00000', 'a']
      const alerts = odd.flatMap((text) => [
        alertOf({ dedupKey: text, summary: text, source: `source ${text}` }),
        alertOf({ labels: { text }, annotations: { text }, details: { [text]: text } }),
      ])
      await bench.take(...alerts)
      for (const once of odd) await bench.send({ ...CHANGE, once, summary: once })
      const again = await reopen()
      assert.deepEqual([...new Set(await again.take(...alerts))], ['unchanged'])
      const views = await again.store.incidents({})
      assert.equal(views.length, alerts.length)
      assert.deepEqual(new Set(views.map(({ lead }) => lead)), new Set(alerts))
      await again.tellAll()
      assert.equal((await again.store.deliveries({ state: 'delivered' })).length, alerts.length + odd.length)
      const ended = await again.take(...alerts.map((alert) => now(alert, 'resolved')))
      assert.deepEqual([...new Set(ended)], ['resolved'])
    }),
  )

  test(
    'whatever changes while it waits, an incident has one delivery, for how it stands',
    withStore(async (bench) => {
      await bench.take(alertOf({ severity: 'warning' }))
      for (const summary of ['a', 'b', 'c']) await bench.take(alertOf({ severity: 'warning', summary }))
      await bench.take(alertOf({ severity: 'critical' }))
      const [delivery, ...others] = await bench.store.deliveries({})
      assert.deepEqual(others, [])
      assert.deepEqual([delivery?.lane, delivery?.state], ['critical', 'waiting'])
    }),
  )

  test(
    'what need not be told any more is withdrawn',
    withStore(async (bench) => {
      await bench.take(alertOf(), alertOf(RESOLVED))
      const [delivery] = await bench.store.deliveries({})
      assert.equal(delivery?.state, 'cancelled')
      assert.deepEqual((await bench.claim()).claims, [])
    }),
  )

  test(
    'a change event that is sent again is the same, by its `once`, at each destination',
    withStore(async (bench) => {
      const once = { ...CHANGE, once: 'deploy 1' }
      await bench.send(once)
      await bench.tellAll()
      await bench.send(once)
      await bench.send(once, 'ops')
      await bench.send({ ...CHANGE, once: 'deploy 2' })
      await bench.send(CHANGE)
      await bench.send(CHANGE)
      const deliveries = await bench.store.deliveries({})
      assert.deepEqual(deliveries.map(({ destination }) => destination).toSorted(), [
        ...Array<string>(4).fill('oncall'),
        'ops',
      ])
      assert.ok(deliveries.every(({ lane, action }) => lane === 'update' && action === 'change'))
    }),
  )

  test(
    'one incident can be decided on by itself; of one that is not there nothing is decided',
    withStore(async (bench) => {
      await bench.take(alertOf())
      await bench.tellAll()
      const [view] = await bench.store.incidents({})
      const id = view?.incident.id ?? 0
      const decision = await bench.store.change(id, NOW, (incident) =>
        resolveByPerson(incident, bench.policy, NOW),
      )
      assert.equal(decision?.reason, 'resolved-by-person')
      assert.equal((await bench.store.incident(id))?.incident.status, 'resolved')
      assert.equal(await bench.store.change(id + 1, NOW, () => assert.fail('nothing to decide')), undefined)
      const asked = (await bench.store.ledger({ incidentId: id })).filter(({ kind }) => kind === 'asked')
      assert.deepEqual(
        asked.map(({ reason }) => reason),
        ['resolved-by-person'],
      )
    }),
  )

  test(
    'the alert to show is the worst that fires, then the latest',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'disks' })] })
      const leadAfter = async (alert: Alert): Promise<string | undefined> => {
        bench.time++
        await bench.take(alert)
        const [view] = await bench.store.incidents({})
        return view?.lead.labels['instance']
      }
      assert.equal(await leadAfter(beside('db-1', { severity: 'warning' })), 'db-1')
      assert.equal(await leadAfter(beside('db-2', { severity: 'warning' })), 'db-2')
      assert.equal(await leadAfter(beside('db-3', { severity: 'critical' })), 'db-3')
      assert.equal(await leadAfter(beside('db-4', { severity: 'error' })), 'db-3')
      assert.equal(await leadAfter(beside('db-3', { severity: 'critical', ...RESOLVED })), 'db-4')
    }),
  )

  test(
    'incidents are found by status, destination and key, newest first, a page at a time',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
      await bench.take(...['a', 'b', 'c'].map((dedupKey) => alertOf({ dedupKey })))
      await bench.take(alertOf({ dedupKey: 'b', ...RESOLVED }))
      const { store } = bench
      const keys = async (filter: Parameters<typeof store.incidents>[0]): Promise<readonly string[]> =>
        (await store.incidents(filter)).map(({ incident }) => `${incident.key}@${incident.destination}`)
      assert.deepEqual(await keys({}), ['c@ops', 'c@oncall', 'b@ops', 'b@oncall', 'a@ops', 'a@oncall'])
      assert.deepEqual(await keys({ status: 'open', destination: 'ops' }), ['c@ops', 'a@ops'])
      assert.deepEqual(await keys({ status: 'resolved' }), ['b@ops', 'b@oncall'])
      assert.deepEqual(await keys({ key: 'a' }), ['a@ops', 'a@oncall'])
      assert.deepEqual(await keys({ limit: 2 }), ['c@ops', 'c@oncall'])
      const [, last] = await store.incidents({ limit: 2 })
      assert.deepEqual(await keys({ limit: 2, before: last?.incident.id ?? 0 }), ['b@ops', 'b@oncall'])
      assert.equal(await store.incident(99), undefined)
    }),
  )

  test(
    'an incident says what troubles it: what waits, and what is dead before that',
    withStore(async (bench) => {
      const troubled = async (): Promise<unknown> => (await bench.store.incidents({}))[0]?.troubled
      await bench.take(alertOf())
      assert.equal(await troubled(), 'waiting')
      await bench.settle(await bench.claimOne(), REJECTED)
      assert.equal(await troubled(), 'dead')
      await bench.take(alertOf({ summary: 'Disk fuller' }))
      assert.equal(await troubled(), 'dead')
      await bench.tellAll()
      assert.equal(await troubled(), undefined)
    }),
  )

  test(
    'deliveries are found by state, destination and incident; those in trouble are dead or have failed',
    withStore(async (bench) => {
      await bench.take(beside('db-1'), beside('db-2'), beside('db-3'))
      const { claims } = await bench.claim({ allot: () => ({ ...NOTHING, trigger: 2 }) })
      const [first, second] = claims
      assert.ok(first !== undefined && second !== undefined)
      await bench.settle(first, REJECTED)
      await bench.settle(second, { ...ACCEPTED })
      const states = async (
        filter: Parameters<typeof bench.store.deliveries>[0],
      ): Promise<readonly string[]> => (await bench.store.deliveries(filter)).map(({ state }) => state)
      assert.deepEqual(await states({}), ['waiting', 'delivered', 'dead'])
      assert.deepEqual(await states({ state: 'delivered' }), ['delivered'])
      assert.deepEqual(await states({ state: 'troubled' }), ['dead'])
      assert.deepEqual(await states({ destination: 'ops' }), [])
      assert.deepEqual(await states({ incidentId: 1 }), ['dead'])
      assert.deepEqual(await states({ limit: 1 }), ['waiting'])
      const [dead] = await bench.store.deliveries({ state: 'dead' })
      assert.deepEqual(
        [dead?.summary, dead?.action, dead?.attempts, dead?.outcome, dead?.inFlight, dead?.settledAt],
        ['Disk full', 'trigger', 1, 'refused', false, NOW],
      )
    }),
  )

  test(
    'alerts are listed that fire, each with all its destinations',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
      await bench.take(beside('db-1'), beside('db-2'), beside('db-2', RESOLVED))
      const list = (await bench.store.alerts()).map(({ alert, status, destinations }) => {
        return `${alert.labels['instance']} ${status} ${destinations.toSorted().join('+')}`
      })
      assert.deepEqual(list, ['db-1 firing oncall+ops'])
    }),
  )

  test(
    'the ledger tells what was decided, told and asked, oldest first, and nothing of mere repeats',
    withStore(async (bench) => {
      await bench.take(alertOf(), alertOf(), alertOf({ annotations: { a: 'b' } }))
      await bench.tellAll()
      await bench.take(alertOf(RESOLVED), alertOf(RESOLVED))
      await bench.tellAll()
      const entries = await bench.store.ledger({ incidentId: 1 })
      assert.deepEqual(
        entries.map(({ kind, reason }) => [kind, reason]),
        [
          ['decided', 'first-firing'],
          ['told', 'accepted'],
          ['decided', 'resolved'],
          ['told', 'accepted'],
        ],
      )
      assert.deepEqual(await bench.store.incidentsOf(alertOf().fingerprint), [1])
      assert.deepEqual(await bench.store.incidentsOf('nobody'), [])
    }),
  )

  test(
    'what went nowhere is in the ledger by its fingerprint, once an hour',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [] })
      const { fingerprint } = alertOf()
      for (const ms of [0, 1_000, 3_599_999, 3_600_000]) {
        bench.time = NOW + ms
        await bench.take(alertOf())
      }
      const entries = await bench.store.ledger({ fingerprint })
      assert.deepEqual(
        entries.map(({ at, reason }) => [at - NOW, reason]),
        [
          [0, 'unrouted'],
          [3_600_000, 'unrouted'],
        ],
      )
    }),
  )
}
