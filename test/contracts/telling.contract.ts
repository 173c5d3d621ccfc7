import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SEVERITIES, type Alert } from '../../src/alert/alert.ts'
import { MEMBERS_SHOWN, type Note, type Outcome } from '../../src/decide/decide.ts'
import type { Claim, ClaimedIncident } from '../../src/store/store.ts'
import { alertOf, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'
import { ACCEPTED, LIMITED, LOST, REJECTED, type Workbench } from './workbench.ts'

const RESOLVED = { status: 'resolved' } as const
const named = (reference: string): Outcome => ({ kind: 'accepted', message: 'taken', reference })
const on = (instance: string, more: Partial<Alert> = {}): Alert => alertOf({ labels: { instance }, ...more })

function incidentIn({ content }: Claim): ClaimedIncident {
  assert.ok('incident' in content)
  return content
}

async function referenceNow(bench: Workbench): Promise<string | undefined> {
  return (await bench.store.incidents({}))[0]?.incident.reference
}

function noteOf(more: Partial<Note> = {}): Note {
  return { incidentId: 1, key: 'k', text: 'a "remark" \0 😀', ...more }
}

async function remark(bench: Workbench, note: Note): Promise<void> {
  await bench.store.apply({ works: [], messages: [{ destination: 'oncall', note }] }, bench.time)
}

/** What a store promises of how an incident is told: its name there, the alerts in it, and remarks on it. */
export function tellingContract(withStore: WithStore): void {
  test(
    'what a destination names an incident by is given back with all that is told of it later, after a restart too',
    withStore(async (bench, reopen) => {
      await bench.take(on('a'))
      const first = await bench.claimOne()
      assert.equal(incidentIn(first).incident.reference, undefined)
      await bench.settle(first, named('alert/7'))
      const again = await reopen()
      await again.take(on('a', { summary: 'Disk fuller' }))
      const update = await again.claimOne()
      assert.equal(incidentIn(update).incident.reference, 'alert/7')
      await again.settle(update)
      assert.equal(await referenceNow(again), 'alert/7', 'an answer without a name leaves it its own')
      await again.take(on('a', { summary: 'Disk full' }))
      await again.settle(await again.claimOne(), named('alert/8'))
      await again.take(on('a', RESOLVED))
      assert.equal(incidentIn(await again.claimOne()).incident.reference, 'alert/8')
    }),
  )

  test(
    'it is kept while answers are lost, late or bad, and while the failure comes and goes under one hold',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 0, resolveMs: 60_000 } })] })
      await bench.take(on('a'))
      await bench.settle(await bench.claimOne(), named('alert/7'))
      for (const outcome of [LOST, LIMITED, REJECTED]) {
        await bench.take(on('a', { summary: outcome.message }))
        await bench.settle(await bench.claimOne(), outcome)
        assert.equal(await referenceNow(bench), 'alert/7', outcome.message)
        bench.time += 5_000
      }
      await bench.take(on('a', RESOLVED))
      await bench.take(on('a'))
      assert.equal(await referenceNow(bench), 'alert/7')
    }),
  )

  test(
    'it is forgotten with the failure that had it: the next one has none until it is told',
    withStore(async (bench) => {
      await bench.take(on('a'))
      await bench.settle(await bench.claimOne(), named('alert/7'))
      await bench.take(on('a', RESOLVED))
      await bench.tellAll()
      await bench.take(on('a'))
      const claim = await bench.claimOne()
      assert.deepEqual([claim.lane, incidentIn(claim).incident.reference], ['trigger', undefined])
    }),
  )

  test(
    'also when the next one began while the end of it was in flight',
    withStore(async (bench) => {
      await bench.take(on('a'))
      await bench.settle(await bench.claimOne(), named('alert/7'))
      await bench.take(on('a', RESOLVED))
      const end = await bench.claimOne()
      assert.equal(incidentIn(end).incident.reference, 'alert/7')
      bench.time++
      await bench.take(on('a'))
      await bench.settle(end)
      assert.equal(incidentIn(await bench.claimOne()).incident.reference, undefined)
    }),
  )

  test(
    'also when the same failure is told anew from its end on',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'k', onJoin: 'page' })] })
      await bench.take(on('a'))
      await bench.settle(await bench.claimOne(), named('alert/7'))
      await bench.take(on('b'))
      const end = await bench.claimOne()
      assert.deepEqual([end.lane, incidentIn(end).incident.reference], ['resolve', 'alert/7'])
      await bench.settle(end)
      const anew = await bench.claimOne()
      assert.deepEqual([anew.lane, incidentIn(anew).incident.reference], ['trigger', undefined])
    }),
  )

  test(
    'an answer that comes when the lease has gone names what has no name yet, and no other',
    withStore(async (bench) => {
      await bench.take(on('a'), on('b'))
      const { claims } = await bench.claim()
      bench.time += 40_001
      const { claims: others } = await bench.claim({ owner: 'b' })
      const [known, unknown] = others
      const [late, alsoLate] = claims
      assert.ok(known !== undefined && unknown !== undefined && late !== undefined && alsoLate !== undefined)
      await bench.settle(known, named('alert/1'), 'b')
      await bench.settle(unknown, LOST, 'b')
      await bench.take(on('a', { summary: 'Disk fuller' }))
      await bench.settle(await bench.claimOne({ owner: 'b' }), ACCEPTED, 'b')
      assert.equal(await bench.settle(late, named('alert/2')), 'cancelled')
      assert.equal(await bench.settle(alsoLate, named('alert/3')), 'cancelled')
      const references = (await bench.store.incidents({})).map(({ incident }) => incident.reference ?? '')
      assert.deepEqual(references.toSorted(), ['alert/1', 'alert/3'])
    }),
  )

  test(
    'where several alerts fire they are told, the worst first; one by itself is not listed',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      await bench.take(on('a', { severity: 'info' }))
      const alone = await bench.claimOne()
      assert.equal('members' in incidentIn(alone), false)
      await bench.settle(alone)
      await bench.take(on('b', { severity: 'warning' }), on('c', { severity: 'critical' }), on('d'))
      const { members = [], lead } = incidentIn(await bench.claimOne())
      assert.deepEqual(
        members.map(({ alert, severity }) => [alert.labels['instance'], severity]),
        [
          ['c', 'critical'],
          ['d', 'error'],
          ['b', 'warning'],
          ['a', 'info'],
        ],
      )
      assert.deepEqual(members[0]?.alert, on('c', { severity: 'critical' }))
      assert.deepEqual(lead, members[0]?.alert)
    }),
  )

  test(
    'what is over is no member, and the last that fires is told by itself again',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      await bench.take(on('a'), on('b'), on('c'), on('a', RESOLVED))
      const claim = await bench.claimOne()
      assert.equal(incidentIn(claim).members?.length, 2)
      await bench.settle(claim)
      await bench.take(on('b', RESOLVED))
      assert.equal('members' in incidentIn(await bench.claimOne()), false)
    }),
  )

  test(
    'no more are told than anybody reads, and never a milder one instead of a worse',
    withStore(async (bench) => {
      bench.policy = policyOf({ routes: [routeOf({ dedupKey: () => 'shared' })] })
      const alerts = Array.from({ length: MEMBERS_SHOWN + 14 }, (_, index) =>
        on(`i${index}`, { severity: SEVERITIES[3 - (index % 4)] ?? 'info' }),
      )
      await bench.take(...alerts)
      const { members = [], incident } = incidentIn(await bench.claimOne())
      assert.equal(members.length, MEMBERS_SHOWN)
      assert.equal(new Set(members.map(({ alert }) => alert.fingerprint)).size, MEMBERS_SHOWN)
      const milder = members.filter(({ severity }) => severity === 'info')
      assert.equal(milder.length, MEMBERS_SHOWN - 48)
      assert.equal(incident.firing.info, 16)
    }),
  )

  test(
    'a note is told once, after a restart too, with the name that its incident has by then',
    withStore(async (bench, reopen) => {
      await bench.take(on('a'))
      const [view] = await bench.store.incidents({})
      const incidentId = view?.incident.id ?? 0
      await remark(bench, noteOf({ incidentId }))
      await bench.settle(
        (await bench.claim({ allot: () => ({ critical: 0, resolve: 0, trigger: 1, update: 0 }) }))
          .claims[0] ?? assert.fail('the trigger is due'),
        named('alert/7'),
      )
      const again = await reopen()
      const claim = await again.claimOne()
      assert.deepEqual(claim.content, { note: noteOf({ incidentId, reference: 'alert/7' }) })
      assert.equal(claim.lane, 'update')
      assert.equal(await again.settle(claim), 'delivered')
      assert.deepEqual((await again.claim()).claims, [])
      const told = (await again.store.ledger({ incidentId })).filter(({ kind }) => kind === 'told')
      assert.equal(told.length, 2)
      assert.match(told.at(-1)?.detail ?? '', /^note to oncall, attempt 1: delivered/)
    }),
  )

  test(
    'a note that is asked for again is the same, by its `once`; one without a name goes without',
    withStore(async (bench) => {
      await bench.take(on('a'))
      await bench.tellAll()
      for (const note of [{ once: 'x' }, { once: 'x' }, { once: 'y' }, {}, {}])
        await remark(bench, noteOf(note))
      const { claims } = await bench.claim()
      assert.deepEqual(
        claims.map(({ content }) => ('note' in content ? content.note.once : 'no note')),
        ['x', 'y', undefined, undefined],
      )
      assert.ok(claims.every(({ content }) => !('note' in content && 'reference' in content.note)))
    }),
  )

  test(
    'a note and a change are told apart, and a note that is refused is dead',
    withStore(async (bench) => {
      await remark(bench, noteOf())
      await bench.send({ source: 'deploys', summary: 'Deployed', labels: {}, links: [] })
      const { claims } = await bench.claim()
      assert.deepEqual(claims.map(({ content }) => Object.keys(content).join()).toSorted(), [
        'change',
        'note',
      ])
      for (const claim of claims) assert.equal(await bench.settle(claim, REJECTED), 'dead')
      const actions = (await bench.store.deliveries({ state: 'dead' })).map(({ action }) => action ?? '')
      assert.deepEqual(actions.toSorted(), ['change', 'note'])
    }),
  )
}
