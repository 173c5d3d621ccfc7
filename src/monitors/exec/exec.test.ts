import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { systemWorld, virtualWorld, type Programs, type World } from '../../world/world.ts'
import type { Observation, Observed } from '../observation.ts'
import type { ExecSettings } from '../settings.ts'
import { execMonitor } from './exec.ts'

suite('a command that runs', () => {
  const world = systemWorld()

  test('is well with exit code 0, and says so in its first line', async () => {
    const { isTrouble, finding, ...rest } = only(
      await look(world, ['echo', 'DISK OK - 12% used | used=12%;80;90']),
    )
    assert.deepEqual([isTrouble, finding.summary], [false, 'DISK OK - 12% used'])
    assert.deepEqual(rest, { subject: '', type: 'exit' })
  })

  test('means what its config makes of its exit code, and an error otherwise', async () => {
    const severities = { 1: 'warning', 2: 'critical' } as const
    for (const [code, severity] of [
      [1, 'warning'],
      [2, 'critical'],
      [3, 'error'],
    ] as const) {
      const { isTrouble, finding } = only(await look(world, ['sh', '-c', `exit ${code}`], { severities }))
      assert.deepEqual([isTrouble, finding.severity], [true, severity])
      assert.equal(finding.summary, `disk: sh ended with ${code}`)
      assert.deepEqual(finding.details, { exit_code: code, command: 'sh', output: '' })
    }
  })

  test('shows what it printed, fit to be read, and none of its arguments', async () => {
    const script = String.raw`printf '\n\033[31mCRITICAL\033[0m:\tdisk\a full|x=1\nsecond line\n'; exit 2`
    const { finding } = only(await look(world, ['/bin/sh', '-c', script, 'hunter22']))
    assert.equal(finding.summary, 'CRITICAL: disk full')
    assert.deepEqual(finding.details, {
      exit_code: 2,
      command: 'sh',
      output: '\nCRITICAL:\tdisk full|x=1\nsecond line',
    })
  })

  test('is quoted up to 300 characters in the summary and 4 KB in the details', async () => {
    const script = 'process.stdout.write("x".repeat(100_000)); process.exitCode = 1'
    const { finding } = only(await look(world, [process.execPath, '-e', script]))
    assert.equal(finding.summary, `${'x'.repeat(299)}…`)
    assert.equal(finding.details?.['output'], 'x'.repeat(4_096))
  })

  test('shows nothing of a secret, whole, in part, line by line or in colours', async () => {
    const lines = 'first-line-of-a-key\r\nsecond-line-of-a-key\r\n'
    const env = { PASSWORD: 'hunter22-and-more', SHORTER: 'hunter22', KEY: lines }
    const cut = 'head -c 4080 /dev/zero | tr "\\0" .; printf %s "$PASSWORD"'
    const coloured = String.raw`printf 'hunter22\033[31m-and-more'`
    const scripts = [cut, coloured, 'printf %s "$PASSWORD $KEY"', 'printf %s "$KEY" | tail -n 1']
    for (const script of scripts) {
      const { finding } = only(await look(world, ['sh', '-c', script], { env }))
      assert.doesNotMatch(JSON.stringify(finding), /hunter|and-more|line-of-a-key/, script)
    }
  })

  test('gets the environment and the directory of its config', async () => {
    const more = { env: { LIMIT: '90' }, directory: '/' }
    const { finding } = only(await look(world, ['sh', '-c', 'echo "$LIMIT in $PWD"'], more))
    assert.equal(finding.summary, '90 in /')
  })

  test('is in trouble when it does not end in time', async () => {
    const { isTrouble, finding } = only(
      await look(world, ['sh', '-c', 'echo looking; exec sleep 600'], { timeoutMs: 300 }),
    )
    assert.deepEqual([isTrouble, finding.severity], [true, 'error'])
    assert.equal(finding.summary, 'disk: sh did not end within 300 ms')
    assert.deepEqual(finding.details, {
      error: 'did not end within 300 ms',
      command: 'sh',
      output: 'looking',
    })
  })

  test('could not look where it cannot be started', async () => {
    assert.deepEqual(await look(world, ['/nowhere/check-disk', '--password=hunter22']), {
      kind: 'failed',
      failure: { reason: 'check-disk was not started: there is no such program (ENOENT)', point: 'start' },
    })
  })
})

test('there is one subject, and what was not seen in time is left out of it', async () => {
  const begun = Promise.withResolvers<void>()
  const ending = new AbortController()
  const run: Programs['run'] = () => {
    begun.resolve()
    return new Promise(() => {})
  }
  const world = virtualWorld({ run })
  const looking = look(world, ['check-disk'], {}, ending.signal)
  await begun.promise
  ending.abort()
  assert.deepEqual(await looking, { kind: 'seen', observations: [], unseen: 'rest', subjects: new Set(['']) })
})

test('nothing is started when there is no time left', async () => {
  const run: Programs['run'] = () => assert.fail('it was started')
  const seen = await look(virtualWorld({ run }), ['check-disk'], {}, AbortSignal.abort())
  assert.deepEqual(seen, { kind: 'seen', observations: [], unseen: 'rest', subjects: new Set(['']) })
})

function look(
  world: World,
  command: readonly string[],
  more: Partial<ExecSettings> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Observed> {
  const settings: ExecSettings = {
    type: 'exec',
    name: 'disk',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 60_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    command,
    env: {},
    timeoutMs: 30_000,
    severities: {},
    ...more,
  }
  return execMonitor(settings).observe(world, { memory: undefined, signal, isServed: false })
}

function only(observed: Observed): Observation {
  assert.equal(observed.kind, 'seen')
  const [observation, ...more] = observed.observations
  assert.ok(observation !== undefined && more.length === 0)
  return observation
}
