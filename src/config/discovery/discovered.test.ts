import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromObject, parseConfig, type Discovered, type ParsedConfig } from '../config.ts'

const KEY = { a: 'a1'.repeat(16), b: 'b2'.repeat(16), own: 'c3'.repeat(16) }

const DISCOVERED: Discovered = new Map([
  ['a', { secret: 'a', written: { type: 'pagerduty', routing_key: KEY.a } }],
  ['b', { secret: 'secret-b', written: { type: 'pagerduty', routing_key: KEY.b } }],
])
const OWN = { own: { type: 'pagerduty' as const, routing_key: KEY.own } }
const DISCOVER = { kubernetes: {} }

type Whole = ParsedConfig & { readonly ok: true }

function whole(parsed: ParsedConfig): Whole {
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed
}

const routesOf = ({ settings }: Whole): readonly (readonly string[])[] =>
  settings.policy.routes.map(({ to }) => to)
const namesOf = ({ settings }: Whole): readonly string[] => settings.destinations.map(({ name }) => name)
const warningsOf = ({ warnings }: Whole): readonly string[] => warnings.map(({ message }) => message)

test('with discovery a config needs no destination of its own, and everything goes to all that are found', () => {
  const none = whole(parseConfig('discover: { kubernetes: {} }', { path: '.', env: {}, readFile: () => '' }))
  assert.deepEqual([namesOf(none), routesOf(none)], [[], [[]]])
  const some = whole(fromObject({ destinations: {}, discover: DISCOVER }, { discovered: DISCOVERED }))
  assert.deepEqual(namesOf(some), ['a', 'b'])
  assert.deepEqual(routesOf(some), [['a', 'b']])
  assert.deepEqual(warningsOf(some), [])
})

test('without routes, everything goes to what is written and to what is found', () => {
  const parsed = whole(fromObject({ destinations: OWN, discover: DISCOVER }, { discovered: DISCOVERED }))
  assert.deepEqual(routesOf(parsed), [['own', 'a', 'b']])
})

test('discovered in a route is all that are found, each once, also when there are none', () => {
  const config = {
    destinations: OWN,
    discover: DISCOVER,
    routes: [{ match: { team: 'a' }, to: ['b', 'discovered'] }, { to: 'discovered' }],
  }
  assert.deepEqual(routesOf(whole(fromObject(config, { discovered: DISCOVERED }))), [
    ['b', 'a'],
    ['a', 'b'],
  ])
  assert.deepEqual(routesOf(whole(fromObject(config))), [[], []])
})

test('a name that is not there yet is left out with a warning; it is there when its Secret is', () => {
  const config = { destinations: OWN, discover: DISCOVER, routes: [{ to: ['own', 'a', 'later'] }] }
  const before = whole(fromObject(config))
  assert.deepEqual(routesOf(before), [['own']])
  assert.deepEqual(warningsOf(before), [
    'routes[0].to[1] is "a", which is not there yet; it is left out until a Secret brings it. Known: own.',
    'routes[0].to[2] is "later", which is not there yet; it is left out until a Secret brings it. Known: own.',
  ])
  const after = whole(fromObject(config, { discovered: DISCOVERED }))
  assert.deepEqual(routesOf(after), [['own', 'a']])
  assert.equal(after.warnings.length, 1)
})

test('without discovery an unknown name is a problem as ever, and discovered says what it needs', () => {
  const parsed = fromObject({ destinations: OWN, routes: [{ to: ['own', 'discovered'] }, { to: 'own' }] })
  assert(!parsed.ok)
  assert.match(parsed.problems[0]?.message ?? '', /there is no discover/)
  const ignored = whole(fromObject({ destinations: OWN }, { discovered: DISCOVERED }))
  assert.deepEqual(namesOf(ignored), ['own'])
})

test('what the config has itself comes first', () => {
  const config = { destinations: { a: OWN.own }, discover: DISCOVER }
  const parsed = whole(fromObject(config, { discovered: DISCOVERED }))
  const [a] = parsed.settings.destinations
  assert(a?.type === 'pagerduty')
  assert.equal(a.routingKey(), KEY.own)
  assert.deepEqual(warningsOf(parsed), [
    'The Secret "a" is left out: the config has a destination "a" itself.',
  ])
})

test('a destination of the config may not be called discovered where that means all', () => {
  const parsed = fromObject({ destinations: { discovered: OWN.own }, discover: DISCOVER })
  assert(!parsed.ok)
  whole(fromObject({ destinations: { discovered: OWN.own } }))
})

test('one that does not go with the config is left out with its reason, and the others stay', () => {
  // An event with this key could be the source's or the destination's.
  const config = { destinations: OWN, discover: DISCOVER, sources: { app: { routing_key: KEY.a } } }
  const parsed = whole(fromObject(config, { discovered: DISCOVERED }))
  assert.deepEqual(namesOf(parsed), ['own', 'b'])
  assert.match(
    warningsOf(parsed).join('\n'),
    /The Secret "a" does not go with the config .* same routing key/,
  )
  assert(!JSON.stringify(parsed.warnings).includes(KEY.a))
})

test('what is wrong with the config itself is told as that, whatever was found', () => {
  const config = { destinations: OWN, discover: DISCOVER, drain: 'soon' }
  const parsed = fromObject(config, { discovered: DISCOVERED })
  assert(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ path }) => path),
    ['drain'],
  )
})

test('one that is found falls back on the config’s own, or on nobody; nothing falls back on one that is found', () => {
  const found = (to: string): Discovered =>
    new Map([
      ['a', { secret: 'a', written: { type: 'pagerduty', routing_key: KEY.a, fallback: { to } } }],
      ['b', { secret: 'b', written: { type: 'pagerduty', routing_key: KEY.b } }],
    ])
  const config = { destinations: OWN, discover: DISCOVER }
  const well = whole(fromObject(config, { discovered: found('own') }))
  assert.deepEqual(
    well.settings.destinations.map(({ fallback }) => fallback?.to),
    [undefined, 'own', undefined],
  )
  const without = whole(fromObject(config, { discovered: found('b') }))
  assert.deepEqual(
    without.settings.destinations.map(({ fallback }) => fallback?.to),
    [undefined, undefined, undefined],
  )
  assert.match(warningsOf(without).join(), /names a fallback/)
  const own = { own: { ...OWN.own, fallback: { to: 'b' } } }
  assert(!fromObject({ destinations: own, discover: DISCOVER }, { discovered: DISCOVERED }).ok)
})

test('the secrets of what was found are known, so that no log shows them', () => {
  const parsed = whole(fromObject({ destinations: {}, discover: DISCOVER }, { discovered: DISCOVERED }))
  assert.deepEqual(parsed.settings.secrets, [KEY.a, KEY.b])
})

test('nothing in a Secret is replaced from the environment', () => {
  const written = { type: 'pagerduty', routing_key: KEY.a, url: 'https://${HOME}.example' }
  const parsed = parseConfig('discover: { kubernetes: {} }', {
    path: '.',
    env: { HOME: 'shown' },
    readFile: () => '',
    discovered: new Map([['a', { secret: 'a', written }]]),
  })
  assert(!JSON.stringify(parsed).includes('shown'))
})

test('the printed config has what is written, and not what was found', () => {
  const parsed = whole(
    fromObject(
      { destinations: OWN, discover: { kubernetes: { namespace: 'x' } } },
      { discovered: DISCOVERED },
    ),
  )
  assert.deepEqual(Object.keys(parsed.effective.destinations), ['own'])
  assert.deepEqual(parsed.effective.discover, {
    kubernetes: { namespace: 'x', selector: 'publishing-target=true' },
  })
  assert.deepEqual(parsed.effective.routes?.[0]?.to, ['own', 'discovered'])
  const again = whole(fromObject({ ...parsed.effective, destinations: OWN }, { discovered: DISCOVERED }))
  assert.deepEqual(again.settings.policy.routes, parsed.settings.policy.routes)
})

test('where and how is looked is read; a path is relative to the config', () => {
  const discover = { kubernetes: { namespace: 'x', selector: 'a=b', kubeconfig_file: 'kube.yaml' } }
  const parsed = whole(fromObject({ destinations: {}, discover }, { directory: '/etc/tocsin' }))
  assert.deepEqual(parsed.settings.discover, {
    kubernetes: { namespace: 'x', selector: 'a=b', kubeconfigFile: '/etc/tocsin/kube.yaml' },
  })
})
