import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change, Item } from '../alert/alert.ts'
import { alertOf, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import type { Policy } from '../decide/decide.ts'
import { openStore } from '../store/store.ts'
import { virtualWorld } from '../world/world.ts'
import { accept, type Accepted } from './accept.ts'

const CHANGE: Change = { source: 'deploys', summary: 'Deployed', labels: {}, links: [] }

async function acceptAll(
  items: readonly Item[],
  policy: Policy,
): Promise<{ accepted: readonly Accepted[]; woken: readonly string[] }> {
  const store = await openStore('sqlite::memory:', { clock: virtualWorld().clock })
  const woken: string[] = []
  try {
    const wake = (destination: string): void => void woken.push(destination)
    return { accepted: await accept(items, { store, policy, now: NOW, wake }), woken }
  } finally {
    await store.close()
  }
}

test('each item is answered in its place, and who has something to do is woken once', async () => {
  const policy = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })] })
  const { accepted, woken } = await acceptAll(
    [
      { kind: 'change', change: CHANGE },
      { kind: 'alert', alert: alertOf() },
      { kind: 'change', change: { ...CHANGE, to: 'oncall' } },
      { kind: 'alert', alert: alertOf() },
    ],
    policy,
  )
  assert.deepEqual(
    accepted.map(({ reasons }) => reasons),
    [['sent-once'], ['first-firing', 'first-firing'], ['sent-once'], ['unchanged', 'unchanged']],
  )
  assert.deepEqual(woken.toSorted(), ['oncall', 'ops'])
})

test('what goes nowhere says why, and wakes nobody', async () => {
  const items: readonly Item[] = [
    { kind: 'change', change: CHANGE },
    { kind: 'alert', alert: alertOf() },
  ]
  for (const [policy, reason] of [
    [policyOf({ routes: [] }), 'unrouted'],
    [policyOf({ routes: [routeOf({ to: [] })] }), 'routed-nowhere'],
  ] as const) {
    const { accepted, woken } = await acceptAll(items, policy)
    assert.deepEqual(
      accepted.map(({ reasons }) => reasons),
      [[reason], [reason]],
    )
    assert.deepEqual(woken, [])
  }
})

test('what only withdraws a delivery wakes nobody', async () => {
  const held = policyOf({ routes: [routeOf({ hold: { triggerMs: 1_000, resolveMs: 0 } })] })
  const items: readonly Item[] = [{ kind: 'alert', alert: alertOf({ status: 'resolved' }) }]
  const { woken } = await acceptAll(items, {
    ...held,
    destinations: new Map([['oncall', { autoResolve: false }]]),
  })
  assert.deepEqual(woken, [])
})

test('nothing at all is taken as nothing', async () => {
  assert.deepEqual(await acceptAll([], policyOf()), { accepted: [], woken: [] })
})
