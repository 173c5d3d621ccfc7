/**
 * No secret of the config leaves it: every way to fail is taken, with the log at its most talkative, and then everything
 * that can be read from outside is searched for every secret, in several spellings.
 *
 * What a sender writes into a summary, a label or a detail is its own text: it is stored and told as it came, whatever
 * stands there. Of that, this test only asks that what is refused is not stored, logged or shown.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { ask, isTaken, send, type Answered } from './sender.ts'
import { configOf, runCommand, startService, tempFolder, type ServiceProcess } from './service-process.ts'
import { until } from './until.ts'

const SECRETS = {
  oncall: 'Onca11KeyThatNobodyMayEverSee001',
  refused: 'RefusedKeyThatNobodyMayEverSee02',
  absent: 'AbsentKeyThatNobodyMayEverSee003',
  echoing: 'EchoingKeyThatNobodyMayEverSee04',
  source: 'SourceKeyThatNobodyMayEverSee005',
  everything: 'token/for+everything=&that"nobody\\may%see',
  metrics: 'token-for-metrics-that-nobody-may-see',
} as const

const DESTINATIONS = ['oncall', 'refused', 'absent', 'echoing'] as const

suite('no secret of the config leaves it', { concurrency: true }, () => {
  test('none stands in a log, an answer, a metric, a page or the store', whenEverythingFails)
  test('none is shown when a config that holds it in the wrong place is refused', whenTheConfigIsWrong)
})

async function whenEverythingFails(t: TestContext): Promise<void> {
  const found = new Findings()
  const emulator = await openEmulator({ limit: 0, keys: [SECRETS.oncall] })
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const service = await startService(await configWithSecrets(t, folder, emulator.url), {
    logLevel: 'debug',
    env: envOf(SECRETS),
  })
  for (const name of DESTINATIONS) await send(`${service.url}/v1/alerts`, alert(name), bearer())
  await emulator.waitFor('oncall-failed', 'triggered')
  // What is no trigger and no resolve is logged for those who debug only.
  await send(`${service.url}/v1/alerts`, { ...alert('oncall'), status: 'acknowledged' }, bearer())
  await emulator.waitFor('oncall-failed', 'acknowledged')
  await until('what is refused is dead', 10_000, async () => {
    const dead = await ask(`${service.url}/v1/deliveries?state=dead`, { headers: bearer() })
    return ['refused', 'echoing'].every((name) => dead?.text.includes(`"destination":"${name}"`))
  })
  for (const faults of [
    { status: 429, retry_after: 0 },
    { status: 503 },
    { cut: 'before' },
    { hang: true },
  ] as const) {
    emulator.faults(faults)
    const seen = emulator.events().length
    await send(`${service.url}/v1/alerts`, alert('oncall', JSON.stringify(faults)), bearer())
    await until('it was tried', 10_000, () => emulator.events().length > seen)
  }
  emulator.faults({})
  for (const answer of await misuse(service)) found.look('an answer to misuse', answer?.text)
  await readEverything(service, found)
  for (const path of ['/', '/emulator/events', '/emulator/incidents'])
    found.look(`the emulator's ${path}`, (await ask(emulator.url + path))?.text)
  lookAtFiles(folder, found)
  assert.equal((await service.stop()).code, 0)
  lookAtFiles(folder, found)
  found.look('the log', service.output)
  assert.match(service.output, /"level":20/, 'the log is at its most talkative')
  assert.match(service.output, /rate-limited|rate limit/)
  assert.match(service.output, /could not connect/)
  assert.match(service.output, /no answer within/)
  assert.match(service.output, /refused the event/)
  assert.deepEqual(found.places, [])
  t.diagnostic(`${found.looked} texts, ${found.bytes} bytes searched for ${spellings.length} spellings`)
}

async function whenTheConfigIsWrong(t: TestContext): Promise<void> {
  const found = new Findings()
  const folder = tempFolder(t)
  const env = envOf(SECRETS)
  const right = `routing_key: ${SECRETS.oncall}, type: pagerduty`
  const wrong: readonly string[] = [
    `destinations: { oncall: { ${right}, region: ${SECRETS.oncall} } }`,
    `destinations: { oncall: { ${right}, timeout: ${SECRETS.oncall} } }`,
    `destinations: { oncall: { ${right}, url: "http://${SECRETS.oncall}@127.0.0.1/x" } }`,
    `destinations: { oncall: { ${right}, ${SECRETS.oncall}: yes } }`,
    `destinations: { oncall: { ${right} } }\nroutes: [{ to: ${SECRETS.oncall} }]`,
    `destinations: { oncall: { ${right} } }\nstore: ${SECRETS.oncall}`,
    `destinations: { oncall: { ${right} } }\nserver: { listen: ${SECRETS.oncall} }`,
    `destinations: { oncall: { ${right} } }\nserver: { tokens: [{ token: ${SECRETS.oncall}, for: ${SECRETS.oncall} }] }`,
    `destinations: { oncall: { routing_key: ${SECRETS.oncall}x, type: pagerduty } }`,
    `destinations: { oncall: { type: "\${ONCALL}", region: "\${ONCALL}", routing_key: "\${ONCALL}" } }`,
    `destinations: { oncall: { ${right} } }\nunsent_pair: "\${EVERYTHING}"\nretry_for: "\${EVERYTHING}"`,
    `destinations: { oncall: { ${right}\n`,
  ]
  const path = join(folder, 'wrong.yaml')
  for (const text of wrong) {
    writeFileSync(path, text)
    const command = runCommand(['serve', '--config', path], { env })
    const { code } = await command.exited
    assert.equal(code, 2, `${text}\nwas not refused:\n${command.output}`)
    found.look(`the refusal of ${text}`, command.output)
  }
  assert.deepEqual(found.places, [])
}

/** Every secret comes in the ways there are: from the environment, from a file, and as it stands. */
async function configWithSecrets(t: TestContext, folder: string, emulatorUrl: string): Promise<string> {
  writeFileSync(join(folder, 'refused.key'), `${SECRETS.refused}\n`)
  const pagerduty = { type: 'pagerduty', url: emulatorUrl, rate: 'none', timeout: '300ms' } as const
  return configOf(folder, emulatorUrl, {
    server: {
      listen: '127.0.0.1:0',
      tokens: ['${EVERYTHING}', { token: SECRETS.metrics, for: 'metrics' }],
    },
    destinations: {
      oncall: { ...pagerduty, routing_key: '${ONCALL}' },
      refused: { ...pagerduty, routing_key_file: 'refused.key' },
      absent: { ...pagerduty, routing_key: SECRETS.absent, url: 'http://127.0.0.1:9' },
      echoing: { ...pagerduty, routing_key: SECRETS.echoing, url: await openEcho(t) },
    },
    sources: { app: { routing_key: SECRETS.source } },
    routes: DESTINATIONS.map((to) => ({ match: { to }, to })),
  })
}

function envOf(secrets: typeof SECRETS): Record<string, string> {
  return { ONCALL: secrets.oncall, EVERYTHING: secrets.everything }
}

/** A destination that answers 400 with all it was sent, headers and key included. */
async function openEcho(t: TestContext): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const errors = [body, body.toUpperCase(), JSON.stringify(request.headers), ...body.split('"')]
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: 'invalid event', message: body, errors }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function bearer(token: string = SECRETS.everything): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function alert(to: string, name = 'failed'): object {
  return { dedup_key: `${to}-${name}`, summary: `${to} ${name}`, severity: 'critical', labels: { to } }
}

/** Everything a sender can get wrong, with a secret wherever one could slip in. None of it may be taken. */
async function misuse({ url }: ServiceProcess): Promise<readonly (Answered | undefined)[]> {
  const key = SECRETS.oncall
  const { source } = SECRETS
  const payload = { summary: 'x', source: 'x', severity: 'error' }
  const trigger = { routing_key: key, event_action: 'trigger', payload }
  const events: unknown[] = [
    { ...trigger, event_action: key },
    { ...trigger, payload: { ...payload, severity: key } },
    { ...trigger, payload: { ...payload, timestamp: key } },
    { ...trigger, payload: key },
    { ...trigger, event_action: 'resolve' },
    { ...trigger, routing_key: [key] },
    { ...trigger, routing_key: `${key}x` },
    { ...trigger, routing_key: source, payload: { severity: 'error' } },
    { ...trigger, dedup_key: key.repeat(20) },
    key,
    [key],
    `{"routing_key":"${key}"`,
  ]
  const changes = [{ ...trigger, payload: key }, { ...trigger, routing_key: `${key}x` }, ...events.slice(-3)]
  const own: unknown[] = [
    { [key]: 'x' },
    { routing_key: key, dedup_key: 'x', summary: 'x' },
    { dedup_key: 'x', summary: 'x', severity: key },
    { dedup_key: 'x', summary: 'x', status: key },
    { dedup_key: 'x', summary: 'x', starts_at: key },
    { dedup_key: 'x', summary: 'x', links: [{ href: key }] },
    { dedup_key: 'x', summary: 'x', labels: { [key]: [key] } },
    { dedup_key: 'x', summary: 'x', ttl: key },
    key,
  ]
  const pushes: unknown[] = [
    key,
    [{ labels: { alertname: [key] } }],
    [{ labels: { alertname: 'x' }, startsAt: key }],
  ]
  const answers = [
    ...(await sendEach(`${url}/v2/enqueue`, events)),
    ...(await sendEach(`${url}/v2/change/enqueue`, changes)),
    ...(await sendEach(`${url}/v1/alerts`, own)),
    ...(await sendEach(`${url}/api/v2/alerts`, pushes)),
    ...(await sendEach(`${url}/intake/alertmanager`, [{ version: '4', status: key, alerts: key }, key])),
    ...(await sendEach(`${url}/intake/grafana`, [{ version: '1', status: key, alerts: [key] }, key])),
    await send(`${url}/v2/enqueue`, trigger, { 'x-routing-key': key, 'content-type': key }),
    await send(`${url}/v1/alerts`, alert('oncall'), bearer(SECRETS.metrics)),
    await send(`${url}/v1/alerts`, alert('oncall'), bearer(key)),
    await send(`${url}/v1/alerts`, alert('oncall'), { authorization: SECRETS.everything }),
    await send(`${url}/v1/alerts`, alert('oncall'), { authorization: `Basic ${SECRETS.metrics}` }),
  ]
  const token = encodeURIComponent(SECRETS.everything)
  const paths = [
    `/v1/incidents/${key}`,
    `/v1/incidents?token=${token}`,
    `/${key}`,
    `/?key=${key}&token=${token}`,
  ]
  for (const path of [
    ...paths,
    `/v1/explain?key=${key}`,
    `/v1/explain?incident=${key}`,
    `/api/v2/alerts?filter=${key}`,
  ])
    answers.push(await ask(url + path), await ask(url + path, { headers: bearer() }))
  return answers.filter((answer) => !isTaken(answer))
}

async function sendEach(url: string, bodies: readonly unknown[]): Promise<readonly (Answered | undefined)[]> {
  const answers: (Answered | undefined)[] = []
  for (const body of bodies) {
    const answer = await send(url, body, bearer())
    assert.equal(isTaken(answer), false, `${url} took ${JSON.stringify(body)}`)
    answers.push(answer)
  }
  return answers
}

/** Every endpoint that can be read, and what it says. */
async function readEverything({ url }: ServiceProcess, found: Findings): Promise<void> {
  const read = async (path: string): Promise<Answered | undefined> => {
    const answer = await ask(url + path, { headers: bearer() })
    assert.equal(answer?.status, 200, `${path} answered ${answer?.status}: ${answer?.text}`)
    found.look(path, answer.text + JSON.stringify([...answer.headers]))
    return answer
  }
  const described = await read('/openapi.json')
  const { paths } = JSON.parse(described?.text ?? '') as { paths: Record<string, object> }
  const readable = Object.keys(paths).filter((path) => 'get' in (paths[path] ?? {}) && !path.includes('{'))
  assert.ok(readable.length >= 8, `openapi.json names ${readable.join(', ')}`)
  for (const path of new Set([
    '/',
    '/metrics',
    '/healthz',
    '/readyz',
    '/api/v2/alerts',
    '/api/v2/status',
    ...readable,
  ]))
    if (path !== '/v1/explain') await read(path)
  await read('/?status=all')
  const listed = await read('/v1/incidents?status=all')
  await read('/v1/deliveries?state=all')
  const { incidents } = JSON.parse(listed?.text ?? '') as { incidents: { id: number; dedup_key: string }[] }
  assert.ok(incidents.length >= DESTINATIONS.length)
  for (const { id, dedup_key: key } of incidents) {
    await read(`/incidents/${id}`)
    await read(`/v1/incidents/${id}`)
    await read(`/v1/explain?key=${encodeURIComponent(key)}`)
  }
  found.look(
    '/metrics with its own token',
    (await ask(`${url}/metrics`, { headers: bearer(SECRETS.metrics) }))?.text,
  )
}

/** The store's files as they lie on the disk, the log of what was written last included. */
function lookAtFiles(folder: string, found: Findings): void {
  const files = readdirSync(folder).filter((name) => name.startsWith('tocsin.db'))
  assert.ok(files.length > 0)
  for (const name of files) found.look(name, readFileSync(join(folder, name), 'latin1'))
}

/** A secret as it is, as it is written in other places, and enough of it to guess the rest. */
const spellings: readonly { readonly name: string; readonly text: string }[] = Object.entries(
  SECRETS,
).flatMap(([name, secret]) =>
  Array.from(
    new Set([
      ...[0, 1, 2].map((shift) => base64Within(secret, shift)),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      ...[secret, secret.split('').toReversed().join('')].flatMap((text) => [
        text.slice(0, 16),
        text.slice(-16),
      ]),
    ]),
    (text) => ({ name, text: text.toLowerCase() }),
  ),
)

/** What base64 makes of a secret wherever it stands, without the ends that depend on what is beside it. */
function base64Within(secret: string, shift: number): string {
  return Buffer.from(' '.repeat(shift) + secret)
    .toString('base64')
    .slice(4, -4)
}

class Findings {
  readonly places: string[] = []
  looked = 0
  bytes = 0

  look(place: string, text = ''): void {
    this.looked++
    this.bytes += text.length
    const lower = text.toLowerCase()
    for (const spelling of spellings) {
      const at = lower.indexOf(spelling.text)
      if (at >= 0)
        this.places.push(`${spelling.name} in ${place}: ${text.slice(Math.max(0, at - 60), at + 60)}`)
    }
  }
}
