import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '../config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const SIGNING_KEY = `whsec_${'A'.repeat(32)}`

function problemsOf(text: string): readonly (readonly [path: string, message: string])[] {
  const parsed = parseConfig(text, {
    path: 'tocsin.yaml',
    env: { KEY },
    readFile: () => assert.fail('there is no file'),
  })
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => [path, message])
}

const AROUND = `destinations:\n  oncall: { type: pagerduty, routing_key: ${KEY} }\n`
const pagerDuty = (more: string): string =>
  `destinations:\n  ops: { type: pagerduty, routing_key: ${KEY}, ${more} }\n`
const webhook = (more: string): string => `destinations:\n  ops: { type: webhook, ${more} }\n`
const reachable = (more: string): string => webhook(`url: 'https://hooks.example/a', ${more}`)

/** What is wrong, the text, and what is told of it. */
const CASES: readonly (readonly [name: string, text: string, ...problems: readonly [string, string][]])[] = [
  [
    'a webhook without an address',
    webhook('allow_private: true'),
    ['destinations.ops.url', 'destinations.ops.url is missing; expected it, or url_file.'],
  ],
  [
    "a key of another kind's",
    reachable('region: eu'),
    [
      'destinations.ops.region',
      'destinations.ops.region: no such key. Known: type, url, url_file, signing_keys, auth, headers, body, content_type, allow_private, timeout, rate, storm, fallback, default_severity, auto_resolve, when.',
    ],
  ],
  [
    'a misspelt key of a webhook',
    reachable('signing_key: x'),
    [
      'destinations.ops.signing_key',
      'destinations.ops.signing_key: no such key. Did you mean "signing_keys"?',
    ],
  ],
  [
    'an address of another kind',
    webhook('url: ftp://hooks.example'),
    [
      'destinations.ops.url',
      'destinations.ops.url is no http or https address; expected one such as https://example.org/hook.',
    ],
  ],
  [
    'an address with a password',
    webhook('url: https://u:p@hooks.example'),
    [
      'destinations.ops.url',
      'destinations.ops.url is an address with a user name or password; leave them out, no request would carry them.',
    ],
  ],
  [
    'an address with a fragment',
    webhook("url: 'https://hooks.example/#a'"),
    [
      'destinations.ops.url',
      'destinations.ops.url is an address with a fragment; leave it out, no request would carry it.',
    ],
  ],
  [
    'http without a word of a private network',
    webhook('url: http://127.0.0.1:9000/hook'),
    [
      'destinations.ops.url',
      'destinations.ops.url is http, which would show it to everybody on the way; expected https, or allow_private: true for a network of your own.',
    ],
  ],
  [
    'a signing key that is none',
    reachable('signing_keys: [ hello ]'),
    [
      'destinations.ops.signing_keys[0]',
      'destinations.ops.signing_keys[0] is no signing key; expected whsec_ and the base64 of 24 to 64 random bytes, as from: echo "whsec_$(openssl rand -base64 32)".',
    ],
  ],
  [
    'a signing key that is too short',
    reachable(`signing_keys: [ ${SIGNING_KEY}, { key: whsec_QUFB } ]`),
    [
      'destinations.ops.signing_keys[1].key',
      'destinations.ops.signing_keys[1].key holds 3 bytes; expected whsec_ and the base64 of 24 to 64 random bytes, as from: echo "whsec_$(openssl rand -base64 32)".',
    ],
  ],
  [
    'a signing key without a value',
    reachable('signing_keys: [ {} ]'),
    [
      'destinations.ops.signing_keys[0].key',
      'destinations.ops.signing_keys[0].key is missing; expected it, or key_file.',
    ],
  ],
  [
    'signing keys that are no list',
    reachable(`signing_keys: ${SIGNING_KEY}`),
    ['destinations.ops.signing_keys', 'destinations.ops.signing_keys is not a list; expected one.'],
  ],
  [
    'two ways to show who we are',
    reachable('auth: { bearer: a, header: { name: X-Key, value: b } }'),
    [
      'destinations.ops.auth',
      'destinations.ops.auth has bearer and header; expected one of bearer, basic and header.',
    ],
  ],
  [
    'no way to show who we are',
    reachable('auth: {}'),
    ['destinations.ops.auth', 'destinations.ops.auth has none; expected one of bearer, basic and header.'],
  ],
  [
    'a token of two words',
    reachable('auth: { bearer: a b }'),
    [
      'destinations.ops.auth.bearer',
      'destinations.ops.auth.bearer has blanks or characters beyond ASCII; expected none.',
    ],
  ],
  [
    'a user without a password',
    reachable('auth: { basic: { username: tocsin } }'),
    [
      'destinations.ops.auth.basic.password',
      'destinations.ops.auth.basic.password is missing; expected it, or password_file.',
    ],
  ],
  [
    'a password without a user',
    reachable('auth: { basic: { password: a } }'),
    [
      'destinations.ops.auth.basic.username',
      'destinations.ops.auth.basic.username is missing; expected text such as tocsin.',
    ],
  ],
  [
    'a user with a colon in the name',
    reachable("auth: { basic: { username: 'a:b', password: a } }"),
    [
      'destinations.ops.auth.basic.username',
      'destinations.ops.auth.basic.username is "a:b"; a user name has no ":" and no control characters; expected another.',
    ],
  ],
  [
    'a header that is ours',
    reachable('auth: { header: { name: Webhook-Id, value: a } }'),
    [
      'destinations.ops.auth.header.name',
      'destinations.ops.auth.header.name is "Webhook-Id"; we write that header ourselves; expected another.',
    ],
  ],
  [
    'a header with a blank in its name',
    reachable("auth: { header: { name: 'X Key', value: a } }"),
    [
      'destinations.ops.auth.header.name',
      'destinations.ops.auth.header.name is "X Key"; expected the name of a header, such as X-API-Key.',
    ],
  ],
  [
    'a header with more than ASCII in it',
    reachable('auth: { header: { name: X-Key, value: ä } }'),
    [
      'destinations.ops.auth.header.value',
      'destinations.ops.auth.header.value has characters beyond ASCII; expected none.',
    ],
  ],
  [
    'a header that is another option`s',
    reachable('headers: { Content-Type: text/plain }'),
    [
      'destinations.ops.headers.Content-Type',
      'destinations.ops.headers.Content-Type is "text/plain"; we write that header ourselves; expected another.',
    ],
  ],
  [
    'a header that would show a secret',
    reachable('headers: { Authorization: Bearer abc, Accept: text/plain }'),
    [
      'destinations.ops.headers.Authorization',
      'destinations.ops.headers.Authorization would show a secret; expected it under auth.',
    ],
  ],
  [
    'headers that are none',
    reachable('headers: { "a b": c, Accept: 7 }'),
    [
      'destinations.ops.headers["a b"]',
      'destinations.ops.headers["a b"] is "c"; expected the name of a header, such as Accept, before its value.',
    ],
    [
      'destinations.ops.headers.Accept',
      'destinations.ops.headers.Accept is 7; expected text of ASCII characters.',
    ],
  ],
  [
    'a body that is no template',
    reachable("body: '{% if summary %}'"),
    [
      'destinations.ops.body',
      'destinations.ops.body is "{% if summary %}"; expected a template: tag {% if summary %} not closed.',
    ],
  ],
  [
    'a content type that is none',
    reachable("body: '{{ summary }}', content_type: json"),
    [
      'destinations.ops.content_type',
      'destinations.ops.content_type is "json"; expected a media type such as application/json or text/plain; charset=utf-8.',
    ],
  ],
  [
    'a body that is no JSON once a text has quotes in it',
    reachable('body: \'{"title": "{{ summary }}"}\''),
    [
      'destinations.ops.body',
      'destinations.ops.body is "{\\"title\\": \\"{{ summary }}\\"}"; expected a template that comes to JSON whatever an alert says, or another content_type: each text as {{ summary | json }}, with no quotes around it.',
    ],
  ],
  [
    'a token for notes, and nobody whose notes they are',
    pagerDuty('api_token: abc'),
    [
      'destinations.ops.from',
      'destinations.ops.from is missing; expected the e-mail address of a user, whose notes they are.',
    ],
  ],
  [
    'a user for notes, and no token',
    pagerDuty('from: tocsin@example.org'),
    ['destinations.ops.api_token', 'destinations.ops.api_token is missing; expected it, or api_token_file.'],
  ],
  [
    'a token of two words, for nobody, somewhere else',
    pagerDuty('api_token: a b, from: tocsin, api_url: http://api.example'),
    [
      'destinations.ops.api_token',
      'destinations.ops.api_token has blanks or characters beyond ASCII; expected none.',
    ],
    [
      'destinations.ops.from',
      'destinations.ops.from is "tocsin"; expected the e-mail address of a user, such as tocsin@example.org.',
    ],
    [
      'destinations.ops.api_url',
      'destinations.ops.api_url is http to api.example, which would show what is secret to everybody on the way; expected https.',
    ],
  ],
  [
    'a fallback that is nobody',
    pagerDuty('fallback: { to: opss }'),
    [
      'destinations.ops.fallback.to',
      'destinations.ops.fallback.to is "opss"; no such destination. Did you mean "ops"?',
    ],
  ],
  [
    'a fallback without a name',
    pagerDuty('fallback: { after: 1m }'),
    [
      'destinations.ops.fallback.to',
      'destinations.ops.fallback.to is missing; expected the name of another destination.',
    ],
  ],
  [
    'a destination that is its own fallback',
    pagerDuty('fallback: { to: ops }'),
    [
      'destinations.ops.fallback.to',
      'destinations.ops.fallback.to is the destination itself; expected another.',
    ],
  ],
  [
    'fallbacks in a circle',
    `destinations:
  lead: { type: webhook, url: https://a.example, fallback: { to: a } }
  a: { type: webhook, url: https://a.example, fallback: { to: b } }
  b: { type: webhook, url: https://a.example, fallback: { to: c } }
  c: { type: webhook, url: https://a.example, fallback: { to: a } }
  after: { type: webhook, url: https://a.example, fallback: { to: c } }
`,
    [
      'destinations.a.fallback.to',
      'destinations.a.fallback.to leads in a circle: a -> b -> c -> a; expected one that comes to an end.',
    ],
  ],
  [
    'two circles',
    `destinations:
  a: { type: webhook, url: https://a.example, fallback: { to: b } }
  b: { type: webhook, url: https://a.example, fallback: { to: a } }
  c: { type: webhook, url: https://a.example, fallback: { to: d } }
  d: { type: webhook, url: https://a.example, fallback: { to: c } }
`,
    [
      'destinations.a.fallback.to',
      'destinations.a.fallback.to leads in a circle: a -> b -> a; expected one that comes to an end.',
    ],
    [
      'destinations.c.fallback.to',
      'destinations.c.fallback.to leads in a circle: c -> d -> c; expected one that comes to an end.',
    ],
  ],
  [
    'a fallback at once',
    `${AROUND}  ops: { type: webhook, url: https://a.example, fallback: { to: oncall, after: 500ms } }\n`,
    [
      'destinations.ops.fallback.after',
      'destinations.ops.fallback.after is "500ms"; expected a duration from 1s to 1d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
    ],
  ],
  [
    'a storm that is a number',
    pagerDuty('storm: 5'),
    ['destinations.ops.storm', 'destinations.ops.storm is 5; expected off, or a map with over.'],
  ],
  [
    'a storm of none',
    pagerDuty('storm: { over: 0 }'),
    [
      'destinations.ops.storm.over',
      'destinations.ops.storm.over is 0; expected a whole number from 1 to 1000000.',
    ],
  ],
  [
    'a heartbeat without an address',
    `${AROUND}heartbeat: { every: 1m }\n`,
    ['heartbeat.url', 'heartbeat.url is missing; expected it, or url_file.'],
  ],
  [
    'a heartbeat that everybody on the way can read',
    `${AROUND}heartbeat: { url: http://beats.example/1 }\n`,
    ['heartbeat.url', 'heartbeat.url is http, which would show it to everybody on the way; expected https.'],
  ],
  [
    'a heartbeat too often',
    `${AROUND}heartbeat: { url: https://beats.example/1, every: 1s }\n`,
    [
      'heartbeat.every',
      'heartbeat.every is "1s"; expected a duration from 10s to 1h, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
    ],
  ],
  [
    'an audit that never finds anything',
    `${AROUND}audit: { late: 2d }\n`,
    [
      'audit.late',
      'audit.late is "2d"; expected a duration from 1m to 1d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
    ],
  ],
]

for (const [name, text, ...problems] of CASES)
  test(`${name} is told with its place and what is accepted`, () => {
    assert.deepEqual(problemsOf(text), problems)
  })

test('what is wrong in one destination hides nothing that is wrong in another', () => {
  const text = `destinations:
  a: { type: webhok, url: https://a.example }
  b: { type: webhook, url: ftp://b.example, timeout: soon }
  c: { type: pagerduty, routing_key: short, storm: on }
`
  assert.deepEqual(
    problemsOf(text).map(([path]) => path),
    [
      'destinations.a.type',
      'destinations.b.url',
      'destinations.b.timeout',
      'destinations.c.routing_key',
      'destinations.c.storm',
    ],
  )
})
