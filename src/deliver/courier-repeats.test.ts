import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { Workbench } from '../../test/contracts/workbench.ts'
import { EVERYTHING_TOLD, type Outcome } from '../decide/decide.ts'
import type { Destination, Telling } from '../destinations/destinations.ts'
import { openStore } from '../store/store.ts'
import { virtualWorld, type VirtualWorld } from '../world/world.ts'
import { Courier } from './courier.ts'

const HOUR_MS = 3_600_000

interface Stand extends AsyncDisposable {
  readonly world: VirtualWorld
  readonly bench: Workbench
  readonly courier: Courier
  /** What was told, with when, in hours. */
  readonly told: { readonly hours: number; readonly telling: Telling }[]
}

/** A courier for a destination that names each incident, and answers at once. */
async function open(): Promise<Stand> {
  const world = virtualWorld()
  const from = world.clock.now()
  const store = await openStore('sqlite::memory:', { clock: world.clock })
  const told: Stand['told'] = []
  const destination: Destination = {
    name: 'oncall',
    type: 'note',
    capabilities: EVERYTHING_TOLD,
    sendMsMax: 10_000,
    tell: async (telling): Promise<Outcome> => {
      told.push({ hours: Math.round((world.clock.now() - from) / HOUR_MS), telling })
      return { kind: 'accepted', message: 'taken', reference: 'alert/7' }
    },
    close: async () => {},
  }
  const courier = new Courier({
    destination,
    store,
    world,
    manner: { unsentPair: 'drop', capabilities: EVERYTHING_TOLD },
    retryForMs: HOUR_MS,
    onTold: () => {},
    onBreaker: () => {},
  })
  courier.start()
  const bench = new Workbench(store)
  bench.time = from
  return {
    world,
    bench,
    courier,
    told,
    [Symbol.asyncDispose]: async () => {
      const drained = courier.drain()
      await world.advance(1_000)
      await drained
      await store.close()
    },
  }
}

function actions(stand: Stand): readonly unknown[] {
  return stand.told.map(({ hours, telling }) => ['action' in telling ? telling.action : 'message', hours])
}

for (const [how, told] of [
  ['remind', ['remind']],
  ['page', ['resolve', 'trigger']],
] as const) {
  test(`what nobody is on is told again when its time comes, without anybody waking the courier (${how})`, async () => {
    await using stand = await open()
    stand.bench.policy = policyOf({ routes: [routeOf({ repeat: { everyMs: HOUR_MS, how } })] })
    await stand.bench.take(alertOf())
    stand.courier.wake()
    await stand.world.advance(2.2 * HOUR_MS)
    const again = [1, 2].flatMap((hours) => told.map((action) => [action, hours]))
    assert.deepEqual(actions(stand), [['trigger', 0], ...again])
  })
}

test('what a destination named an incident by is given back to it, and goes with a note', async () => {
  await using stand = await open()
  await stand.bench.take(alertOf())
  stand.courier.wake()
  await stand.world.advance(1_000)
  const note = { incidentId: 1, key: 'k', text: 'somebody else was told' }
  stand.bench.time = stand.world.clock.now()
  await stand.bench.take(alertOf({ summary: 'Disk fuller' }))
  await stand.bench.store.apply({ works: [], messages: [{ destination: 'oncall', note }] }, stand.bench.time)
  stand.courier.wake()
  await stand.world.advance(2_000)
  const references = stand.told.map(({ telling }) => {
    if ('note' in telling) return telling.note.reference
    return 'incident' in telling ? telling.incident.reference : 'a change'
  })
  assert.deepEqual(references, [undefined, 'alert/7', 'alert/7'])
  assert.deepEqual(stand.told.at(-1)?.telling, { note: { ...note, reference: 'alert/7' } })
})
