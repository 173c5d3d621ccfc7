/** `tocsin nonces` reads the environment that the monitor reads. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { id, KEY, sitDown } from './nonces-desk.ts'
import { run } from './run.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

interface Seen {
  readonly total: number
  readonly execution_time_ms: number
  readonly processes: readonly { readonly process_id: string; readonly error: string | null }[]
}

const seen = (stdout: string): Seen => JSON.parse(stdout) as Seen
const idsIn = (stdout: string): readonly string[] =>
  seen(stdout).processes.map(({ process_id }) => process_id)

test('CONFIG_FILE is looked at, unless --file names another, and goes before PROCESS_ID', async (t) => {
  const { nonces, write } = await sitDown(t)
  const env = { CONFIG_FILE: write('a.txt', id('a')), PROCESS_ID: id('p') }
  assert.deepEqual(idsIn((await nonces(env, '--json')).stdout), [id('a')])
  const named = await nonces(env, '--json', '--file', write('b.txt', id('b')))
  assert.deepEqual(idsIn(named.stdout), [id('b')])
})

test('PROCESS_ID is looked at when no file is named, at STATE_URL and SU_ROUTER_URL', async (t) => {
  const { nonces, ao } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const ran = await nonces({ CONFIG_FILE: '', PROCESS_ID: id('p') })
  assert.equal(ran.code, 0)
  assert.deepEqual(ao.asked.toSorted(), [
    `router /${id('p')}/latest`,
    `state /${id('p')}~process@1.0/compute/at-slot`,
  ])
})

test('without a name ./process-map.json is looked at, else ./process-ids.txt, and without either it exits 2', async (t) => {
  const { ao, folder, write } = await sitDown(t)
  const env = { STATE_URL: ao.stateUrl, SU_ROUTER_URL: ao.routerUrl, SU_ROUTER_MAX_RETRIES: '0' }
  const here = () => run(process.execPath, [MAIN, 'nonces', '--json'], { cwd: folder, env })
  const nothing = await here()
  assert.equal(nothing.code, 2)
  assert.match(
    nothing.stderr,
    /^There is nothing to look at: .*\nGive --file=PATH, or set CONFIG_FILE or PROCESS_ID\.\n$/,
  )
  write('process-ids.txt', id('b'))
  assert.deepEqual(idsIn((await here()).stdout), [id('b')])
  write('process-map.json', JSON.stringify({ [id('a')]: ao.stateUrl }))
  assert.deepEqual(idsIn((await here()).stdout), [id('a')])
})

test('REQUEST_TIMEOUT ends a request', async (t) => {
  const { nonces, ao } = await sitDown(t)
  ao.say(id('p'), { instead: 'hang' }, '7')
  const ran = await nonces({ PROCESS_ID: id('p'), REQUEST_TIMEOUT: '50' }, '--json')
  assert.equal(
    seen(ran.stdout).processes[0]?.error,
    'Failed to fetch state nonce: Request timeout after 50ms',
  )
})

test('SU_ROUTER_MAX_RETRIES is how often the router is asked again', async (t) => {
  const { nonces, ao } = await sitDown(t)
  ao.say(id('p'), '7', [{ status: 503 }, { status: 503 }, { nonce: '7' }])
  const once = await nonces({ PROCESS_ID: id('p'), SU_ROUTER_MAX_RETRIES: '1', SU_ROUTER_BASE_DELAY: '1' })
  assert.equal(once.code, 1)
  ao.say(id('q'), '7', [{ status: 503 }, { status: 503 }, { nonce: '7' }])
  const twice = await nonces({ PROCESS_ID: id('q'), SU_ROUTER_MAX_RETRIES: '2', SU_ROUTER_BASE_DELAY: '1' })
  assert.equal(twice.code, 0)
  const asked = (name: string): number =>
    ao.asked.filter((line) => line === `router /${id(name)}/latest`).length
  assert.deepEqual([asked('p'), asked('q')], [2, 3])
})

test('SU_ROUTER_BASE_DELAY is the wait before the router is asked again, and SU_ROUTER_MAX_DELAY the longest', async (t) => {
  const { nonces, ao } = await sitDown(t)
  const tookOf = async (base: string, max: string): Promise<number> => {
    ao.say(id('p'), '7', [{ status: 503 }])
    const delays = { SU_ROUTER_MAX_RETRIES: '2', SU_ROUTER_BASE_DELAY: base, SU_ROUTER_MAX_DELAY: max }
    return seen((await nonces({ PROCESS_ID: id('p'), ...delays }, '--json')).stdout).execution_time_ms
  }
  // Two waits, of half the delay at least.
  assert.ok((await tookOf('100', '30000')) >= 100)
  assert.ok((await tookOf('100000', '1')) < 10_000)
})

test('what is odd in the environment is told with what is accepted, all at once, and exits 2', async (t) => {
  const { nonces, ao } = await sitDown(t)
  const ran = await nonces({
    PROCESS_ID: id('p'),
    REQUEST_TIMEOUT: '0',
    SU_ROUTER_MAX_RETRIES: '-1',
    SU_ROUTER_BASE_DELAY: '1s',
    SU_ROUTER_MAX_DELAY: '1e3',
    SU_ROUTER_URL: 'su-router',
    STATE_URL: 'https://me:hidden@state.example',
    PAGERDUTY_SEVERITY_THRESHOLD: 'fifty',
    PAGERDUTY_AUTO_RESOLVE: 'yes',
    SLACK_THRESHOLD: '1.5',
    SLACK_ALERT_ON_ERROR: '0',
  })
  assert.equal(ran.code, 2)
  const whole = (min: number): string => `expected a whole number from ${min} to 86400000.`
  const base = 'expected an http or https address without user and query.'
  assert.deepEqual(ran.stderr.trimEnd().split('\n').toSorted(), [
    'Nothing was looked at. Correct what is listed.',
    'PAGERDUTY_AUTO_RESOLVE is "yes"; expected true or false.',
    `PAGERDUTY_SEVERITY_THRESHOLD is "fifty"; ${whole(0)}`,
    `REQUEST_TIMEOUT is "0"; ${whole(1)}`,
    'SLACK_ALERT_ON_ERROR is "0"; expected true or false.',
    `SLACK_THRESHOLD is "1.5"; ${whole(0)}`,
    `STATE_URL is "https://…@state.example"; ${base}`,
    `SU_ROUTER_BASE_DELAY is "1s"; ${whole(0)}`,
    `SU_ROUTER_MAX_DELAY is "1e3"; ${whole(0)}`,
    `SU_ROUTER_MAX_RETRIES is "-1"; ${whole(0)}`,
    `SU_ROUTER_URL is "su-router"; ${base}`,
  ])
  assert.deepEqual(ao.asked, [])
})

test('a key, a region, an address of PagerDuty or Slack that is none exits 2 without showing it', async (t) => {
  const { nonces, perProcess, ao } = await sitDown(t)
  const cases = [
    [
      { ...perProcess, PAGERDUTY_ROUTING_KEY: 'S3cretButShort' },
      'PAGERDUTY_ROUTING_KEY, or --pagerduty-key, has 14',
    ],
    [{ ...perProcess, PAGERDUTY_REGION: 'mars' }, 'PAGERDUTY_REGION is "mars"; expected us or eu'],
    [{ ...perProcess, PAGERDUTY_URL: 'http://S3cret.example' }, 'PAGERDUTY_URL is'],
    [{ SLACK_WEBHOOK_URL: 'http://hooks.example/S3cret' }, 'SLACK_WEBHOOK_URL is http'],
  ] as const
  for (const [env, named] of cases) {
    const ran = await nonces({ PROCESS_ID: id('p'), ...env })
    assert.equal(ran.code, 2, named)
    assert.ok(ran.stderr.includes(named), ran.stderr)
    if (named !== 'PAGERDUTY_URL is') assert.ok(!ran.stderr.includes('S3cret'), ran.stderr)
  }
  assert.deepEqual(ao.asked, [])
})

test('PAGERDUTY_ENABLED that is neither true nor false is warned of, and counts as false', async (t) => {
  const { nonces, ao, told } = await sitDown(t)
  ao.say(id('p'), '7', '700')
  const ran = await nonces({ PROCESS_ID: id('p'), PAGERDUTY_ENABLED: 'yes' })
  assert.equal(ran.code, 1)
  assert.match(
    ran.stderr,
    /^Warning: PAGERDUTY_ENABLED is "yes"; expected true or false\. It counts as false\.\n/,
  )
  assert.deepEqual(told(), [])
})

test('--dotenv is read beside the environment, which goes before it', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const file = write('my.env', `PROCESS_ID=${id('p')}   # the one\nSTATE_URL=http://127.0.0.1:9\n`)
  assert.equal((await nonces({}, '--dotenv', file)).code, 0)
  const missing = await nonces({}, '--dotenv', `${file}.not`)
  assert.equal(missing.code, 2)
  assert.match(
    missing.stderr,
    /my\.env\.not cannot be read \(ENOENT\)\.\nName another file with --dotenv PATH\.\n$/,
  )
})

test('./.env is read when it is there, with comments and spaces around =', async (t) => {
  const { ao, folder } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const lines = [
    `PROCESS_ID = ${id('p')}`,
    `STATE_URL="${ao.stateUrl}" # here`,
    `export SU_ROUTER_URL=${ao.routerUrl}`,
  ]
  writeFileSync(join(folder, '.env'), lines.join('\n'))
  const ran = await run(process.execPath, [MAIN, 'nonces'], { cwd: folder })
  assert.deepEqual([ran.code, ran.stderr], [0, 'Processed 1/1...\n'])
})

test('a line of .env that is not read is warned of, without its value', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const file = write('.env', `PROCESS_ID=${id('p')}\nSLACK_WEBHOOK_URL: https://hooks.example/hidden\n`)
  const ran = await nonces({}, '--dotenv', file)
  assert.equal(ran.code, 0)
  assert.ok(
    ran.stderr.startsWith(
      `Warning: ${file}, line 2: SLACK_WEBHOOK_URL is not read; expected SLACK_WEBHOOK_URL=value.\n`,
    ),
  )
  assert.ok(!ran.stderr.includes('hidden'))
})

test('.env may begin with a byte order mark and end its lines as it likes', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  for (const end of ['\r\n', '\r']) {
    const lines = [`\uFEFFPROCESS_ID=${id('p')}`, 'REQUEST_TIMEOUT=5000', '']
    const ran = await nonces({}, '--dotenv', write('my.env', lines.join(end)))
    assert.deepEqual([ran.code, ran.stderr], [0, 'Processed 1/1...\n'])
  }
})

test('a quote of .env that is closed too late shows nothing of the lines behind it', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const lines = ['true', `PAGERDUTY_ROUTING_KEY=${KEY}`, '']
  for (const name of ['PAGERDUTY_ENABLED', 'PAGERDUTY_AUTO_RESOLVE', 'REQUEST_TIMEOUT', 'STATE_URL']) {
    const file = write('my.env', `PROCESS_ID=${id('p')}\n${name}="${lines.join('\n')}"\n`)
    const { stderr } = await nonces(
      { [name === 'STATE_URL' ? name : 'X']: `true\nA=${KEY}` },
      '--dotenv',
      file,
    )
    assert.ok(stderr.includes(`${name} is "true…"; expected `), stderr)
    assert.ok(!stderr.includes(KEY))
  }
  const misplaced = await nonces({ PROCESS_ID: id('p'), PAGERDUTY_ENABLED: KEY })
  assert.match(misplaced.stderr, /PAGERDUTY_ENABLED is "…"; expected/)
})

test('a flag that is empty or odd exits 2 whoever is told, and an empty --exclude-server leaves out nobody', async (t) => {
  const { nonces, ao } = await sitDown(t)
  ao.say(id('p'), '7', '7')
  const env = { PROCESS_ID: id('p') }
  assert.equal((await nonces(env, '--exclude-server=')).code, 0)
  assert.deepEqual(await nonces(env, '--file='), {
    code: 2,
    stdout: '',
    stderr: '--file is empty; expected a path.\n',
  })
  assert.match((await nonces(env, '--timeout=soon')).stderr, /^--timeout is "soon"; expected a duration/)
})
