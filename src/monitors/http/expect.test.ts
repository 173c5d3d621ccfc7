import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../alert/alert.ts'
import { virtualWorld, type Certificates, type HttpAnswer } from '../../world/world.ts'
import type { Observation, Observed } from '../observation.ts'
import type { HttpSettings } from '../settings.ts'
import { httpMonitor } from './http.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

test('an answer that comes late is a warning, and one in time is none', async () => {
  for (const [tookMs, isTrouble] of [
    [2_000, false],
    [2_001, true],
  ] as const) {
    const world = virtualWorld({
      respond: () => new Promise<HttpAnswer>((resolve) => world.clock.after(tookMs, () => resolve(OK))),
    })
    const looking = look(world, { expect: { ...GOOD, latencyMs: 2_000 } })
    await world.advance(tookMs)
    const latency = of('latency', await looking)
    assert.equal(latency.isTrouble, isTrouble)
    if (!isTrouble) continue
    assert.equal(latency.finding.severity, 'warning')
    assert.equal(latency.finding.summary, 'https://shop.example/ takes longer than 2000 ms to answer')
    assert.deepEqual(latency.finding.details, {
      url: 'https://shop.example/',
      status: 200,
      latency_ms: 2_001,
      expected: '2000 ms at most',
    })
  }
})

test('a certificate is trouble when it lasts too short, and worse in its last three days', async () => {
  const told = async (leftMs: number): Promise<readonly unknown[]> => {
    const { isTrouble, finding } = of(
      'certificate',
      await look(worldOf(async () => ({ expiresAt: NOW + leftMs }))),
    )
    return [isTrouble, finding.severity, finding.summary.replace('The certificate of shop.example:443 ', '')]
  }
  assert.deepEqual(await told(14 * DAY_MS), [false, 'info', 'expires in 14 days (2026-01-15)'])
  assert.deepEqual(await told(14 * DAY_MS - 1), [true, 'warning', 'expires in 13 days (2026-01-14)'])
  assert.deepEqual(await told(3 * DAY_MS), [true, 'warning', 'expires in 3 days (2026-01-04)'])
  assert.deepEqual(await told(3 * DAY_MS - 1), [true, 'error', 'expires in 2 days (2026-01-03)'])
  assert.deepEqual(await told(HOUR_MS), [true, 'error', 'expires in less than a day (2026-01-01)'])
  assert.deepEqual(await told(-DAY_MS), [true, 'error', 'expired 1 day ago (2025-12-31)'])
})

test('it is judged where nobody answers, and by nobody where none can be had', async () => {
  const respond = async () => ({ failure: 'connection', sent: false, reason: 'CERT_HAS_EXPIRED' }) as const
  const expired = await look(worldOf(async () => ({ expiresAt: NOW - 1 }), respond))
  assert.equal(of('status', expired).isTrouble, true)
  assert.equal(of('certificate', expired).finding.severity, 'error')
  const world = virtualWorld({ now: NOW, respond: async () => OK })
  const unknown = await look(world)
  assert.deepEqual(typesOf(unknown), ['status'])
  assert.deepEqual(world.lines, [
    {
      level: 'warn',
      message: 'a certificate could not be looked at',
      data: { monitor: 'web', place: 'shop.example:443', reason: 'nothing listens there' },
    },
  ])
})

test('a server shows its certificate once for all its addresses, and only where there is TLS', async () => {
  const asked: (readonly [string, number])[] = []
  const world = worldOf(async (host, port) => {
    asked.push([host, port])
    return { expiresAt: NOW + 90 * DAY_MS }
  })
  const urls = [
    'https://shop.example/a',
    'https://shop.example/b',
    'https://shop.example:8443/',
    'https://[::1]/',
    'http://shop.example/',
  ]
  const types = typesOf(await look(world, { urls })).filter((type) => type === 'certificate')
  assert.equal(types.length, 3)
  assert.deepEqual(asked, [
    ['shop.example', 443],
    ['shop.example', 8443],
    ['::1', 443],
  ])
  assert.deepEqual(
    typesOf(await look(world, { urls, expect: GOOD })),
    Array.from(urls, () => 'status'),
  )
  assert.equal(asked.length, 3)
})

test('a certificate that was well is not looked at again within the hour, one that was not is', async () => {
  let looks = 0
  let expiresAt = NOW + 90 * DAY_MS
  const world = worldOf(async () => ({ expiresAt: ((looks += 1), expiresAt) }))
  let memory: Json | undefined
  const again = async (): Promise<readonly [number, boolean]> => {
    const observed = await look(world, {}, memory)
    assert.ok(observed.kind === 'seen')
    // As the store gives it back.
    memory = JSON.parse(JSON.stringify(observed.memory)) as Json
    return [looks, of('certificate', observed).isTrouble]
  }
  assert.deepEqual(await again(), [1, false])
  assert.deepEqual(memory, { 'shop.example:443': { lookedAt: NOW, expiresAt } })
  await world.advance(HOUR_MS - 1)
  assert.deepEqual(await again(), [1, false])
  expiresAt = NOW + DAY_MS
  await world.advance(1)
  assert.deepEqual(await again(), [2, true])
  assert.deepEqual(memory, {})
  assert.deepEqual(await again(), [3, true])
  expiresAt = NOW + 90 * DAY_MS
  assert.deepEqual(await again(), [4, false])
  assert.deepEqual(await again(), [4, false])
})

test('what it remembers is of the servers of today, and nonsense is nothing', async () => {
  const expiresAt = NOW + 90 * DAY_MS
  const world = worldOf(async () => ({ expiresAt }))
  const kept = { lookedAt: NOW, expiresAt }
  const observed = await look(world, {}, { 'gone.example:443': kept, 'shop.example:443': { lookedAt: 'x' } })
  assert.ok(observed.kind === 'seen')
  assert.deepEqual(observed.memory, { 'shop.example:443': kept })
  for (const memory of [null, 7, 'x', [1]]) assert.equal(typesOf(await look(world, {}, memory)).length, 2)
})

const OK: HttpAnswer = { status: 200, headers: {}, body: '' }
const GOOD: HttpSettings['expect'] = { status: [{ from: 200, to: 299 }] }

function worldOf(
  certificateOf: Certificates['expiry'],
  respond: NonNullable<Parameters<typeof virtualWorld>[0]>['respond'] = async () => OK,
): ReturnType<typeof virtualWorld> {
  return virtualWorld({ now: NOW, respond, certificateOf })
}

function look(
  world: ReturnType<typeof virtualWorld>,
  more: Partial<HttpSettings> = {},
  memory?: Json,
): Promise<Observed> {
  const settings: HttpSettings = {
    type: 'http',
    name: 'web',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 60_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    urls: ['https://shop.example'],
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    concurrency: 10,
    expect: { ...GOOD, certificateMs: 14 * DAY_MS },
    ...more,
  }
  const { signal } = new AbortController()
  return httpMonitor(settings).observe(world, { memory, signal, isServed: false })
}

function typesOf(observed: Observed): readonly string[] {
  assert.ok(observed.kind === 'seen')
  return observed.observations.map(({ type }) => type)
}

function of(type: string, observed: Observed): Observation {
  assert.ok(observed.kind === 'seen')
  const found = observed.observations.find((observation) => observation.type === type)
  assert.ok(found !== undefined, `no ${type}`)
  return found
}
