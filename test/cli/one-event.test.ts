/** `tocsin trigger`, `acknowledge`, `resolve` and `change`, as scripts and cron jobs use them: one event, and an exit code. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, ROUTING_KEY, sitDown } from './tocsin.ts'

test('a trigger that was delivered exits 0 and says who was told', async (t) => {
  const { script, emulator } = await sitDown(t)
  const args = [
    '--summary',
    'db-1 is down',
    '--severity',
    'critical',
    '--label',
    'team=db',
    '--detail',
    'disk=91%',
  ]
  const ran = await script('trigger', 'db-1', ...args, '--link', 'https://wiki.example/db=Run book')
  assert.deepEqual(ran, {
    code: 0,
    stdout: 'Told pagerduty: the trigger of db-1 (first-firing).\n',
    stderr: '',
  })
  const [event] = emulator.events()
  const body = event?.event as {
    payload: { summary: string; severity: string; source: string; custom_details: Record<string, unknown> }
    links: unknown
  }
  const { summary, severity, source, custom_details: details } = body.payload
  assert.deepEqual([summary, severity], ['db-1 is down', 'critical'])
  assert.notEqual(source, 'cli', 'who is paged wants to know the machine')
  assert.equal(details['disk'], '91%')
  assert.deepEqual(body.links, [{ href: 'https://wiki.example/db', text: 'Run book' }])
})

test('a repeat exits 0 and says why nothing was told', async (t) => {
  const { script, emulator } = await sitDown(t)
  const trigger = ['trigger', 'db-1', '--summary', 'db-1 is down']
  await script(...trigger)
  const ran = await script(...trigger)
  assert.equal(ran.code, 0)
  assert.match(ran.stdout, /^Nothing to tell: .*\(unchanged\)\.\n$/)
  assert.equal(emulator.events().length, 1)
})

test('acknowledge and resolve find the incident by its key alone', async (t) => {
  const { script, emulator } = await sitDown(t)
  await script('trigger', '--key', 'db-1', '--summary', 'db-1 is down')
  assert.equal((await script('acknowledge', 'db-1')).code, 0)
  assert.equal(emulator.incident('db-1')?.status, 'acknowledged')
  assert.equal((await script('resolve', 'db-1')).code, 0)
  assert.equal(emulator.incident('db-1')?.status, 'resolved')
})

test('a change is told once, as a change', async (t) => {
  const { script, emulator } = await sitDown(t)
  const ran = await script('change', '--summary', 'deployed v2', '--json')
  assert.deepEqual([ran.code, json(ran)['status']], [0, 'delivered'])
  assert.deepEqual(
    emulator.events().map(({ endpoint }) => endpoint),
    ['/v2/change/enqueue'],
  )
})

test('while PagerDuty is away a trigger exits 3, is kept, and the next run delivers it', async (t) => {
  const { script, emulator } = await sitDown(t)
  emulator.faults({ status: 503 })
  const away = await script('trigger', 'db-1', '--summary', 'db-1 is down', '--timeout', '300ms')
  assert.equal(away.code, 3)
  assert.equal(away.stdout, '')
  assert.match(away.stderr, /^Could not tell pagerduty of the trigger of db-1 within 300ms: .*503/)
  assert.match(
    away.stderr,
    /kept in \.\/tocsin\.db: the next such command delivers it, or a `tocsin serve` that has a destination "pagerduty"\.\n$/,
  )
  emulator.faults({})
  const back = await script('trigger', 'db-2', '--summary', 'db-2 is down')
  assert.equal(back.code, 0)
  assert.deepEqual(
    ['db-1', 'db-2'].map((key) => emulator.incident(key)?.status),
    ['triggered', 'triggered'],
  )
})

test('a repeat after an outage delivers what the first could not, and exits 0', async (t) => {
  const { script, emulator } = await sitDown(t)
  emulator.faults({ cut: 'before' })
  const trigger = ['trigger', 'db-1', '--summary', 'db-1 is down', '--timeout', '2s']
  assert.equal((await script(...trigger)).code, 3)
  emulator.faults({})
  const ran = await script(...trigger)
  assert.equal(ran.code, 0)
  assert.match(ran.stdout, /^Told pagerduty/)
  assert.equal(emulator.incident('db-1')?.pages, 1)
})

test('an event whose command was killed while PagerDuty hung goes out with the next run', async (t) => {
  const { start, script, configure, emulator } = await sitDown(t)
  configure()
  emulator.faults({ hang: true })
  const killed = start('trigger', 'db-1', '--summary', 'db-1 is down')
  while (emulator.events().length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  await killed.stop()
  emulator.faults({})
  const ran = await script('trigger', 'db-2', '--summary', 'db-2 is down')
  assert.equal(ran.code, 0)
  assert.equal(emulator.incident('db-1')?.status, 'triggered')
})

test('an event that PagerDuty refuses exits 3 with its reason, and can be retried by hand', async (t) => {
  const { script, emulator } = await sitDown(t)
  emulator.faults({ status: 400 })
  const refused = await script('trigger', 'db-1', '--summary', 'db-1 is down')
  assert.equal(refused.code, 3)
  assert.match(
    refused.stderr,
    /^pagerduty refused the trigger of db-1: .*400.*`tocsin deliveries retry 1`\.\n$/,
  )
  emulator.faults({})
  const retried = await script('deliveries', 'retry', '1')
  assert.deepEqual([retried.code, retried.stderr], [0, ''])
  assert.equal(emulator.incident('db-1')?.status, 'triggered')
})

test('two triggers at the same time on one new file both exit 0', async (t) => {
  const { script, emulator } = await sitDown(t)
  const keys = ['a', 'b', 'c', 'd']
  const rans = await Promise.all(keys.map((key) => script('trigger', key, '--summary', `${key} is down`)))
  assert.deepEqual(
    rans.map(({ code, stderr }) => [code, stderr]),
    keys.map(() => [0, '']),
  )
  assert.deepEqual(
    keys.map((key) => emulator.incident(key)?.pages),
    [1, 1, 1, 1],
  )
})

test('beside a running service on the same file, an event is told once', async (t) => {
  const { tocsin, serve, configure, emulator } = await sitDown(t)
  configure()
  await serve('--log-level', 'error')
  for (const [verb, status] of [['trigger', 'triggered'] as const, ['resolve', 'resolved'] as const]) {
    const ran = await tocsin(verb, 'db-1', '--summary', 'db-1 is down')
    assert.deepEqual([ran.code, ran.stderr], [0, ''])
    assert.equal(emulator.incident('db-1')?.status, status)
  }
  assert.equal(emulator.events().length, 2)
})

test('with --url a running service takes it, and tells', async (t) => {
  const { tocsin, serve, configure, emulator } = await sitDown(t)
  const token = 'a-token-of-at-least-16'
  configure({ server: { listen: '127.0.0.1:0', tokens: [token] } })
  const { url } = await serve('--log-level', 'error')
  const trigger = ['trigger', 'db-1', '--summary', 'db-1 is down', '--url', url]
  const refused = await tocsin(...trigger)
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /TOCSIN_TOKEN/)
  const ran = await tocsin(...trigger, '--token', token, '--json')
  assert.equal(ran.code, 0)
  assert.deepEqual(json(ran), {
    status: 'taken',
    reasons: ['first-firing'],
    fingerprint: 'key:db-1',
    dedup_key: 'db-1',
    url,
  })
  await emulator.waitFor('db-1', 'triggered')
})

test('with --url and nobody there, it exits 3', async (t) => {
  const { tocsin } = await sitDown(t)
  const ran = await tocsin('trigger', 'db-1', '--summary', 'x', '--url', 'http://127.0.0.1:9')
  assert.equal(ran.code, 3)
  assert.match(ran.stderr, /^The Tocsin at http:\/\/127\.0\.0\.1:9 did not answer: .*ECONNREFUSED/)
})

test('--json says what became of it, for each destination', async (t) => {
  const { script } = await sitDown(t)
  const ran = await script('trigger', 'db-1', '--summary', 'db-1 is down', '--json')
  assert.deepEqual(json(ran), {
    status: 'delivered',
    reasons: ['first-firing'],
    deliveries: [
      {
        id: 1,
        destination: 'pagerduty',
        incident_id: 1,
        status: 'delivered',
        attempts: 1,
        outcome: 'Event processed',
      },
    ],
    store: './tocsin.db',
    fingerprint: 'key:db-1',
    dedup_key: 'db-1',
  })
})

test('one destination told and one not exits 1', async (t) => {
  const { tocsin, configure, emulator } = await sitDown(t)
  const oncall = { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } as const
  configure({ destinations: { oncall, away: { ...oncall, url: 'http://127.0.0.1:9' } } })
  const ran = await tocsin('trigger', 'db-1', '--summary', 'db-1 is down', '--timeout', '500ms')
  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /Told oncall/)
  assert.match(ran.stderr, /Could not tell away/)
})

test('an event that no route matches exits 1, and one that is held exits 0 and says until when', async (t) => {
  const { tocsin, configure } = await sitDown(t)
  configure({ routes: [{ match: { team: 'db' }, to: 'oncall', hold: { trigger: '1h' } }] })
  const unrouted = await tocsin('trigger', 'web-1', '--summary', 'web-1 is down')
  assert.equal(unrouted.code, 1)
  assert.match(unrouted.stderr, /\(unrouted\)/)
  const held = await tocsin('trigger', 'db-1', '--summary', 'db-1 is down', '--label', 'team=db')
  assert.equal(held.code, 0)
  assert.match(held.stdout, /^Held until 2/)
})

test('without anybody to tell it exits 2 and says what to set', async (t) => {
  const { tocsin } = await sitDown(t)
  const ran = await tocsin('trigger', 'db-1', '--summary', 'x')
  assert.equal(ran.code, 2)
  for (const way of ['PAGERDUTY_ROUTING_KEY', '--config', '--url']) assert.ok(ran.stderr.includes(way), way)
})

test('what is wrong with an event or a config is told at once, without a secret', async (t) => {
  const { tocsin, script, configure } = await sitDown(t)
  const event = await script('trigger', 'k'.repeat(256), '--summary', 'x', '--severity', 'bananas')
  assert.equal(event.code, 2)
  assert.match(event.stderr, /dedup_key: .*256/s)
  configure({
    routes: [{ to: 'onccall' }],
    destinations: { oncall: { type: 'pagerduty', routing_key: `${ROUTING_KEY}0` } },
  })
  const config = await tocsin('trigger', 'db-1', '--summary', 'x')
  assert.equal(config.code, 2)
  assert.match(config.stderr, /destinations\.oncall\.routing_key/)
  assert.match(config.stderr, /routes\[0\]\.to/)
  assert.doesNotMatch(config.stderr, new RegExp(ROUTING_KEY))
})

test('a command every moment beside a service does not keep an alert from being over', async (t) => {
  const { script, tocsin, serve, configure, emulator } = await sitDown(t)
  configure({ routes: [{ to: 'oncall', ttl: '1s' }] })
  await serve('--log-level', 'error')
  await tocsin('trigger', 'db-1', '--summary', 'db-1 is down')
  // As many as it takes, and no more than a service that is right would need.
  for (let n = 0; n < 40 && emulator.incident('db-1')?.status === 'triggered'; n++)
    await script('trigger', `other-${n}`, '--summary', 'x', '--config', 'tocsin.yaml')
  assert.equal(emulator.incident('db-1')?.status, 'resolved')
})
