import assert from 'node:assert/strict'
import { test } from 'node:test'
import { virtualWorld, type HttpAnswer, type HttpFailure, type VirtualWorld } from '../../world/world.ts'
import type { Looking } from '../monitor.ts'
import { look } from './look.ts'
import type { Process, Result } from './result.ts'

const SETTINGS = {
  type: 'nonces',
  name: 'nonces',
  schedule: { kind: 'every', everyMs: 300_000, jitterMs: 0 },
  deadlineMs: 240_000,
  confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
  labels: {},
  links: [],
  processes: { id: 'p' },
  stateUrl: 'https://state.example',
  routerUrl: 'https://su.example/',
  excludeServers: [],
  concurrency: 1,
  perHost: 1,
  timeoutMs: 10_000,
  retries: { max: 5, baseMs: 1000, maxMs: 30_000 },
  tell: { kind: 'per_run', mismatchThreshold: 3, errorThreshold: 5 },
} as const

type Said = HttpAnswer | HttpFailure
const WELL = { status: 200, headers: {}, body: '{"assignment":{"tags":[{"name":"Nonce","value":"7"}]}}' }
const BUSY = { status: 503, headers: {}, body: '' }
const SLOW: HttpFailure = { failure: 'timeout', sent: true, reason: 'no answer' }

/** A network in which the router says this, one after another, and the state always 7. */
function network(router: (id: string, attempt: number) => Said): {
  world: VirtualWorld
  /** When the router was asked for what, in milliseconds. */
  asked: [id: string, at: number][]
} {
  const asked: [string, number][] = []
  const world = virtualWorld({
    respond: async ({ url }) => {
      const [, id = ''] = /^https:\/\/su\.example\/(\w+)\/latest$/.exec(url) ?? []
      if (id === '') return { status: 200, headers: {}, body: '7\n' }
      asked.push([id, world.clock.now() - startedAt])
      return router(id, asked.filter(([other]) => other === id).length - 1)
    },
  })
  const startedAt = world.clock.now()
  return { world, asked }
}

const processes = (...ids: string[]): Process[] =>
  ids.map((id) => ({ id, stateUrl: 'https://state.example' }))
const always = (said: Said) => (): Said => said

async function lookAll(
  { world }: { world: VirtualWorld },
  ids: string[],
  advanceMs: number,
  looking: Looking = { memory: undefined, isServed: false, signal: new AbortController().signal },
): Promise<readonly Result[]> {
  const looked = look(processes(...ids), SETTINGS, world, looking)
  await world.advance(advanceMs)
  return looked
}

test('the router is asked again, each time after about twice as long, and at most as often as configured', async () => {
  const net = network(always(BUSY))
  const [result] = await lookAll(net, ['p'], 60_000)
  assert.equal(
    result?.kind === 'error' && result.error,
    'Failed after 6 attempts: HTTP 503: Service Unavailable',
  )
  const at = net.asked.map(([, at]) => at)
  const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0))
  assert.equal(waits.length, 5)
  for (const [attempt, wait] of waits.entries()) {
    const most = 1000 * 2 ** attempt
    assert.ok(wait >= most / 2 && wait <= most, `${wait} ms before attempt ${attempt + 2}`)
  }
})

test('what passes is asked again: timeouts, broken connections, 5xx and 429; nothing else is', async () => {
  const broken: HttpFailure = {
    failure: 'connection',
    sent: true,
    reason: 'the connection broke (ECONNRESET)',
  }
  for (const said of [BUSY, SLOW, broken, { ...BUSY, status: 429 }, { ...BUSY, status: 500 }]) {
    const net = network((_, attempt) => (attempt === 0 ? said : WELL))
    const [result] = await lookAll(net, ['p'], 1_000)
    assert.equal(result?.kind, 'match')
  }
  for (const said of [
    { ...BUSY, status: 404 },
    { ...BUSY, status: 302 },
    { ...WELL, body: '<html>' },
  ]) {
    const net = network(always(said))
    const [result] = await lookAll(net, ['p'], 0)
    assert.equal(result?.kind, 'error')
    assert.equal(net.asked.length, 1)
  }
})

test('Retry-After is honoured where it is longer, and capped', async () => {
  const waitOf = async (header: string): Promise<number> => {
    const headers = { 'retry-after': header }
    const net = network((_, attempt) => (attempt === 0 ? { ...BUSY, headers } : WELL))
    await lookAll(net, ['p'], 60_000)
    return net.asked[1]?.[1] ?? -1
  }
  assert.equal(await waitOf('7'), 7_000)
  assert.equal(await waitOf('Tue, 14 Nov 2023 22:13:29 GMT'), 9_000)
  assert.equal(await waitOf('86400'), 30_000)
  for (const header of ['0', 'soon', '-5', 'Tue, 14 Nov 2000 22:13:29 GMT']) {
    const wait = await waitOf(header)
    assert.ok(wait >= 500 && wait <= 1_000, `${wait} ms for ${header}`)
  }
})

test('who waits to ask again keeps nobody else waiting, even where one is asked at a time', async () => {
  const net = network((id) => (id === 'p' ? BUSY : WELL))
  const heard: string[] = []
  const signal = new AbortController().signal
  const ids = ['p', 'q', 'r', 's']
  const looked = look(
    processes(...ids),
    SETTINGS,
    net.world,
    { memory: undefined, isServed: false, signal },
    ({ process }) => heard.push(process.id),
  )
  await net.world.settle()
  assert.deepEqual(heard, ['q', 'r', 's'])
  await net.world.advance(60_000)
  assert.deepEqual(
    (await looked).map(({ process }) => process.id),
    ids,
  )
})

test('who has waited is asked again before those that have not been begun', async () => {
  const net = network((id, attempt) => (id === 'p' && attempt === 0 ? BUSY : WELL))
  const slow: VirtualWorld['http']['request'] = async (asked) => {
    await new Promise<void>((resolve) => net.world.clock.after(300, resolve))
    return net.world.http.request(asked)
  }
  const world = { ...net.world, http: { ...net.world.http, request: slow } }
  const results = await lookAll({ world }, ['p', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], 60_000)
  assert.deepEqual(new Set(results.map(({ kind }) => kind)), new Set(['match']))
  const again = net.asked.findLastIndex(([id]) => id === 'p')
  assert.ok(again > 0 && again <= 6, `it was number ${again} of ${net.asked.length}`)
})

test('when time is over, what was seen is told, nothing is begun, and nothing waits any longer', async () => {
  const net = network((id) => (id === 'p' ? BUSY : WELL))
  const over = new AbortController()
  const progress: string[] = []
  const onProgress = (done: number, total: number): void => void progress.push(`${done}/${total}`)
  const looked = look(processes('p', 'q'), SETTINGS, net.world, {
    memory: undefined,
    isServed: false,
    signal: over.signal,
    onProgress,
  })
  await net.world.settle()
  over.abort()
  assert.deepEqual(
    (await looked).map(({ process }) => process.id),
    ['q'],
  )
  const before = net.asked.length
  await net.world.advance(60_000)
  assert.equal(net.asked.length, before)
  assert.deepEqual(progress, ['1/2'])
  const late = await lookAll(net, ['x'], 0, { memory: undefined, isServed: false, signal: over.signal })
  assert.deepEqual([late, net.asked.length], [[], before])
})

test('a router is not asked again for a process whose state cannot be had', async () => {
  const net = network(always(BUSY))
  const world = { ...net.world, http: { ...net.world.http, request: async () => BUSY } }
  const [result] = await lookAll({ world }, ['p'], 0)
  assert.equal(
    result?.kind === 'error' && result.error,
    'Failed to fetch state nonce: HTTP 503: Service Unavailable',
  )
})
