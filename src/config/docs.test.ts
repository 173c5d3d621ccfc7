import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { configSchema, fromObject, type Config } from './config.ts'

const DOC = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const FULL = readFileSync(new URL('../../examples/full.yaml', import.meta.url), 'utf8')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly description?: string
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** What stands for a schema that is in itself, as a route is: once is enough. */
function unfolded(schema: Schema, within: readonly Schema[]): Schema {
  const name = schema.$ref?.replace('#/definitions/', '')
  const meant = name === undefined ? schema : SCHEMA.definitions?.[name]
  return meant === undefined || within.includes(meant) ? {} : meant
}

/** Every key of the schema, such as `routes[].hold.trigger`, with what the schema says of it. */
function* keysOf(
  folded: Schema,
  path = '',
  within: readonly Schema[] = [],
): Generator<readonly [key: string, schema: Schema]> {
  const schema = unfolded(folded, within)
  const around = [...within, schema]
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const place = path === '' ? key : `${path}.${key}`
    yield [place, inner]
    yield* keysOf(inner, place, around)
  }
  if (schema.additionalProperties) yield* keysOf(schema.additionalProperties, `${path}.NAME`, around)
  if (schema.items !== undefined) yield* keysOf(schema.items, `${path}[]`, around)
  const kinds = schema.anyOf ?? []
  // What stands alone or in a list of its like has its keys told once.
  const isMap = kinds.some((kind) => kind.properties !== undefined)
  for (const kind of kinds) if (!isMap || kind.items === undefined) yield* keysOf(kind, path, around)
}

/** Every key that a value uses, in the same form. */
function* keysIn(value: unknown, known: readonly string[], path = ''): Generator<string> {
  if (Array.isArray(value)) {
    const isTold = known.some((key) => key.startsWith(`${path}[]`))
    // What is in a route is a route.
    const items = (isTold ? `${path}[]` : path).replace(/^routes\[\]\.routes(\[\])?$/, 'routes[]')
    for (const item of value) yield* keysIn(item, known, items)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const place = path === '' ? key : `${path}.${key}`
      const isKey = known.includes(place)
      if (isKey) yield place
      yield* keysIn(inner, known, isKey ? place : `${path}.NAME`)
    }
  }
}

const SCHEMA: Schema = configSchema()
const KEYS = [...new Set([...keysOf(SCHEMA)].map(([key]) => key))].toSorted(inOrder)

function inOrder(one: string, other: string): number {
  return one < other ? -1 : 1
}

test('every key there is has its row in the reference, and every row its key', () => {
  const rows = [...DOC.matchAll(/^\| `([a-z_A-Z[\].]+)` \|/gm)].map(([, key = '']) => key)
  assert.deepEqual(rows.toSorted(inOrder), KEYS)
})

test('the reference names the defaults that are', () => {
  for (const [key, schema] of keysOf(SCHEMA)) {
    const value = 'default' in schema ? schema.default : undefined
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue
    const row = DOC.split('\n').find((line) => line.startsWith(`| \`${key}\` |`))
    assert.equal(row?.split('|')[3]?.trim(), `\`${String(value)}\``, key)
  }
})

test('the reference ends with the full example, which uses every key', () => {
  const [last] = [...DOC.matchAll(/```yaml\n([^`]*(?:`[^`]+`[^`]*)*?)\n```/g)].slice(-1)
  assert.equal(last?.[1], FULL.trimEnd())
  const used = new Set(keysIn(parse(FULL), KEYS))
  assert.deepEqual(
    // Of a secret and the file that holds it, a map that stands once can use but one.
    KEYS.filter((key) => !used.has(key) && !used.has(key.replace(/^(heartbeat\..*)_file$/, '$1'))),
    [],
  )
})

test('every key tells editors what it means', () => {
  for (const [key, schema] of keysOf(SCHEMA)) {
    assert(schema.description !== undefined && schema.description.length > 8, key)
  }
})

test('the type of a config has every key', () => {
  // The compiler holds the names; the set of them is held here.
  const config: Required<Config> = {
    store: 'sqlite::memory:',
    server: {
      listen: '127.0.0.1:0',
      tokens: ['a-token-of-some-length', { token: 'another-token-of-ours', for: 'api' }, { token_file: 'a' }],
      limits: { body: 4096, alerts: 1, labels: 1, request_timeout: '1s' },
    },
    destinations: {
      oncall: {
        type: 'pagerduty',
        routing_key: '0'.repeat(32),
        region: 'eu',
        url: 'http://127.0.0.1:8351',
        api_token: 'y_abc',
        from: 'tocsin@example.org',
        api_url: 'http://127.0.0.1:8351',
        timeout: '1s',
        rate: { limit: 1, window: '1s' },
        storm: { over: 1 },
        fallback: { to: 'filed', after: '1s' },
        default_severity: 'info',
        auto_resolve: false,
        when: {
          value: { field: 'a', at_least: 1, until_below: 1 },
          count: { at_least: 1 },
          trend: { field: 'a', checks: 1 },
        },
      },
      filed: {
        type: 'pagerduty',
        routing_key_file: 'b',
        api_token_file: 'b',
        from: 'tocsin@example.org',
        storm: 'off',
      },
      hook: {
        type: 'webhook',
        url: 'http://127.0.0.1:9000/hook',
        signing_keys: [`whsec_${'A'.repeat(32)}`, { key: `whsec_${'B'.repeat(32)}` }, { key_file: 'f' }],
        auth: { bearer: 'b' },
        headers: { accept: 'text/plain' },
        body: '{{ summary }}',
        content_type: 'text/plain',
        allow_private: true,
      },
      filedHook: { type: 'webhook', url_file: 'd', auth: { bearer_file: 'd' } },
      basic: { type: 'webhook', url_file: 'd', auth: { basic: { username: 'u', password: 'p' } } },
      filedBasic: { type: 'webhook', url_file: 'd', auth: { basic: { username: 'u', password_file: 'd' } } },
      header: { type: 'webhook', url_file: 'd', auth: { header: { name: 'X-API-Key', value: 'p' } } },
      rootly: {
        type: 'rootly',
        token: 'rootly-token',
        service_ids: ['a'],
        group_ids: ['b'],
        environment_ids: ['c'],
        alert_urgency_id: { critical: 'a', error: 'b', warning: 'c', info: 'd' },
        notification_target: { type: 'Service', id: 'a' },
        description: '{{ summary }}',
      },
      mir3: {
        type: 'mir3',
        username: 'u',
        password: 'p',
        notification: { critical: 'a', error: 'b', warning: 'c', info: 'd' },
        api_version: '4.7',
      },
      mail: {
        type: 'email',
        smtp: 'mail.example.org',
        tls: 'starttls',
        username: 'u',
        password: 'p',
        ca_file: 'm',
        from: 'a@example.org',
        to: ['b@example.org'],
        cc: 'c@example.org',
        subject: '{{ summary }}',
        body: '{{ summary }}',
        html: '{{ summary }}',
      },
      filedMail: {
        type: 'email',
        smtp: 'mail.example.org:25',
        username: 'u',
        password_file: 'd',
        from: 'a@example.org',
        to: 'b@example.org',
      },
      slack: { type: 'slack', token: 'xoxb-1', channel: 'C0123456789', text: '{{ summary }}' },
      filedSlack: { type: 'slack', token_file: 'g', channel: '#alerts' },
      slackHook: { type: 'slack', webhook_url: 'https://hooks.slack.com/services/T0/B0/0' },
      filedSlackHook: { type: 'slack', webhook_url_file: 'd' },
      filedHeader: { type: 'webhook', url_file: 'd', auth: { header: { name: 'X-Key', value_file: 'd' } } },
    },
    discover: { kubernetes: { namespace: 'n', selector: 's=t', kubeconfig_file: 'k' } },
    sources: { one: { routing_key: '1'.repeat(32) }, two: { routing_key_file: 'c' } },
    monitors: {
      nonces: {
        type: 'nonces',
        processes: 'p',
        state_url: 'http://state.example',
        router_url: 'https://router.example',
        exclude_servers: 'a',
        concurrency: 1,
        per_host: 1,
        timeout: '1s',
        retries: { max: 1, base: '1s', max_delay: '1s' },
        tell: 'per_process',
        threshold: 1,
        severity_by: { critical: 4, error: 3, warning: 2, info: 1 },
        error_severity: 'info',
        fold_errors_over: 1,
        dated_keys: false,
        every: '1m',
        jitter: '1s',
        deadline: '1s',
        confirm: { trouble: 1, of: 1, well: 1, for: '1s', growing: 1 },
        severity: 'info',
        labels: { team: 'a' },
        links: [{ href: 'https://runbooks.example', text: 'Runbook' }],
      },
      run: {
        type: 'nonces',
        process_id: 'a',
        tell: 'per_run',
        mismatch_threshold: 1,
        error_threshold: 1,
        schedule: '*/5 * * * *',
        timezone: 'Europe/Berlin',
        dedup_key: '{{ type }}',
      },
      site: {
        type: 'http',
        url: ['https://a.example', 'http://b.example'],
        method: 'POST',
        headers: { accept: 'text/plain' },
        bearer: 'b',
        body: '{}',
        concurrency: 1,
        expect: { status: [200, '2xx'], body: 'ok', latency: '1s', certificate: '14d' },
      },
      filedSite: { type: 'http', url: 'https://a.example', bearer_file: 'd' },
      backup: { type: 'heartbeat', within: '1d', grace: '1h', of: 'nonces' },
      ci: {
        type: 'workflows',
        repository: 'a/b',
        url: 'https://github.example/api/v3',
        token: 't',
        branch: 'main',
        workflows: ['ci.yaml', 1],
      },
      filedCi: { type: 'workflows', repository: 'a/b', token_file: 'd' },
      rate: {
        type: 'metric',
        url: 'https://a.example',
        path: 'a.b',
        above: 2,
        below: 1,
        unit: '%',
        missing: 'well',
      },
      queue: { type: 'metric', prometheus: 'http://prometheus.example:9090', query: 'up', below: 1 },
      disk: {
        type: 'exec',
        command: ['check_disk', '-w', '10%'],
        directory: 'e',
        env: { A: 'b' },
        codes: { 1: 'warning', 3: 'info' },
      },
    },
    routes: [
      {
        name: 'a',
        match: { a: [1, true, 'b'] },
        to: ['oncall'],
        continue: true,
        group_by: ['a'],
        when: [
          { value: { field: 'a', at_least: 1, until_below: 1 }, count: { at_least: 1 } },
          { trend: { field: 'a', checks: 1 } },
        ],
        dedup_key: '{{ a }}',
        ttl: '1s',
        hold: { trigger: '1s', resolve: '1s' },
        repeat: { every: '1h', how: 'page' },
        on_join: 'page',
        on_mute: 'ack',
        during: 'office',
        not_during: ['freeze'],
        summary: '{{ a }}',
        details: { a: '{{ a }}' },
        routes: [{ match: { b: 'c' }, repeat: '1h', details: '{{ a }}' }],
      },
      { match: ['a=b'], to: 'oncall' },
    ],
    severity: {
      default: 'info',
      map: { a: 'info' },
      rules: [
        { match: { a: 'b' }, by: { field: 'a', critical: 4, error: 3, warning: 2, info: 1 } },
        { set: 'info' },
      ],
    },
    times: {
      office: [{ days: 'mon-fri', hours: '09:00-17:00', timezone: 'Europe/Berlin' }],
      freeze: { from: '2026-12-20T00:00:00Z', until: '2027-01-02T00:00:00Z' },
    },
    inhibit: [{ name: 'a', source: { a: 'b' }, target: ['c=d'], equal: ['e'] }],
    classification: { may_lower: true },
    update_on: 'details',
    unsent_pair: 'tell',
    resolve_timeout: '1s',
    retention: { ledger: '1h', incidents: '1h' },
    retry_for: '1m',
    drain: '1s',
    audit: { late: '1m' },
    heartbeat: { url: 'https://beats.example/1', every: '10s' },
  }
  const filed: Required<Config>['heartbeat'] = { url_file: 'd' }
  const used = new Set([...keysIn(config, KEYS), ...keysIn({ heartbeat: filed }, KEYS)])
  assert.deepEqual([...used].toSorted(inOrder), KEYS)
  const files: Readonly<Record<string, string>> = {
    a: 'a-token-in-a-file!',
    m: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    d: 'https://hooks.example/secret',
    f: `whsec_${'C'.repeat(32)}`,
    g: 'xoxb-2',
  }
  const readFile = (path: string): string => files[path] ?? path.repeat(32)
  for (const heartbeat of [config.heartbeat, filed]) {
    const parsed = fromObject({ ...config, heartbeat }, { readFile })
    assert(parsed.ok, JSON.stringify(parsed))
  }
})
