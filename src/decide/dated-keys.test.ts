import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { alertOf, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  compileKey,
  numberReader,
  type DestinationPolicy,
  type Outcome,
  type Policy,
  type Route,
} from './decide.ts'

const DAY_MS = 86_400_000
const MIDNIGHT = Date.UTC(2023, 10, 15)
const RESOLVED = { status: 'resolved' } as const
const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const FIRST = 'disk-2023-11-14'
const SECOND = 'disk-2023-11-15'

function dated(more: Partial<Route> = {}, oncall: Partial<DestinationPolicy> = {}): Policy {
  const route = routeOf({ dedupKey: compileKey('disk-{{ today }}'), isDated: true, ...more })
  const destinations = new Map([['oncall', { autoResolve: true, ...oncall }]])
  return policyOf({ routes: [route], routesByName: new Map([[route.name, route]]), destinations })
}

function on(instance: string): { labels: { alertname: string; instance: string } } {
  return { labels: { alertname: 'DiskFull', instance } }
}

/** What is open at the destination. */
function open(desk: Desk): readonly string[] {
  return [...desk.shown.keys()]
}

suite('an incident whose key names the day', () => {
  test('turns once, at midnight UTC: the old one ends as the new one opens', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.time = MIDNIGHT - 1
    assert.deepEqual(desk.say(), ['unchanged'])
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(), ['turned', 'first-firing'])
    assert.deepEqual(desk.deliver(), [`resolve ${FIRST}`, `trigger ${SECOND}`])
    desk.time = MIDNIGHT + 60_000
    assert.deepEqual(desk.say(), ['unchanged'])
    assert.deepEqual(open(desk), [SECOND])
    assert.deepEqual(desk.pages, [FIRST, SECOND])
  })

  test('waits out neither a hold of its end nor one of its beginning', () => {
    const desk = new Desk(dated({ hold: { triggerMs: 30_000, resolveMs: 60_000 } }))
    desk.say()
    desk.time += 30_000
    desk.deliver()
    desk.time = MIDNIGHT
    desk.say()
    assert.deepEqual(desk.deliver(), [`resolve ${FIRST}`, `trigger ${SECOND}`])
  })

  test('that ends on the next day ends under the key it has, whether or not it was heard of since', () => {
    for (const isHeardOf of [false, true]) {
      const desk = new Desk(dated())
      desk.say()
      desk.deliver()
      desk.time = MIDNIGHT + 60_000
      if (isHeardOf) {
        desk.say()
        desk.deliver()
      }
      assert.deepEqual(desk.say(RESOLVED), ['resolved'])
      assert.deepEqual(desk.deliver(), [`resolve ${isHeardOf ? SECOND : FIRST}`])
      assert.deepEqual(open(desk), [])
    }
  })

  test('that expires on the next day leaves nothing open', () => {
    const desk = new Desk(dated({ ttlMs: 60_000 }))
    desk.say()
    desk.deliver()
    desk.time = MIDNIGHT + 60_000
    desk.expire(desk.policy, desk.time)
    desk.deliver()
    assert.deepEqual(open(desk), [])
  })

  test('turns again on each day that follows, also when days were missed', () => {
    const desk = new Desk(dated())
    for (const days of [0, 1, 2, 5]) {
      desk.time = NOW + days * DAY_MS
      desk.say()
      desk.deliver()
    }
    assert.deepEqual(open(desk), ['disk-2023-11-19'])
    assert.equal(desk.pages.length, 4)
  })

  test('turns while its trigger is in flight: what may have arrived is ended, and nothing stays open', () => {
    const desk = new Desk(dated())
    desk.say()
    const sent = desk.send(1)
    assert.ok(sent !== undefined)
    desk.time = MIDNIGHT
    desk.say()
    desk.arrive(sent)
    desk.answer(sent, LOST)
    desk.time += 60_000
    desk.deliver()
    assert.deepEqual(open(desk), [SECOND])
  })

  const STAYS: readonly (readonly [
    name: string,
    policy: Policy,
    more: { severity?: 'critical'; summary?: string },
  ])[] = [
    ['a template that was changed since', dated({ dedupKey: compileKey('other-{{ today }}') }), {}],
    ['a key that no longer names the day', dated({ isDated: false }), {}],
    ['a route that was renamed', dated({ name: 'disks' }), {}],
    ['a summary that the key names', dated(), { summary: 'Disk fuller' }],
  ]
  for (const [name, policy, more] of STAYS) {
    test(`is not turned by ${name}, and its end is told`, () => {
      const desk = new Desk(
        name.startsWith('a summary') ? dated({ dedupKey: compileKey('{{ summary }}-{{ today }}') }) : dated(),
      )
      desk.say()
      desk.deliver()
      const { key } = desk.only
      if (!name.startsWith('a summary')) desk.policy = policy
      desk.say({ ...more, annotations: { changed: 'yes' } })
      assert.equal(desk.only.key, key)
      desk.say(RESOLVED)
      desk.deliver()
      assert.deepEqual(open(desk), [])
    })
  }

  test('is not turned by a severity that the key names and that has changed', () => {
    const desk = new Desk(dated({ dedupKey: compileKey('{{ severity }}-{{ today }}') }))
    desk.say({ severity: 'warning' })
    desk.deliver()
    assert.deepEqual(desk.say({ severity: 'critical' }), ['severity-raised'])
    assert.equal(desk.only.key, 'warning-2023-11-14')
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say({ severity: 'critical' }), ['unchanged'])
    desk.say(RESOLVED)
    desk.deliver()
    assert.deepEqual(open(desk), [])
  })

  test('whose sender addressed the destination keeps its key', () => {
    const desk = new Desk(dated())
    desk.say({ to: 'oncall', dedupKey: 'mine' })
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say({ to: 'oncall', dedupKey: 'mine' }), ['unchanged'])
  })
})

suite('a turn', () => {
  const when = [{ value: { field: 'behind', read: numberReader('behind'), atLeast: 100 } }]
  const behind = (number: number): { details: { behind: number } } => ({ details: { behind: number } })

  test('never hides behind a threshold what was told', () => {
    const desk = new Desk(dated({ when }))
    desk.say(behind(100))
    desk.deliver()
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(behind(50)), ['turned', 'first-firing'])
    assert.deepEqual(desk.deliver(), [`resolve ${FIRST}`, `trigger ${SECOND}`])
  })

  test('never hides it behind an incident of the new day that waits for its threshold', () => {
    const desk = new Desk(dated({ when: [{ count: { atLeast: 2 } }] }))
    desk.say(on('db-1'))
    desk.say(on('db-2'))
    desk.deliver()
    desk.say({ ...on('db-2'), ...RESOLVED })
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(on('db-3')), ['too-few'])
    desk.policy = dated({ when: [{ count: { atLeast: 9 } }] })
    assert.deepEqual(desk.say(on('db-1')), ['turned', 'threshold-reached'])
    desk.deliver()
    assert.deepEqual(open(desk), [SECOND])
  })

  test('tells nobody of what waits for its threshold still', () => {
    const desk = new Desk(dated({ when }))
    desk.say(behind(50))
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(behind(50)), ['turned', 'below-threshold'])
    assert.deepEqual(desk.deliver(), [])
  })

  test('brings a group over one by one: the old incident ends with the last of them, and nobody is paged for each', () => {
    const desk = new Desk(dated({ onJoin: 'page' }))
    for (const instance of ['db-1', 'db-2', 'db-3']) desk.say(on(instance))
    desk.deliver()
    desk.pages.length = 0
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(on('db-1')), ['turned', 'first-firing'])
    desk.deliver()
    assert.deepEqual(open(desk), [FIRST, SECOND])
    assert.deepEqual(desk.say(on('db-2')), ['turned', 'joined'])
    desk.deliver()
    assert.deepEqual(desk.say({ ...on('db-3'), ...RESOLVED }), ['resolved'])
    desk.deliver()
    assert.deepEqual(open(desk), [SECOND])
    assert.deepEqual(desk.pages, [SECOND])
    const [old, current] = desk.incidents.values()
    assert.deepEqual([old?.status, old?.firing.error, current?.firing.error], ['resolved', 0, 2])
  })

  test('ends nothing where people close the incidents, and opens the new one all the same', () => {
    const desk = new Desk(dated({}, { autoResolve: false }))
    desk.say()
    desk.deliver()
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(), ['turned', 'first-firing'])
    assert.deepEqual(desk.deliver(), [`trigger ${SECOND}`])
    assert.deepEqual(open(desk), [FIRST, SECOND])
  })

  test('is decided alike however often it is asked: an alert never fires on both days', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.time = MIDNIGHT
    desk.say()
    const firing = [...desk.members.values()].filter(({ status }) => status === 'firing')
    assert.deepEqual(
      firing.map(({ fingerprint }) => fingerprint),
      [alertOf().fingerprint],
    )
    assert.deepEqual(desk.say(), ['unchanged'])
  })
})
