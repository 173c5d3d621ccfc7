import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig, printConfig, type ParsedConfig, type SlackSettings } from '../config.ts'

const TOKEN = 'xoxb-1234567890-aToken'
const HOOK = 'https://hooks.slack.com/services/T0/B0/secret'

const FILES: Readonly<Record<string, string>> = { 'slack.token': `${TOKEN}\n`, 'slack.url': `${HOOK}\n` }

function parse(keys: string): ParsedConfig {
  const readFile = (path: string): string => FILES[path] ?? assert.fail(path)
  const text = `destinations:\n  ops: { type: slack, ${keys} }\n`
  return parseConfig(text, { path: 'tocsin.yaml', env: {}, readFile })
}

function slackOf(keys: string): SlackSettings {
  const parsed = parse(keys)
  assert(parsed.ok, JSON.stringify(parsed))
  const [found] = parsed.settings.destinations
  assert(found?.type === 'slack')
  return found
}

test('a channel is told by a bot, from the config or from a file', () => {
  for (const keys of [`token: ${TOKEN}`, 'token_file: slack.token']) {
    const { way, ...rest } = slackOf(`${keys}, channel: C0123456789`)
    assert(way.kind === 'bot')
    assert.deepEqual([way.token(), way.channel, way.url], [TOKEN, 'C0123456789', undefined])
    assert.deepEqual(rest, {
      name: 'ops',
      type: 'slack',
      timeoutMs: 10_000,
      rate: { limit: 10, windowMs: 10_000 },
      stormOver: 300,
    })
  }
})

test('or through an incoming webhook, from the config or from a file', () => {
  for (const keys of [`webhook_url: '${HOOK}'`, 'webhook_url_file: slack.url']) {
    const { way } = slackOf(keys)
    assert(way.kind === 'webhook')
    assert.equal(way.url(), HOOK)
  }
})

test('every other key reaches its setting', () => {
  const { way, text, rate, timeoutMs } = slackOf(
    `token: ${TOKEN}, channel: '#alerts', url: 'http://127.0.0.1:8000/api', text: '*{{ summary }}*', rate: none, timeout: 3s`,
  )
  assert(way.kind === 'bot')
  assert.deepEqual(
    [way.channel, way.url, text?.text],
    ['#alerts', 'http://127.0.0.1:8000/api', '*{{ summary }}*'],
  )
  assert.deepEqual([rate, timeoutMs], [undefined, 3_000])
})

test('printed, it shows every default and no secret, and means the same when it is read again', () => {
  for (const keys of [
    `token: ${TOKEN}, channel: '#alerts', text: '{{ summary }}'`,
    'token_file: slack.token, channel: C0123456789, url: https://slack.example/api',
    `webhook_url: '${HOOK}'`,
    'webhook_url_file: slack.url',
  ]) {
    const parsed = parse(keys)
    assert(parsed.ok)
    const printed = printConfig(parsed.effective)
    assert.ok(!printed.includes(TOKEN) && !printed.includes(HOOK), printed)
    assert.match(printed, /limit: 10\n\s+window: 10s/)
    const again = printed
      .replace('webhook_url: (secret)', `webhook_url: '${HOOK}'`)
      .replace('token: (secret)', `token: ${TOKEN}`)
    const readFile = (path: string): string => FILES[path] ?? assert.fail(path)
    const reparsed = parseConfig(again, { path: 'tocsin.yaml', env: {}, readFile })
    assert(reparsed.ok, JSON.stringify(reparsed))
    assert.deepEqual(reparsed.effective, parsed.effective)
  }
})

/** What is written, and what is told of it. */
const CASES: readonly (readonly [name: string, keys: string, ...problems: readonly [string, string][]])[] = [
  [
    'no way to it',
    'channel: C0123456789',
    ['destinations.ops', 'destinations.ops has neither token nor webhook_url; expected one of the two.'],
  ],
  [
    'two ways to it',
    `token: ${TOKEN}, channel: C0123456789, webhook_url: '${HOOK}'`,
    ['destinations.ops', 'destinations.ops has both token and webhook_url; expected one of the two.'],
  ],
  [
    'a bot without a channel',
    `token: ${TOKEN}`,
    ['destinations.ops.channel', 'destinations.ops.channel is missing; expected it beside token.'],
  ],
  [
    'a channel, and a base, beside a webhook',
    `webhook_url: '${HOOK}', channel: C0123456789, url: https://slack.example/api`,
    [
      'destinations.ops.channel',
      'destinations.ops.channel stands beside webhook_url, which leads to one channel; leave it out.',
    ],
    [
      'destinations.ops.url',
      'destinations.ops.url stands beside webhook_url, which leads to one channel; leave it out.',
    ],
  ],
  [
    'a channel that is none',
    `token: ${TOKEN}, channel: 'two words'`,
    [
      'destinations.ops.channel',
      'destinations.ops.channel is "two words"; expected the id of a channel such as C0123456789, or its name such as "#alerts".',
    ],
  ],
  [
    'a token of another kind, and a template that cannot be read',
    `token: xapp-1-secret, channel: C0123456789, text: '{{ summary'`,
    [
      'destinations.ops.token',
      'destinations.ops.token is no token of an app in a workspace; expected one that begins with xoxb-.',
    ],
    [
      'destinations.ops.text',
      'destinations.ops.text is "{{ summary"; expected a template: output "{{ summary" not closed.',
    ],
  ],
  [
    'a webhook without encryption',
    'webhook_url: http://hooks.example/secret',
    [
      'destinations.ops.webhook_url',
      'destinations.ops.webhook_url is http, which would show it to everybody on the way; expected https.',
    ],
  ],
  [
    'misspelt keys',
    `token: ${TOKEN}, channel: C0123456789, chanel: x, webhok_url: y`,
    ['destinations.ops.chanel', 'destinations.ops.chanel: no such key. Did you mean "channel"?'],
    ['destinations.ops.webhok_url', 'destinations.ops.webhok_url: no such key. Did you mean "webhook_url"?'],
  ],
]

for (const [name, keys, ...problems] of CASES) {
  test(`${name}: every problem is told, and no secret`, () => {
    const parsed = parse(keys)
    assert(!parsed.ok)
    const seen = parsed.problems.map(({ path, message }) => [path, message])
    const inOrder = (list: readonly (readonly string[])[]): readonly unknown[] => list.map(String).sort()
    assert.deepEqual(inOrder(seen), inOrder(problems))
    assert.ok(!JSON.stringify(parsed).includes('secret'))
  })
}

test('a secret in the wrong place is not quoted', () => {
  for (const secret of [TOKEN, HOOK]) {
    const parsed = parse(`token: ${TOKEN}, channel: '${secret}'`)
    assert(!parsed.ok)
    assert.deepEqual(
      parsed.problems.map(({ message }) => message),
      [
        'destinations.ops.channel is a secret; expected a channel there, and the secret under token or webhook_url.',
      ],
    )
  }
})
