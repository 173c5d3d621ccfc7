import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertOf, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { Desk } from '../../test/contracts/desk.ts'
import { makeMatcher, targetsOf, type Route } from './decide.ts'

const DB = makeMatcher('team', '=', ['db'])

function keyOf(labels: Readonly<Record<string, string>>, more: Partial<Route> = {}): string {
  const routes = [routeOf({ matchers: [DB], groupBy: ['host'], ...more })]
  return targetsOf(alertOf({ labels: { team: 'db', ...labels } }), policyOf({ routes }), NOW)[0]?.key ?? ''
}

suite('the key of a group', () => {
  test('can be read: it names the labels that its alerts agree in', () => {
    const key = keyOf({ host: 'db-1', job: 'node' }, { groupBy: ['host', 'job'] })
    assert.match(key, /^group:[0-9a-f]{16}:\{host="db-1",job="node"\}$/)
  })

  test('stays what it was: open incidents are remembered by it', () => {
    assert.equal(keyOf({ host: 'db-1' }), 'group:8e4edccb1b5deb1c:{host="db-1"}')
  })

  test('is one for all alerts that agree, whatever else they say', () => {
    assert.equal(keyOf({ host: 'db-1', disk: 'sda' }), keyOf({ host: 'db-1', disk: 'sdb' }))
    assert.notEqual(keyOf({ host: 'db-1' }), keyOf({ host: 'db-2' }))
  })

  test('is the same after its route was renamed, moved, or sends elsewhere', () => {
    assert.equal(keyOf({ host: 'db-1' }, { name: 'databases', to: ['ops'] }), keyOf({ host: 'db-1' }))
  })

  test('is another for a route that matches something else, or groups by something else', () => {
    const others: readonly Partial<Route>[] = [
      { matchers: [] },
      { matchers: [makeMatcher('team', '=~', ['db'])] },
      { matchers: [makeMatcher('team', '=', ['db', 'web'])] },
      { matchers: [DB, makeMatcher('tier', '!=', ['gold'])] },
      { groupBy: ['host', 'tier'] },
    ]
    const keys = [{}, ...others].map((more) => keyOf({ host: 'db-1' }, more))
    assert.equal(new Set(keys).size, keys.length)
  })

  const ODD: readonly (readonly [name: string, values: readonly (readonly [a: string, b: string])[]])[] = [
    [
      'quotes and commas',
      [
        ['x",b="y', ''],
        ['x', 'y'],
        ['x', ',b="y'],
      ],
    ],
    [
      'what would end the list',
      [
        ['}', ''],
        ['', '}'],
        ['{', '}'],
      ],
    ],
    [
      'blanks and line breaks',
      [
        [' ', ''],
        ['', ' '],
        ['\n', ''],
        ['\t', ''],
      ],
    ],
    [
      'no value and an empty one in another place',
      [
        ['', 'x'],
        ['x', ''],
      ],
    ],
    [
      'letters of other scripts',
      [
        ['ü', 'u'],
        ['u', 'ü'],
        ['😀', ''],
      ],
    ],
    [
      'half a character',
      [
        ['\ud800', ''],
        ['\ud801', ''],
      ],
    ],
  ]
  for (const [name, values] of ODD) {
    test(`tells apart values with ${name}`, () => {
      const keys = values.map(([a, b]) => keyOf({ a, b }, { groupBy: ['a', 'b'] }))
      assert.equal(new Set(keys).size, keys.length)
    })
  }

  test('takes a label that is absent for an empty one, and knows no property of all objects', () => {
    assert.equal(keyOf({}), keyOf({ host: '' }))
    assert.match(keyOf({}, { groupBy: ['constructor'] }), /\{constructor=""\}$/)
  })

  test('may go by source and severity, and by labels of these names', () => {
    assert.match(keyOf({}, { groupBy: ['source', 'severity'] }), /\{source="prometheus",severity="error"\}$/)
    assert.match(keyOf({ source: 'mine' }, { groupBy: ['labels.source'] }), /\{labels\.source="mine"\}$/)
  })

  test('has at most 255 characters, and two long ones stay two', () => {
    const long = 'x'.repeat(400)
    assert.equal(keyOf({ host: `${long}a` }).length, 255)
    assert.notEqual(keyOf({ host: `${long}a` }), keyOf({ host: `${long}b` }))
    assert.ok(keyOf({ host: '😀'.repeat(200) }).isWellFormed())
  })

  test('gives way to that of a template', () => {
    assert.equal(keyOf({ host: 'db-1' }, { dedupKey: () => 'mine' }), 'mine')
    assert.match(keyOf({ host: 'db-1' }, { dedupKey: () => '  ' }), /^group:/)
  })
})

suite('a group', () => {
  const route = routeOf({ groupBy: ['host'] })
  const on = (disk: string): { labels: { host: string; disk: string } } => ({
    labels: { host: 'db-1', disk },
  })

  test('is one incident, which pages once and ends with the last of its alerts', () => {
    const desk = new Desk(policyOf({ routes: [route] }))
    assert.deepEqual([desk.say(on('sda')), desk.say(on('sdb'))], [['first-firing'], ['joined']])
    const { key } = desk.only
    assert.deepEqual(desk.deliver(), [`trigger ${key}`])
    assert.deepEqual(desk.say({ ...on('sda'), status: 'resolved' }), ['one-of-several-resolved'])
    assert.deepEqual(desk.deliver(), [`update ${key}`])
    assert.deepEqual(desk.say({ ...on('sdb'), status: 'resolved' }), ['resolved'])
    assert.deepEqual(desk.deliver(), [`resolve ${key}`])
    assert.deepEqual(desk.pages, [key])
  })

  test('with two alerts that say the same is told that there are two', () => {
    const desk = new Desk(policyOf({ routes: [route], updateOn: ['summary'] }))
    desk.say(on('sda'))
    desk.deliver()
    desk.say(on('sdb'))
    assert.deepEqual(desk.deliver(), [`update ${desk.only.key}`])
    desk.say({ ...on('sdb'), status: 'resolved' })
    assert.deepEqual(desk.deliver(), [`update ${desk.only.key}`])
  })

  test('is not ended by the end of one of its like that nobody saw begin', () => {
    const desk = new Desk(policyOf({ routes: [route] }))
    assert.deepEqual(desk.say({ ...on('sda'), status: 'resolved' }), ['never-told'])
    desk.say(on('sdb'))
    desk.deliver()
    assert.deepEqual(desk.say({ ...on('sda'), status: 'resolved' }), ['already-resolved'])
    assert.deepEqual(desk.deliver(), [])
  })
})
