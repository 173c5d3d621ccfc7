import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test, type TestContext } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { programIn, sleeperIn, untilGone } from '../process/program.ts'
import { pass, until } from '../process/until.ts'
import type { Ran } from './run.ts'
import { json, ROUTING_KEY, sitDown, type Desk } from './tocsin.ts'

type MonitorsConfig = NonNullable<Config['monitors']>

/** Where nothing listens. */
const AWAY = { oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: 'http://127.0.0.1:9' } } as const

const NIGHTLY = { nightly: { type: 'heartbeat', within: '1h' } } as const

interface Post extends Desk {
  /** What the program of a monitor says from now on: its exit code. */
  readonly says: (name: string, code: number) => void
}

/** A desk with two monitors, which say what is in files. */
async function takePost(t: TestContext, config: Partial<Config> = {}): Promise<Post> {
  const desk = await sitDown(t)
  desk.configure({ monitors: { ...exec('disk'), ...exec('mail') }, ...config })
  const says: Post['says'] = (name, code) =>
    writeFileSync(join(desk.folder, `${name}.sh`), `echo ${name} says ${code}\nexit ${code}\n`)
  says('disk', 0)
  says('mail', 0)
  return { ...desk, says }
}

function exec(name: string, more: Partial<MonitorsConfig[string]> = {}): MonitorsConfig {
  const monitor = { type: 'exec', command: ['/bin/sh', `${name}.sh`], dedup_key: '{{ source }}', ...more }
  return { [name]: monitor as MonitorsConfig[string] }
}

function incidents({ emulator }: Desk): readonly string[] {
  return emulator.incidents().map(({ dedup_key: key, status, pages }) => `${key} ${status} ${pages}`)
}

const rowsOf = ({ stdout }: Ran): readonly string[] =>
  stdout.split('\n').map((line) => line.replace(/\d+ ms/, 'N ms').replaceAll(/ {2,}/g, '  '))

test('all is well: a line for each monitor, nobody is told, and the exit code is 0', async (t) => {
  const desk = await takePost(t)
  const ran = await desk.tocsin('check')
  assert.deepEqual(
    [ran.code, ran.stderr, rowsOf(ran)],
    [0, '', ['MONITOR  STATE  TOOK  WHAT', 'disk  well  N ms', 'mail  well  N ms', '']],
  )
  assert.deepEqual(incidents(desk), [])
})

test('trouble is told and is exit code 1, for as long as it lasts; then it is over', async (t) => {
  const desk = await takePost(t)
  desk.says('disk', 2)
  const first = await desk.tocsin('check')
  assert.deepEqual([first.code, first.stderr], [1, ''])
  assert.deepEqual(rowsOf(first).slice(1, 3), ['disk  trouble  N ms  disk says 2', 'mail  well  N ms'])
  assert.deepEqual(incidents(desk), ['disk triggered 1'])
  assert.equal((await desk.tocsin('check', 'disk')).code, 1)
  assert.deepEqual(incidents(desk), ['disk triggered 1'], 'it is not told twice')
  assert.equal((await desk.tocsin('check', 'mail')).code, 0, 'another monitor is well')
  desk.says('disk', 0)
  const last = await desk.tocsin('check', 'disk')
  assert.equal(last.code, 0)
  assert.equal(rowsOf(last)[1], 'disk  well  N ms  1 is over')
  assert.deepEqual(incidents(desk), ['disk resolved 1'])
})

test('--json says what each monitor saw and what became of what was told', async (t) => {
  const desk = await takePost(t)
  desk.says('mail', 1)
  const ran = await desk.tocsin('check', '--json', 'mail', 'disk')
  assert.equal(ran.code, 1)
  const { monitors, deliveries, store } = json(ran) as Record<string, readonly Record<string, unknown>[]>
  assert.equal(store, './tocsin.db')
  const trouble = { subject: '', type: 'exit', severity: 'warning', summary: 'mail says 1' }
  assert.deepEqual(
    monitors?.map(({ monitor, failed, firing, ended, troubles }) => [
      monitor,
      failed,
      firing,
      ended,
      troubles,
    ]),
    [
      ['disk', false, 0, 0, []],
      ['mail', false, 1, 0, [trouble]],
    ],
  )
  for (const one of monitors ?? []) {
    assert.ok(Math.abs(Date.parse(one['started_at'] as string) - Date.now()) < 60_000)
    assert.equal(typeof one['took_ms'], 'number')
  }
  const [delivery, ...others] = deliveries ?? []
  const { id: _id, incident_id: _incident, outcome: _outcome, ...told } = delivery ?? {}
  assert.deepEqual(told, { destination: 'oncall', dedup_key: 'mail', action: 'trigger', status: 'delivered' })
  assert.deepEqual(others, [])
})

suite('what cannot be asked for is exit code 2, and nothing is done', () => {
  const refused: readonly (readonly [string, readonly string[], Partial<Config> | undefined, RegExp])[] = [
    ['an unknown monitor', ['dsik', 'mail'], {}, /^There is no monitor "dsik"\. Did you mean "disk"\?\n$/],
    ['a config without monitors', [], { monitors: {} }, /^The config has no monitors\.\n.*monitors:/],
    ['no config', [], undefined, /^There is no config: .*\n.*--config PATH/],
    ['a time that is none', ['--timeout', 'soon'], {}, /^--timeout is "soon"; expected a duration/],
    ['a number that is none', ['--run-number', 'x'], {}, /--run-number/],
    ['a store that forgets', [], { store: 'sqlite::memory:' }, /^The store is in memory/],
  ]
  for (const [name, args, config, said] of refused)
    test(name, async (t) => {
      const desk = config === undefined ? await sitDown(t) : await takePost(t, config)
      const ran = await desk.tocsin('check', ...args)
      assert.deepEqual([ran.code, ran.stdout], [2, ''])
      assert.match(ran.stderr, said)
    })
})

test('a store that cannot be opened is exit code 3', async (t) => {
  const desk = await takePost(t, { store: 'sqlite:nowhere/at/all/tocsin.db' })
  const ran = await desk.tocsin('check')
  assert.deepEqual([ran.code, ran.stdout], [3, ''])
})

test('trouble that has to be seen more than once is remembered from run to run', async (t) => {
  const desk = await takePost(t, { monitors: exec('disk', { confirm: { trouble: 2, of: 3, well: 2 } }) })
  const runs: (number | string | null | undefined)[] = []
  for (const code of [2, 0, 2, 0, 0]) {
    desk.says('disk', code)
    const ran = await desk.tocsin('check')
    runs.push(ran.code, rowsOf(ran)[1]?.split('  ')[1])
  }
  assert.deepEqual(runs, [0, 'unsure', 0, 'well', 1, 'trouble', 1, 'trouble', 0, 'well'])
  assert.deepEqual(incidents(desk), ['disk resolved 1'])
})

test('PagerDuty away: the result stands, one line says what is kept, and the next run tells it once', async (t) => {
  const desk = await takePost(t, { destinations: AWAY })
  desk.says('disk', 2)
  const ran = await desk.tocsin('check', '--timeout', '1s')
  assert.equal(ran.code, 1)
  assert.equal(rowsOf(ran)[1], 'disk  trouble  N ms  disk says 2')
  assert.match(
    ran.stderr,
    /^Could not tell oncall of 1 within 1s: .+ It is kept in \.\/tocsin\.db and goes out with the next run\.\n$/,
  )
  assert.ok(!ran.stderr.includes(ROUTING_KEY))
  desk.configure({ monitors: { ...exec('disk'), ...exec('mail') } })
  const next = await desk.tocsin('check')
  assert.deepEqual([next.code, next.stderr], [1, ''])
  assert.deepEqual(incidents(desk), ['disk triggered 1'])
})

test('PagerDuty away while it ends: nobody is told of what is over, or once of both', async (t) => {
  const desk = await takePost(t, { destinations: AWAY })
  desk.says('disk', 2)
  await desk.tocsin('check', '--timeout', '100ms')
  desk.says('disk', 0)
  const over = await desk.tocsin('check', '--timeout', '100ms')
  assert.equal(over.code, 0, 'what was found counts')
  desk.configure({ monitors: { ...exec('disk'), ...exec('mail') } })
  const next = await desk.tocsin('check')
  assert.deepEqual([next.code, next.stderr], [0, ''])
  assert.deepEqual(
    incidents(desk).filter((line) => line.includes('triggered')),
    [],
  )
})

test('PagerDuty refuses for good: exit code 3, the reason, and the next run tells it', async (t) => {
  const desk = await takePost(t)
  desk.emulator.faults({ status: 400 })
  desk.says('disk', 2)
  const ran = await desk.tocsin('check')
  assert.equal(ran.code, 3)
  assert.match(
    ran.stderr,
    /^oncall refused \d: .*400.* It is kept in \.\/tocsin\.db: correct the cause, .*\n$/,
  )
  assert.equal(rowsOf(ran)[1], 'disk  trouble  N ms  disk says 2')
  desk.emulator.faults({})
  const next = await desk.tocsin('check')
  assert.deepEqual([next.code, next.stderr], [1, ''])
  assert.ok(incidents(desk).includes('disk triggered 1'), incidents(desk).join())
})

test('what is told does not depend on who reads: output that is full, cut or closed changes nothing', async (t) => {
  const desk = await takePost(t)
  desk.says('disk', 2)
  const outputs = ['>/dev/full 2>&1', '>&- 2>&-', '2>&1 | true']
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  for (const [index, output] of outputs.entries()) {
    desk.says('disk', index % 2 === 0 ? 2 : 0)
    const script = `set -o pipefail; "$0" "$1" check ${output}`
    const ran = spawn('bash', ['-c', script, process.execPath, main], { cwd: desk.folder, stdio: 'ignore' })
    const [code] = (await once(ran, 'exit')) as [number]
    assert.equal(code, index % 2 === 0 ? 1 : 0, output)
  }
  assert.deepEqual(incidents(desk).toSorted(), ['disk resolved 1', 'disk triggered 1'])
})

test('PagerDuty that refused takes it again: the word that it refused is over', async (t) => {
  const desk = await takePost(t)
  desk.emulator.faults({ status: 400 })
  desk.says('disk', 2)
  await desk.tocsin('check')
  desk.emulator.faults({})
  for (const _ of [1, 2]) await desk.tocsin('check')
  desk.says('disk', 0)
  await desk.tocsin('check')
  assert.deepEqual(
    incidents(desk).filter((incident) => !incident.includes('resolved')),
    [],
  )
})

test('--timeout bounds the wait for a PagerDuty that never answers', async (t) => {
  const desk = await takePost(t)
  desk.emulator.faults({ hang: true })
  desk.says('disk', 2)
  const startedAt = performance.now()
  const ran = await desk.tocsin('check', '--timeout', '500ms')
  assert.ok(performance.now() - startedAt < 8_000)
  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /^Could not tell oncall of 1 within 500ms: /)
})

test('beside a service on the same store, which may tell what was found', async (t) => {
  const desk = await takePost(t)
  const { service } = await desk.serve()
  desk.says('disk', 2)
  const runs = await Promise.all([desk.tocsin('check', 'disk'), desk.tocsin('check', 'mail')])
  assert.deepEqual(
    runs.map(({ code, stderr }) => [code, stderr]),
    [
      [1, ''],
      [0, ''],
    ],
  )
  assert.deepEqual(incidents(desk), ['disk triggered 1'])
  assert.equal((await service.stop()).code, 0)
})

test('a store that is held for a moment is waited for', async (t) => {
  const desk = await takePost(t, { monitors: { ...exec('disk'), ...exec('mail'), ...NIGHTLY } })
  desk.says('disk', 2)
  await desk.tocsin('check', 'mail')
  const beside = new DatabaseSync(join(desk.folder, 'tocsin.db'))
  beside.exec('begin immediate')
  const { promise } = desk.start('check', 'disk', '--timeout', '20s')
  const beat = desk.start('heartbeat', 'nightly', '--timeout', '20s')
  // Longer than SQLite waits for a lock by itself.
  await pass(2_500)
  beside.exec('rollback')
  beside.close()
  const ran = await promise
  assert.deepEqual([ran.code, ran.stderr], [1, ''])
  assert.deepEqual(incidents(desk), ['disk triggered 1'])
  assert.deepEqual(await beat.promise, { code: 0, stdout: 'Heard: nightly.\n', stderr: '' })
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} ends a look: its program ends, what others saw is kept, and the store is sound`, async (t) => {
    const desk = await takePost(t)
    const slow = { type: 'exec', command: sleeperIn(desk.folder), timeout: '5m' } as const
    desk.says('disk', 2)
    desk.configure({ monitors: { ...exec('disk'), slow }, destinations: AWAY })
    const started = desk.start('check')
    const pid = await programIn(desk.folder)
    const startedAt = performance.now()
    started.signal(signal)
    const ran = await started.promise
    assert.ok(performance.now() - startedAt < 8_000)
    assert.deepEqual([ran.code, ran.stdout], [3, ''])
    assert.match(
      ran.stderr,
      new RegExp(`^Stopped \\(${signal}\\) before all have looked\\.\n.*next run\\.\n$`),
    )
    await untilGone(pid)
    desk.configure({ monitors: exec('disk') })
    const next = await desk.tocsin('check')
    assert.equal(next.code, 1)
    assert.deepEqual(incidents(desk), ['disk triggered 1'])
    const doctor = await desk.tocsin('doctor')
    assert.doesNotMatch(doctor.stdout, /not sound|damaged/)
  })

test('a signal while it waits for PagerDuty ends the wait: the result is printed, and what is kept', async (t) => {
  const desk = await takePost(t)
  desk.emulator.faults({ hang: true })
  desk.says('disk', 2)
  const started = desk.start('check', '--timeout', '5m')
  await until('it tells', 20_000, async () => {
    const beside = join(desk.folder, 'tocsin.db')
    return existsSync(beside) && isClaimed(beside)
  })
  const startedAt = performance.now()
  started.signal('SIGTERM')
  const ran = await started.promise
  assert.ok(performance.now() - startedAt < 8_000)
  assert.equal(ran.code, 1)
  assert.equal(rowsOf(ran)[1], 'disk  trouble  N ms  disk says 2')
  desk.emulator.faults({})
  assert.equal((await desk.tocsin('check')).code, 1)
  assert.deepEqual(incidents(desk), ['disk triggered 1'])
})

/** Whether somebody is telling what stands in the store. */
function isClaimed(path: string): boolean {
  const beside = new DatabaseSync(path, { readOnly: true })
  try {
    return beside.prepare('select 1 from incidents').get() !== undefined
  } catch {
    return false
  } finally {
    beside.close()
  }
}

test('tocsin heartbeat says so into the store, and to a service', async (t) => {
  const desk = await takePost(t, { monitors: { ...NIGHTLY, ...exec('disk') } })
  const here = await desk.tocsin('heartbeat', 'nightly')
  assert.deepEqual(here, { code: 0, stdout: 'Heard: nightly.\n', stderr: '' })
  const { url } = await desk.serve()
  const there = await desk.tocsin('heartbeat', 'nightly', '--url', url, '--json')
  assert.equal(there.code, 0)
  const { at, ...rest } = json(there)
  assert.deepEqual(rest, { status: 'heard', heartbeat: 'nightly' })
  const beside = new DatabaseSync(join(desk.folder, 'tocsin.db'), { readOnly: true })
  const row = beside.prepare('select ran_at from monitors where name = ?').get('nightly')
  beside.close()
  assert.ok(Number(row?.['ran_at']) >= Date.parse(at as string))
})

test('tocsin heartbeat refuses a name that nobody listens to', async (t) => {
  const desk = await takePost(t, { monitors: { ...NIGHTLY, ...exec('disk') } })
  const here = await desk.tocsin('heartbeat', 'nihgtly')
  assert.equal(here.code, 2)
  assert.match(here.stderr, /^There is no heartbeat "nihgtly"\. Did you mean "nightly"\?\n/)
  assert.equal((await desk.tocsin('heartbeat', 'disk')).code, 2, 'no heartbeat')
  const { url } = await desk.serve()
  const there = await desk.tocsin('heartbeat', 'nihgtly', '--url', url)
  assert.ok(there.code !== 0)
  assert.match(there.stderr, /^There is no heartbeat "nihgtly"\. Did you mean "nightly"\?\n/)
})
