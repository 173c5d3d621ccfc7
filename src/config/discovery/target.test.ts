import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readTarget, Targets, type Target } from '../config.ts'
import type { KubernetesSecret } from '../../world/world.ts'

const KEY = 'a1'.repeat(16)
const OTHER_KEY = 'b2'.repeat(16)

function secret(
  name: string,
  data: Readonly<Record<string, string>>,
  { type = 'pagerduty', version = '1' }: { type?: string | undefined; version?: string } = {},
): KubernetesSecret {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  return {
    name,
    resourceVersion: version,
    labels: { 'publishing-target': 'true', ...(type === '' ? {} : { type }) },
    data: Object.fromEntries(encoded) as Record<string, string>,
  }
}

function problemsOf(target: Target): readonly string[] {
  return target.is === 'bad' ? target.problems : []
}

test('the keys of a Secret are the keys of a destination, and its name is its name', () => {
  assert.deepEqual(readTarget(secret('oncall', { routing_key: KEY, region: 'eu' })), {
    is: 'destination',
    name: 'oncall',
    written: { type: 'pagerduty', routing_key: KEY, region: 'eu' },
  })
})

test('the kind may stand in the data, and so may the name', () => {
  const target = readTarget(
    secret('x', { type: 'webhook', name: 'hook', url: 'https://a.example/b' }, { type: '' }),
  )
  assert.deepEqual(target, {
    is: 'destination',
    name: 'hook',
    written: { type: 'webhook', url: 'https://a.example/b' },
  })
})

test('flags and numbers are read from text, and a dot leads to a key within a key', () => {
  const target = readTarget(
    secret(
      'hook',
      {
        url: 'https://a.example/b',
        allow_private: 'true',
        'auth.basic.username': 'us',
        'auth.basic.password': 'pw-of-us',
        'rate.limit': '10',
        'signing_keys.0': `whsec_${'A'.repeat(32)}`,
      },
      { type: 'webhook' },
    ),
  )
  assert(target.is === 'destination', JSON.stringify(target))
  assert.deepEqual(target.written['auth'], { basic: { username: 'us', password: 'pw-of-us' } })
  assert.deepEqual(target.written['signing_keys'], [`whsec_${'A'.repeat(32)}`])
})

test('what is no secret may stand under config as YAML or JSON, and what stands on its own comes first', () => {
  for (const config of [
    'region: eu\nrate: { limit: 5 }\nrouting_key: wrong',
    '{"region":"eu","rate":{"limit":5},"routing_key":"wrong"}',
  ]) {
    const target = readTarget(secret('oncall', { config, routing_key: KEY, 'rate.window': '30s' }))
    assert(target.is === 'destination', JSON.stringify(target))
    assert.deepEqual(target.written, {
      type: 'pagerduty',
      region: 'eu',
      rate: { limit: 5, window: '30s' },
      routing_key: KEY,
    })
  }
})

test('a Secret may be switched off', () => {
  assert.deepEqual(readTarget(secret('oncall', { routing_key: 'to come', enabled: 'false' })), { is: 'off' })
  assert.deepEqual(readTarget(secret('oncall', { config: 'enabled: false' })), { is: 'off' })
})

for (const [what, data, type, expected] of [
  ['without a kind', { routing_key: KEY }, '', /^type is missing; expected pagerduty/],
  ['of an unknown kind', { routing_key: KEY }, 'pager', /^type is something else; expected pagerduty/],
  ['whose kind differs', { routing_key: KEY, type: 'webhook' }, 'pagerduty', /^type is not what the label/],
  ['without its key', { region: 'eu' }, 'pagerduty', /^routing_key is missing/],
  ['with half a key', { routing_key: 'abc' }, 'pagerduty', /^routing_key has 3 characters; expected the 32/],
  [
    'with a misspelt key',
    { routng_key: KEY, routing_key: KEY },
    'pagerduty',
    /^routng_key: no such key\. Did you mean "routing_key"/,
  ],
  [
    'with an odd value',
    { routing_key: KEY, region: 'mars' },
    'pagerduty',
    /^region is something else; expected us or eu\.$/,
  ],
  [
    'with an odd value within',
    { routing_key: KEY, 'rate.limit': 'x' },
    'pagerduty',
    /^rate\.limit is something else; expected a whole number/,
  ],
  [
    'with a user in its address',
    { url: 'https://us:pw@a.example/' },
    'webhook',
    /^url is an address with a user name/,
  ],
  [
    'that names a file of ours',
    { url: 'https://a.example', 'auth.bearer_file': '/etc/passwd' },
    'webhook',
    /^auth\.bearer_file names a file, and a Secret may name none/,
  ],
  [
    'named as nobody may be',
    { routing_key: KEY, name: 'a b' },
    'pagerduty',
    /^name is none; expected letters/,
  ],
  [
    'named as all of them',
    { routing_key: KEY, name: 'discovered' },
    'pagerduty',
    /^name is a word that means all/,
  ],
  [
    'that falls back on itself',
    { routing_key: KEY, 'fallback.to': 'x' },
    'pagerduty',
    /^fallback\.to is the destination itself/,
  ],
  ['whose config is no map', { config: 'word' }, 'pagerduty', /^config is no map/],
  ['whose config contains itself', { config: 'a: &a [*a]' }, 'pagerduty', /^config: a\[0\] contains itself/],
  ['whose config is no YAML', { config: 'a: b: c' }, 'pagerduty', /^config: Line 1/],
] as const) {
  test(`a Secret ${what} is told by its key, without its value`, () => {
    const problems = problemsOf(readTarget(secret('x', data, { type })))
    assert(
      problems.some((problem) => expected.test(problem)),
      problems.join('\n'),
    )
    for (const value of [KEY, 'mars', 'us:pw', '/etc/passwd']) assert(!problems.join('').includes(value))
  })
}

test('what is no text is told', () => {
  const bad = { ...secret('x', {}), data: { routing_key: '/////w==', region: 'no base64!' } }
  assert.deepEqual(problemsOf(readTarget(bad)), [
    'routing_key is no text in UTF-8; expected one, in base64.',
    'region is no text in UTF-8; expected one, in base64.',
  ])
})

test('a key that would name a prototype is told', () => {
  const problems = problemsOf(readTarget(secret('x', { '__proto__.type': 'webhook', routing_key: KEY })))
  assert.deepEqual(problems, ['a key names no key of a destination.'])
})

const all = (...secrets: KubernetesSecret[]): ReadonlyMap<string, KubernetesSecret> =>
  new Map(secrets.map((one) => [one.name, one]))

test('a Secret that turns bad is told once and stays what it was, until it is gone', () => {
  const targets = new Targets()
  assert.deepEqual(targets.update(all(secret('a', { routing_key: KEY }))), [])
  const bad = secret('a', { routing_key: 'x' }, { version: '2' })
  const [complaint] = targets.update(all(bad))
  assert.equal(complaint?.isKept, true)
  assert.equal(targets.discovered.get('a')?.written['routing_key'], KEY)
  assert.deepEqual(targets.update(all(bad)), [])
  targets.update(all())
  assert.equal(targets.discovered.size, 0)
  assert.equal(targets.update(all(bad))[0]?.isKept, false)
})

test('of two Secrets with one name, the one that is called so has it, whatever their order', () => {
  const own = secret('zz', { routing_key: KEY })
  const other = secret('aa', { routing_key: OTHER_KEY, name: 'zz' })
  for (const secrets of [all(own, other), all(other, own)]) {
    const targets = new Targets()
    const complaints = targets.update(secrets)
    assert.deepEqual(
      complaints.map(({ secret }) => secret),
      ['aa'],
    )
    assert.equal(targets.discovered.get('zz')?.secret, 'zz')
    assert.deepEqual(targets.update(secrets), [])
  }
})

test('whatever stands in a Secret, it is a destination or told, and nothing of it is shown', () => {
  const key = fc.oneof(
    fc.constantFrom(
      'routing_key',
      'url',
      'config',
      'name',
      'type',
      'enabled',
      'rate',
      'auth.bearer',
      'fallback.to',
    ),
    fc.stringMatching(/^[-._a-zA-Z0-9]{1,12}$/),
  )
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('{', 'a: *b', 'a: &a [*a]', '[1]', '- x', '{"__proto__":1}'),
  )
  const type = fc.constantFrom('', 'pagerduty', 'webhook', 'slack', 'rootly', 'email', 'constructor')
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 5 }), type, (data, type) => {
      const marked = Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, key === 'config' ? value : `${value}Hush7Hush`]),
      )
      const target = readTarget(secret('x', marked, { type }))
      assert(!problemsOf(target).join().includes('Hush7Hush'))
      assert(target.is !== 'bad' || target.problems.length > 0)
    }),
    { numRuns: 100 },
  )
})

test('a Secret that is too large for a destination is left out in a moment, whatever stands in it', () => {
  const keys = Array.from({ length: 60_000 }, (_, at) => `k${at}: v`).join('\n')
  for (const config of [keys, '['.repeat(1_000_000), '{a: '.repeat(200_000)]) {
    const [problem = ''] = problemsOf(readTarget(secret('x', { config }, { type: 'webhook' })))
    assert.match(problem, /^its data has \d+ bytes; expected at most 32768\.$/)
  }
  const fits = readTarget(secret('x', { routing_key: KEY.padEnd(32_000) }, { type: 'pagerduty' }))
  assert.equal(fits.is, 'destination')
})
