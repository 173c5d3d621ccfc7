import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { policyOf, routeOf } from '../../test/contracts/memory.ts'
import { EVERYTHING_TOLD, routeChange, type Capabilities, type Policy } from './decide.ts'

const RESOLVED = { status: 'resolved' } as const

function capable(more: Partial<Capabilities>): Policy {
  const capabilities = { ...EVERYTHING_TOLD, ...more }
  return policyOf({
    routes: [routeOf({ dedupKey: () => 'k' })],
    destinations: new Map([['oncall', { autoResolve: true, capabilities }]]),
  })
}

function told(more: Partial<Capabilities>): Desk {
  const desk = new Desk(capable(more))
  desk.say()
  assert.deepEqual(desk.deliver(), ['trigger k'])
  return desk
}

suite('a destination that can be told no ends', () => {
  test('is left to people, and a new failure pages there anew', () => {
    const desk = told({ resolves: false })
    assert.deepEqual(desk.say(RESOLVED), ['left-to-people'])
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual(desk.say(), ['firing-again'])
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  test('is told none by a person either, and a new failure pages there anew', () => {
    const desk = told({ resolves: false })
    desk.resolve()
    assert.deepEqual(desk.deliver(), [])
    desk.say({ startsAt: desk.time + 1 })
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  test('is told no end of something unseen', () => {
    const desk = new Desk(capable({ resolves: false }))
    assert.deepEqual(desk.say(RESOLVED), ['left-to-people'])
    assert.deepEqual(desk.deliver(), [])
  })

  test('is told none by a mute that asks for it', () => {
    const desk = told({ resolves: false })
    const { policy } = desk
    for (const onMute of ['resolve', 'acknowledge'] as const) {
      desk.tell(1, desk.only.told)
      desk.incidents.set(1, { ...desk.only, onMute })
      desk.policy = { ...policy, mutes: { muteOf: () => 'silence 1 by ann' } }
      desk.remute()
      assert.deepEqual(desk.deliver(), onMute === 'resolve' ? [] : ['acknowledge k'])
      desk.policy = policy
      desk.remute()
      assert.deepEqual(desk.deliver(), onMute === 'resolve' ? [] : ['trigger k'])
    }
  })
})

test('a destination that can be told no updates is told the beginning and the end', () => {
  const desk = told({ updates: false })
  assert.deepEqual(desk.say({ summary: 'Disk fuller', severity: 'critical' }), ['severity-raised'])
  assert.deepEqual(desk.deliver(), [])
  desk.say(RESOLVED)
  assert.deepEqual(desk.deliver(), ['resolve k'])
})

test('a destination that can be told no updates is told all the same that somebody is on it', () => {
  const desk = told({ updates: false })
  desk.say({ summary: 'Disk fuller' })
  desk.acknowledge()
  assert.deepEqual(desk.deliver(), ['acknowledge k'])
})

test('a destination that can be told no acknowledgements is told the rest', () => {
  const desk = told({ acknowledges: false })
  desk.acknowledge()
  assert.deepEqual(desk.deliver(), [])
  desk.say({ summary: 'Disk fuller' })
  assert.deepEqual(desk.deliver(), ['update k'])
  desk.say(RESOLVED)
  assert.deepEqual(desk.deliver(), ['resolve k'])
})

suite('a destination that does not go by our keys', () => {
  test('is told nothing of the end of what we never saw begin', () => {
    const desk = new Desk(capable({ keyed: false }))
    assert.deepEqual(desk.say(RESOLVED), ['never-told'])
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual([...desk.incidents], [])
  })

  test('is told the end of what we saw begin', () => {
    const desk = told({ keyed: false })
    assert.deepEqual(desk.say(RESOLVED), ['resolved'])
    assert.deepEqual(desk.deliver(), ['resolve k'])
  })
})

test('a destination that takes no changes gets none, and the reason says so when nobody does', () => {
  const change = { source: 'deploys', summary: 'Deployed', labels: {}, links: [] }
  const none = { ...EVERYTHING_TOLD, changes: false }
  const destinations = new Map([
    ['oncall', { autoResolve: true, capabilities: none }],
    ['ops', { autoResolve: true, capabilities: EVERYTHING_TOLD }],
  ])
  const both = policyOf({ routes: [routeOf({ to: ['oncall', 'ops'] })], destinations })
  assert.deepEqual(routeChange(change, both), { destinations: ['ops'], reason: 'sent-once' })
  const one = policyOf({ routes: [routeOf({ to: ['oncall'] })], destinations })
  assert.deepEqual(routeChange(change, one), { destinations: [], reason: 'routed-nowhere' })
})
