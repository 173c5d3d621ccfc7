/** `tocsin incidents`, `deliveries`, `explain`, `doctor` and `migrate`: what a person types to look and to act. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, sitDown, type Desk } from './tocsin.ts'

async function withAnIncident(desk: Desk): Promise<void> {
  desk.configure()
  await desk.tocsin('trigger', 'db-1', '--summary', 'db-1 is down', '--severity', 'critical')
}

test('the store and a running service on it say the same as JSON', async (t) => {
  const desk = await sitDown(t)
  await withAnIncident(desk)
  const { url } = await desk.serve('--log-level', 'error')
  for (const command of [['incidents'], ['deliveries', '--state', 'delivered'], ['explain', 'db-1']]) {
    const [here, there] = await Promise.all([
      desk.tocsin(...command, '--json'),
      desk.tocsin(...command, '--json', '--url', url),
    ])
    assert.deepEqual([here.code, here.stderr, there.code], [0, '', 0])
    assert.deepEqual(json(here), json(there))
  }
})

test('tables name each incident and delivery, and explain tells why', async (t) => {
  const desk = await sitDown(t)
  await withAnIncident(desk)
  const incidents = await desk.tocsin('incidents')
  assert.match(
    incidents.stdout,
    /^ID +STATUS .*\n1 +triggered +critical +oncall +db-1 +triggered .*db-1 is down\n$/,
  )
  const deliveries = await desk.tocsin('deliveries')
  assert.match(deliveries.stdout, /^ID +STATE .*\n1 +delivered +trigger +oncall +db-1 .*Event processed\n$/)
  for (const named of [['db-1'], ['--incident', '1'], ['--fingerprint', 'key:db-1']]) {
    const explained = await desk.tocsin('explain', ...named)
    assert.equal(explained.code, 0)
    assert.match(explained.stdout, /^Incident 1 at oncall: triggered, critical\n/)
    assert.match(explained.stdout, /first-firing .*an incident was opened/)
  }
  const unknown = await desk.tocsin('explain', 'db-2')
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /^Nothing is known of that/)
})

test('what is not told on purpose says why, and until when it is held', async (t) => {
  const desk = await sitDown(t)
  desk.configure({
    routes: [
      { match: { team: 'few' }, to: 'oncall', when: { count: { at_least: 2 } }, group_by: 'team' },
      { match: { team: 'held' }, to: 'oncall', hold: { trigger: '1h' } },
      { to: 'oncall', repeat: { every: '1h' } },
    ],
  })
  const trigger = (team: string): Promise<unknown> =>
    desk.tocsin('trigger', team, '--summary', 'down', '--label', `team=${team}`)
  await trigger('few')
  await trigger('held')
  const silence = ['silence', 'add', 'team=mute', '--for', '1h', '--author', 'maria', '--reason', 'why']
  assert.equal((await desk.tocsin(...silence)).code, 0)
  await trigger('mute')
  const { stdout } = await desk.tocsin('incidents')
  assert.match(stdout, / mute .*muted: silence \S+ by maria/)
  assert.match(stdout, /held back: too few alerts fire in it/)
  assert.match(
    (await desk.tocsin('explain', 'held')).stdout,
    /\n {2}Held until 20\S+Z, as its route asks\.\n/,
  )
  assert.match((await desk.tocsin('explain', '--incident', '1')).stdout, /\n {2}Held back: too few alerts/)
  await trigger('told')
  assert.match(
    (await desk.tocsin('explain', 'told')).stdout,
    /\n {2}Told again at 20\S+Z, as its route asks\.\n/,
  )
  const { url } = await desk.serve('--log-level', 'error')
  assert.match(await (await fetch(`${url}/incidents/2`)).text(), /held until .*as its route asks/s)
})

test('a person resolves by the number, here and at a service', async (t) => {
  const desk = await sitDown(t)
  await withAnIncident(desk)
  const acknowledged = await desk.tocsin('incidents', 'acknowledge', '1')
  assert.deepEqual([acknowledged.code, acknowledged.stderr], [0, ''])
  assert.equal(desk.emulator.incident('db-1')?.status, 'acknowledged')
  const { url } = await desk.serve('--log-level', 'error')
  const resolved = await desk.tocsin('incidents', 'resolve', '1', '--url', url)
  assert.deepEqual([resolved.code, resolved.stderr], [0, ''])
  await desk.emulator.waitFor('db-1', 'resolved')
  assert.equal((await desk.tocsin('incidents', 'resolve', '77')).code, 1)
})

test('a store that is not there is not made by looking', async (t) => {
  const { tocsin } = await sitDown(t)
  const ran = await tocsin('incidents')
  assert.equal(ran.code, 2)
  assert.match(ran.stderr, /^There is no store at \.\/tocsin\.db\.\n/)
  assert.equal((await tocsin('incidents')).code, 2)
})

test('an answer of any size arrives whole', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  const { url } = await desk.serve('--log-level', 'error')
  const details = { text: 'x'.repeat(500) }
  const alerts = Array.from({ length: 400 }, (_, n) => ({
    dedup_key: `k-${n}`,
    summary: 'y'.repeat(500),
    details,
  }))
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/v1/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) })
  const ran = await desk.tocsin('incidents', '--limit', '1000', '--json', '--url', url)
  assert.equal(ran.code, 0)
  assert.equal((json(ran) as { incidents: unknown[] }).incidents.length, 400)
})

test('migrate names what it applied, once', async (t) => {
  const { tocsin } = await sitDown(t)
  const first = await tocsin('migrate', '--store', 'new.db')
  assert.equal(first.code, 0)
  assert.match(first.stdout, /^new\.db: applied 0001-/)
  assert.equal((await tocsin('migrate', '--store', 'new.db')).stdout, 'new.db is up to date.\n')
})

test('doctor finds a sound installation well, and pages nobody', async (t) => {
  const desk = await sitDown(t)
  await withAnIncident(desk)
  const ran = await desk.tocsin('doctor')
  assert.deepEqual([ran.code, ran.stderr], [0, ''])
  for (const said of ['✓ node', '✓ config', '✓ store', '✓ destination oncall', '✓ clock'])
    assert.ok(ran.stdout.includes(said), `${said} in ${ran.stdout}`)
  assert.equal(desk.emulator.events().length, 1, 'the trigger from before, and no other')
})

test('doctor says what is wrong and what to do, and exits 1', async (t) => {
  const desk = await sitDown(t)
  desk.configure({
    store: `sqlite:${join(desk.folder, 'no/such/tocsin.db')}`,
    destinations: { oncall: { type: 'pagerduty', routing_key: 'x'.repeat(32), url: 'http://127.0.0.1:9' } },
  })
  const ran = await desk.tocsin('doctor', '--json')
  assert.equal(ran.code, 1)
  const { ok, findings } = json(ran) as {
    ok: boolean
    findings: { verdict: string; about: string; next: string }[]
  }
  assert.equal(ok, false)
  const bad = findings.filter(({ verdict }) => verdict === 'bad')
  assert.deepEqual(
    bad.map(({ about }) => about),
    ['disk', 'destination oncall'],
  )
  assert.ok(bad.every(({ next }) => next !== ''))
})

test('emulate serves https with a certificate that can be trusted', async (t) => {
  const desk = await sitDown(t)
  const emulator = desk.start('emulate', '--port', '0', '--tls', '--ca-file', 'ca.pem')
  const [, url = ''] = await emulator.printed(/listens on (https:\S+)/)
  const [, ca = ''] = await emulator.printed(/export NODE_EXTRA_CA_CERTS=(\S+)/)
  assert.equal(ca, join(desk.folder, 'ca.pem'))
  const env = { PAGERDUTY_URL: url, NODE_EXTRA_CA_CERTS: ca }
  const ran = await desk.scriptIn(env, 'trigger', 'db-1', '--summary', 'db-1 is down', '--timeout', '5s')
  assert.deepEqual([ran.code, ran.stderr], [0, ''])
})
