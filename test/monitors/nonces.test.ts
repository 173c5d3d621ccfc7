import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { noncesMonitor, type NoncesListener } from '../../src/monitors/nonces/nonces.ts'
import type { Result } from '../../src/monitors/nonces/result.ts'
import type { Looking } from '../../src/monitors/monitor.ts'
import type { Observed } from '../../src/monitors/observation.ts'
import type { NoncesSettings } from '../../src/monitors/settings.ts'
import { systemWorld, virtualWorld, type World } from '../../src/world/world.ts'
import { Ao, type AoAnswer } from '../vendors/ao.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-nonces-'))
const real = systemWorld({ logLevel: 'error' })
after(async () => {
  await real.http.close()
  rmSync(folder, { recursive: true })
})

const FILE = join(folder, 'process-ids.txt')

function settingsFor(ao: Ao, change: Partial<NoncesSettings> = {}): NoncesSettings {
  return {
    type: 'nonces',
    name: 'nonces',
    schedule: { kind: 'every', everyMs: 300_000, jitterMs: 0 },
    deadlineMs: 240_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    processes: { path: FILE },
    stateUrl: ao.stateUrl,
    routerUrl: ao.routerUrl,
    excludeServers: [],
    concurrency: 10,
    perHost: 10,
    timeoutMs: 5_000,
    retries: { max: 0, baseMs: 1, maxMs: 2 },
    tell: { kind: 'per_run', mismatchThreshold: 3, errorThreshold: 5 },
    ...change,
  }
}

interface Looked {
  readonly observed: Observed
  readonly results: readonly Result[]
  readonly warnings: readonly string[]
}

async function observe(
  settings: NoncesSettings,
  looking: Partial<Looking> = {},
  world: World = real,
): Promise<Looked> {
  let done: Parameters<NonNullable<NoncesListener['onDone']>>[0] = { results: [], tookMs: 0, warnings: [] }
  const monitor = noncesMonitor(settings, { onDone: (run) => void (done = run) })
  const signal = new AbortController().signal
  return {
    observed: await monitor.observe(world, { memory: undefined, isServed: false, signal, ...looking }),
    ...done,
  }
}

/** What comes of one process that is answered like this. */
async function lookAtOne(
  state: string | AoAnswer,
  router: AoAnswer | readonly AoAnswer[],
  change?: Partial<NoncesSettings>,
): Promise<Result> {
  await using ao = await Ao.open()
  ao.say('p', state, router)
  const { results } = await observe(settingsFor(ao, { processes: { id: 'p' }, ...change }))
  assert.deepEqual(ao.complaints, [])
  return results[0] ?? assert.fail('nothing was seen')
}
const errorOf = (result: Result): readonly string[] =>
  result.kind === 'error' ? [result.error, result.errorType] : [result.kind]
const tags = (value: unknown): AoAnswer => ({ body: JSON.stringify({ assignment: { tags: value } }) })

test('an answer of the router that makes no sense is told for what it is, in the words of the document', async () => {
  const answers: [AoAnswer, string | RegExp][] = [
    [{ body: 'null' }, 'Invalid JSON response structure'],
    [{ body: '"7"' }, 'Invalid JSON response structure'],
    [{ body: '{}' }, 'Missing assignment object in response'],
    [{ body: '{"assignment":"7"}' }, 'Missing assignment object in response'],
    [{ body: '{"assignment":{}}' }, 'Missing or invalid assignment.tags array'],
    [tags({ Nonce: '7' }), 'Missing or invalid assignment.tags array'],
    [tags([]), 'Nonce tag not found in assignment.tags'],
    [tags([{ name: 'nonce', value: '7' }]), 'Nonce tag not found in assignment.tags'],
    [tags([{ name: 'Nonce' }]), 'Nonce tag has no value'],
    [tags([{ name: 'Nonce', value: null }]), 'Nonce tag has no value'],
    [tags([{ name: 'Nonce', value: 'seven' }]), 'Nonce tag holds no whole number: "seven"'],
    [
      { body: '<html>\nsorry' },
      /^Failed to parse JSON from SU Router: Unexpected token '<', "<html> sorry" is not valid JSON$/,
    ],
    [{ body: '' }, /^Failed to parse JSON from SU Router: \S/],
    [
      { body: `"${'x'.repeat(5_000_001)}"` },
      'Failed to parse JSON from SU Router: it is longer than 5000000 bytes',
    ],
  ]
  for (const [answer, expected] of answers) {
    const [error = '', errorType] = errorOf(await lookAtOne('7', answer))
    if (typeof expected === 'string') assert.equal(error, expected)
    else assert.match(error, expected)
    assert.equal(errorType, 'validation')
  }
})

test('a router that does not answer, or with a bad status, is told for that', async () => {
  const busy = { status: 503 }
  const retries = { retries: { max: 2, baseMs: 1, maxMs: 2 } }
  assert.deepEqual(errorOf(await lookAtOne('7', { status: 404 })), [
    'Failed to fetch SU Router nonce: HTTP 404: Not Found',
    'http',
  ])
  assert.deepEqual(errorOf(await lookAtOne('7', busy)), [
    'Failed to fetch SU Router nonce: HTTP 503: Service Unavailable',
    'http',
  ])
  assert.deepEqual(errorOf(await lookAtOne('7', busy, retries)), [
    'Failed after 3 attempts: HTTP 503: Service Unavailable',
    'http',
  ])
  assert.deepEqual(errorOf(await lookAtOne('7', { instead: 'hang' }, { ...retries, timeoutMs: 20 })), [
    'Failed after 3 attempts: Request timeout after 20ms',
    'timeout',
  ])
  const [cut = '', type] = errorOf(await lookAtOne('7', { instead: 'cut' }, retries))
  assert.match(cut, /^Failed after 3 attempts: network error: the connection broke \(\w+\)$/)
  assert.equal(type, 'network')
  assert.equal((await lookAtOne('7', [busy, { instead: 'cut' }, { nonce: '7' }], retries)).kind, 'match')
})

test('a state that does not answer, or with what is no nonce, is told for that, and never asked again', async () => {
  const well = { nonce: '7' }
  const retries = { retries: { max: 2, baseMs: 1, maxMs: 2 } }
  const prefix = 'Failed to fetch state nonce: '
  assert.deepEqual(errorOf(await lookAtOne({ body: ' \n' }, well)), [
    `${prefix}State endpoint returned empty nonce`,
    'validation',
  ])
  assert.deepEqual(errorOf(await lookAtOne({ body: '{"slot":7}' }, well)), [
    `${prefix}State endpoint returned no whole number: "{"slot":7}"`,
    'validation',
  ])
  assert.deepEqual(errorOf(await lookAtOne({ instead: 'hang' }, well, { ...retries, timeoutMs: 20 })), [
    `${prefix}Request timeout after 20ms`,
    'timeout',
  ])
  assert.match(
    errorOf(await lookAtOne({ instead: 'cut' }, well, retries)).join(),
    /^Failed to fetch state nonce: network error: .*,network$/,
  )
  await using ao = await Ao.open()
  ao.say('p', { status: 503 }, well)
  const { results } = await observe(settingsFor(ao, { processes: { id: 'p' }, ...retries }))
  assert.deepEqual(results.map(errorOf), [[`${prefix}HTTP 503: Service Unavailable`, 'http']])
  assert.deepEqual(ao.asked.toSorted(), ['router /p/latest', 'state /p~process@1.0/compute/at-slot'])
})

test('an id goes into the path as it is, whatever it holds', async () => {
  await using ao = await Ao.open()
  ao.say('a/b?c é', '7', '7')
  const { results } = await observe(settingsFor(ao, { processes: { id: 'a/b?c é' } }))
  assert.equal(results[0]?.kind, 'match')
  const broken = await observe(settingsFor(ao, { processes: { id: '\ud800' } }))
  assert.equal(broken.results[0]?.kind, 'error')
})

test('no more processes are asked at a time than configured, and no more requests go to a host', async () => {
  await using ao = await Ao.open(3)
  ao.latencyMs = 5
  const map: Record<string, string> = {}
  for (let at = 0; at < 60; at++) {
    ao.say(`p${at}`, '7', '7')
    // The first server has half of them.
    map[`p${at}`] = ao.states[at % 2 === 0 ? 0 : 1 + (at % 4 === 1 ? 0 : 1)]?.url ?? ''
  }
  writeFileSync(FILE, JSON.stringify(map))
  const progress: number[] = []
  const { results, warnings } = await observe(settingsFor(ao, { concurrency: 12, perHost: 4 }), {
    onProgress: (done) => void progress.push(done),
  })
  assert.equal(results.length, 60)
  assert.deepEqual([...new Set(results.map(({ kind }) => kind))], ['match'])
  assert.deepEqual(
    results.map(({ process }) => process.id),
    Object.keys(map),
  )
  assert.equal(warnings.length, 60)
  assert.deepEqual(
    progress,
    Array.from({ length: 60 }, (_, at) => at + 1),
  )
  assert.ok(ao.inFlightMax.state <= 12, `${ao.inFlightMax.state} states at a time`)
  for (const server of [ao.router, ...ao.states]) {
    assert.ok(server.inFlightMax <= 4 && server.inFlightMax >= 2, `${server.inFlightMax} at a time`)
    assert.ok(server.socketsMax <= 4, `${server.socketsMax} sockets`)
  }
})

test('a run over a map tells its mismatches and errors as one each, and leaves out what is excluded', async () => {
  await using ao = await Ao.open(2)
  const [one, other] = ao.states.map(({ url }) => url)
  const map = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, one ?? '']))
  for (const id of ['a', 'b', 'c']) ao.say(id, '120898', '138456')
  ao.say('d', '007', '7')
  ao.say('x', '1', '2')
  writeFileSync(FILE, JSON.stringify({ ...map, x: other }))
  const excludeServers = [new URL(other ?? '').host]
  const { observed, results } = await observe(settingsFor(ao, { excludeServers }))
  assert.deepEqual(
    results.map(({ kind }) => kind),
    ['mismatch', 'mismatch', 'mismatch', 'match', 'error'],
  )
  assert.ok(observed.kind === 'seen')
  assert.deepEqual(observed.subjects, new Set(['']))
  assert.deepEqual(
    observed.observations.map(({ type, isTrouble, finding }) => [type, isTrouble, finding.summary]),
    [
      ['mismatches', true, 'Slot Nonce Validation: 3 mismatches detected'],
      ['errors', false, 'Slot Nonce Validation: 1 error detected'],
    ],
  )
  assert.deepEqual(observed.memory, ['a', 'b', 'c'])
})

test('each process is a subject of its own where each is told by itself', async () => {
  await using ao = await Ao.open()
  ao.say('behind', '100', '200')
  ao.say('level', '7', '7')
  writeFileSync(FILE, 'behind\nlevel\ngone\n')
  const tell = {
    kind: 'per_process',
    threshold: 50,
    severityBy: {},
    errorSeverity: 'error',
    foldErrorsOver: 10,
  } as const
  const { observed } = await observe(settingsFor(ao, { tell }))
  assert.ok(observed.kind === 'seen')
  assert.deepEqual(observed.subjects, new Set(['', 'behind', 'level', 'gone']))
  assert.deepEqual(
    observed.observations.map(({ subject, type, isTrouble }) => `${subject} ${type} ${isTrouble}`),
    [
      'behind mismatch true',
      'behind error false',
      'level mismatch false',
      'level error false',
      'gone error true',
      ' errors false',
    ],
  )
})

test('the file is read anew at each look; what is odd in it is logged once; where it fails, the run does', async () => {
  await using ao = await Ao.open()
  const { log, lines } = virtualWorld()
  const world = { ...real, log }
  const monitor = noncesMonitor(settingsFor(ao))
  const run = (): Promise<Observed> =>
    monitor.observe(world, { memory: undefined, isServed: false, signal: new AbortController().signal })
  ao.say('odd', '1', '1')
  writeFileSync(FILE, 'odd\n')
  await run()
  await run()
  writeFileSync(FILE, 'odd\nodder\n')
  await run()
  assert.deepEqual(
    lines.map(({ level, data }) => [level, 'warning' in data && String(data.warning).slice(FILE.length)]),
    [
      [
        'warn',
        ', line 1: odd is 3 characters long; an id is 43 characters of base64url. It is looked at as it is',
      ],
      [
        'warn',
        ', line 2: odder is 5 characters long; an id is 43 characters of base64url. It is looked at as it is',
      ],
    ],
  )
  rmSync(FILE)
  const observed = await run()
  assert.ok(observed.kind === 'failed')
  assert.equal(observed.failure.reason, `${FILE} cannot be read (ENOENT)`)
  assert.equal(
    observed.failure.finding?.summary,
    'Slot Nonce Validation: failed to complete (load_process_map)',
  )
  writeFileSync(FILE, '')
  const empty = await run()
  assert.match(empty.kind === 'failed' ? empty.failure.reason : '', /names no process that can be looked at$/)
})
