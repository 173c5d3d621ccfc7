import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { alertOf, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { compileKey, targetsOf, type Policy, type Route } from './decide.ts'

const MIDNIGHT = Date.UTC(2023, 10, 15)
const FIRST = 'nonces-mismatch-2023-11-14'
const SECOND = 'nonces-mismatch-2023-11-15'
const SAID = { source: 'nonces', labels: { type: 'mismatch', team: 'ao' } } as const

function named(
  more: Partial<Route> = {},
  template = 'nonces-{{ type }}-{{ today }}',
  isDated = true,
): Policy {
  const route = routeOf(more)
  return policyOf({
    routes: [route],
    routesByName: new Map([[route.name, route]]),
    sourceKeys: new Map([['nonces', { dedupKey: compileKey(template), isDated }]]),
  })
}

const keyOf = (policy: Policy, more: Parameters<typeof alertOf>[0] = {}): string | undefined =>
  targetsOf(alertOf({ ...SAID, ...more }), policy, MIDNIGHT - 1)[0]?.key

suite('a source that names its incidents', () => {
  test('names them where neither their route nor their sender does', () => {
    const { fingerprint } = alertOf(SAID)
    assert.equal(keyOf(named()), FIRST)
    assert.equal(keyOf(named({ dedupKey: compileKey('mine-{{ type }}') })), 'mine-mismatch')
    assert.notEqual(keyOf(named({ groupBy: ['team'] })), FIRST)
    assert.equal(keyOf(named(), { dedupKey: 'theirs' }), 'theirs')
    assert.equal(keyOf(named({ dedupKey: compileKey('{{ not_there }}') })), FIRST, 'a key of nothing is none')
    assert.equal(keyOf(named({}, '{{ not_there }}')), fingerprint)
    assert.equal(
      keyOf(named(), { source: 'elsewhere' }),
      alertOf({ ...SAID, source: 'elsewhere' }).fingerprint,
    )
    assert.equal(keyOf(named({}, 'long'.repeat(99)))?.length, 255)
  })

  test('turns them with the day that their key names, once', () => {
    const desk = new Desk(named())
    desk.say(SAID)
    desk.deliver()
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(SAID), ['turned', 'first-firing'])
    assert.deepEqual(desk.deliver(), [`resolve ${FIRST}`, `trigger ${SECOND}`])
    assert.deepEqual(desk.say(SAID), ['unchanged'])
    desk.say({ ...SAID, status: 'resolved' })
    desk.deliver()
    assert.deepEqual([...desk.shown.keys()], [])
  })

  test('turns none whose key its route, its group or its sender made', () => {
    const policies = [
      named({ dedupKey: compileKey('mine') }),
      named({ groupBy: ['team'] }),
      named({}, 'undated', false),
    ]
    for (const policy of policies) {
      const desk = new Desk(policy)
      desk.say(SAID)
      desk.time = MIDNIGHT
      assert.deepEqual(desk.say(SAID), ['unchanged'])
    }
    const desk = new Desk(named())
    desk.say({ ...SAID, dedupKey: 'theirs' })
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say({ ...SAID, dedupKey: 'theirs' }), ['unchanged'])
  })

  test('and a route that names the day turns them where the source names none', () => {
    const desk = new Desk(
      named({ dedupKey: compileKey('mine-{{ today }}'), isDated: true }, 'undated', false),
    )
    desk.say(SAID)
    desk.time = MIDNIGHT
    assert.deepEqual(desk.say(SAID), ['turned', 'first-firing'])
  })
})
