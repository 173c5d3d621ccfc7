/** `tocsin nonces` looks at processes and prints what it sees, as the validator does. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { id, sitDown, type NoncesDesk } from './nonces-desk.ts'

interface Seen extends NoncesDesk {
  readonly file: string
}

/** One process that agrees, one behind, one ahead, one whose router does not know it. */
async function fourProcesses(t: TestContext): Promise<Seen> {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  desk.ao.say(id('b'), '100', '160')
  desk.ao.say(id('c'), '90', '80')
  desk.ao.say(id('d'), '1', { status: 404 })
  return { ...desk, file: desk.write('ids.txt', ['a', 'b', 'c', 'd'].map(id).join('\n')) }
}

const SUMMARY = `
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
Summary:
  ✓ Matches: 1
  ✗ Mismatches: 2
  ⚠ Errors: 1
  Total: 4
  Time elapsed: 0s
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
`

const blocks = (text: string): readonly string[] => text.split(/\n(?! )/).toSorted()

test('each process of --file is printed as the validator does, and the run is summed up', async (t) => {
  const { nonces, file, ao, folder, told } = await fourProcesses(t)
  const ran = await nonces({}, `--file=${file}`)
  assert.equal(ran.code, 1)
  assert.ok(ran.stdout.endsWith(SUMMARY), ran.stdout)
  const urls = (name: string): string =>
    `  URLs:\n    Slot:   ${ao.stateUrl}/${id(name)}~process@1.0/compute/at-slot\n    Router: ${ao.routerUrl}/${id(name)}/latest`
  assert.deepEqual(blocks(ran.stdout.slice(0, -SUMMARY.length)), [
    '',
    '⚠ dddddddddd...ddddddd: Failed to fetch SU Router nonce: HTTP 404: Not Found',
    '✓ aaaaaaaaaa...aaaaaaa (nonce: 100)',
    `✗ bbbbbbbbbb...bbbbbbb\n  Slot:   100\n  Router: 160\n${urls('b')}`,
    `✗ cccccccccc...ccccccc\n  Slot:   90 (ahead by 10)\n  Router: 80\n${urls('c')}`,
  ])
  assert.equal(existsSync(join(folder, 'tocsin.db')), false, 'who tells nobody keeps nothing')
  assert.deepEqual(told(), [])
  assert.deepEqual(ao.complaints, [])
})

test('when everything agrees it exits 0', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  for (const name of ['a', 'b']) ao.say(id(name), '7', '7')
  const ran = await nonces({}, '--file', write('ids.txt', ['a', 'b'].map(id).join('\n')))
  assert.deepEqual([ran.code, ran.stderr], [0, 'Processed 2/2...\n'])
})

test('--verbose names the server of each process', async (t) => {
  const { nonces, file, ao } = await fourProcesses(t)
  const { stdout } = await nonces({}, '--file', file, '--verbose')
  const server = ao.stateUrl.replace('http://', '')
  assert.ok(stdout.includes(`✓ aaaaaaaaaa...aaaaaaa (nonce: 100) [${server}]\n`), stdout)
  assert.ok(stdout.includes(`✗ bbbbbbbbbb...bbbbbbb [${server}]\n`))
  assert.ok(stdout.includes(`⚠ dddddddddd...ddddddd [${server}]: Failed`))
})

test('--only-mismatches shows the processes that differ and the summary', async (t) => {
  const { nonces, file } = await fourProcesses(t)
  const { stdout } = await nonces({}, '--file', file, '--only-mismatches')
  assert.deepEqual(
    stdout
      .slice(0, -SUMMARY.length)
      .match(/^[✓✗⚠].*$/gm)
      ?.toSorted(),
    ['✗ bbbbbbbbbb...bbbbbbb', '✗ cccccccccc...ccccccc'],
  )
  assert.ok(stdout.endsWith(SUMMARY))
})

test('--exclude-server leaves out the processes at every host that is named', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  const hosts = ao.states.map(({ url }) => url)
  const map = write('map.json', JSON.stringify({ [id('a')]: hosts[0], [id('b')]: hosts[1] }))
  for (const name of ['a', 'b']) ao.say(id(name), '7', '7')
  const [one = '', other = ''] = hosts.map((url) => url.replace('http://127.0.0.1', ''))
  const kept = await nonces({}, '--file', map, `--exclude-server=${one}`, '--json')
  assert.match(kept.stdout, /"total":1,.*"process_id":"b+"/)
  const none = await nonces({}, '--file', map, `--exclude-server=${one}`, `--exclude-server=${other}`)
  assert.equal(none.code, 2)
  assert.match(none.stderr, /ERROR: all 2 processes are left out/)
})

test('--concurrency is how many processes are looked at at a time', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map(id)
  for (const name of names) ao.say(name, '7', '7')
  ao.latencyMs = 20
  const ran = await nonces({}, '--file', write('ids.txt', names.join('\n')), '--concurrency=2')
  assert.equal(ran.code, 0)
  assert.deepEqual(ao.inFlightMax, { state: 2, router: 2 })
})

test('--state-url and --router-url go before the variables', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('a'), '7', '7')
  const wrong = { STATE_URL: 'http://127.0.0.1:9', SU_ROUTER_URL: 'http://127.0.0.1:9' }
  const args = [
    '--file',
    write('ids.txt', id('a')),
    '--state-url',
    ao.stateUrl,
    '--router-url',
    `${ao.routerUrl}/`,
  ]
  assert.equal((await nonces(wrong, ...args)).code, 0)
})

test('--json prints one object and nothing else, with numbers beyond 2^53 as texts', async (t) => {
  const { nonces, file, ao, write } = await fourProcesses(t)
  ao.say(id('e'), '9007199254740993', '9007199254740994')
  const all = `${readFileSync(file, 'utf8')}\n${id('e')}`
  const ran = await nonces({}, '--file', write('more.txt', all), '--json')
  const { processes, execution_time_ms: took, ...counts } = JSON.parse(ran.stdout) as Record<string, unknown>
  assert.equal(typeof took, 'number')
  assert.deepEqual(counts, {
    total: 5,
    matches: 1,
    mismatches: 3,
    errors: 1,
    behind: 2,
    ahead: 1,
    pagerduty: null,
    slack: null,
  })
  const [, behind, , failed, large] = processes as readonly Record<string, unknown>[]
  assert.deepEqual(behind, {
    process_id: id('b'),
    server: ao.stateUrl.replace('http://', ''),
    status: 'mismatch',
    slot_nonce: 100,
    router_nonce: 160,
    difference: -60,
    error: null,
    error_type: null,
    slot_url: `${ao.stateUrl}/${id('b')}~process@1.0/compute/at-slot`,
    router_url: `${ao.routerUrl}/${id('b')}/latest`,
  })
  assert.deepEqual(
    [failed?.['status'], failed?.['slot_nonce'], failed?.['error_type']],
    ['error', null, 'http'],
  )
  assert.deepEqual(
    [large?.['slot_nonce'], large?.['router_nonce'], large?.['difference']],
    ['9007199254740993', '9007199254740994', -1],
  )
})

test('--csv prints a heading and a line for each process, quoted where it has to be', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  ao.say(id('a'), '7', '9')
  ao.say('o,d"d', { body: 'x,"y"' }, '7')
  const { stdout } = await nonces({}, '--file', write('ids.txt', `${id('a')}\no,d"d`), '--csv')
  const [heading, first, second, end] = stdout.split('\r\n')
  assert.equal(
    heading,
    'process_id,server,status,slot_nonce,router_nonce,difference,error,error_type,slot_url,router_url',
  )
  assert.ok(
    first?.startsWith(`${id('a')},127.0.0.1:`) && first.includes(',mismatch,7,9,-2,,,http://'),
    String(first),
  )
  assert.ok(
    second?.startsWith('"o,d""d",127.0.0.1:') && second.includes(',error,,,,"Failed to fetch'),
    String(second),
  )
  assert.equal(end, '')
})

test('on a terminal there are colours, and a bar that is gone at the end', async (t) => {
  const { noncesOn, file } = await fourProcesses(t)
  const ran = await noncesOn(60, {}, '--file', file)
  assert.ok(ran.stdout.includes('\u001b[32m✓\u001b[0m aaaaaaaaaa...aaaaaaa'), ran.stdout)
  assert.match(ran.stderr, /█+ Processed 4\/4\.\.\./)
  assert.ok(ran.stderr.endsWith('\r\u001b[K'))
  for (const line of ran.stderr.split('\r\u001b[K')) assert.ok(line.length < 60, line)
  const plain = await noncesOn(60, { NO_COLOR: '1' }, '--file', file)
  assert.ok(!plain.stdout.includes('\u001b['))
})

test('off a terminal every tenth process is counted, on standard error', async (t) => {
  const { nonces, ao, write } = await sitDown(t)
  const names = Array.from({ length: 23 }, (_, at) => `${id('a').slice(2)}${String(at).padStart(2, '0')}`)
  for (const name of names) ao.say(name, '7', '7')
  const ran = await nonces({}, '--file', write('ids.txt', names.join('\n')))
  assert.equal(ran.stderr, 'Processed 10/23...\nProcessed 20/23...\nProcessed 23/23...\n')
})

test('--help has the sections of the documents', async (t) => {
  const { nonces } = await sitDown(t)
  const { code, stdout } = await nonces({}, '--help')
  assert.equal(code, 0)
  const text = stdout.replaceAll(/\s+/g, ' ')
  for (const line of [
    'PagerDuty Options: --pagerduty-enabled Enable PagerDuty alerting (default: false)',
    '--pagerduty-key=KEY PagerDuty routing key (or use env var)',
    '--pagerduty-mismatch-threshold=N Alert if mismatches >= N (default: 3)',
    '--pagerduty-error-threshold=N Alert if errors >= N (default: 5)',
    'Environment Variables: PAGERDUTY_ROUTING_KEY PagerDuty Events API v2 routing key',
  ])
    assert.ok(text.includes(line), line)
})

test('what is typed wrong exits 2 and says what is accepted', async (t) => {
  const { nonces } = await sitDown(t)
  const cases = [
    [['--concurrency=0'], 'whole number, not below 1'],
    [['--pagerduty-mismatch-threshold=many'], 'whole number'],
    [['--tell=twice'], 'per-process'],
    [['--json', '--csv'], 'cannot be used with'],
    [['--file=x', '--state-url=ftp://a'], '--state-url is "ftp://a"; expected an http or https address'],
  ] as const
  for (const [args, named] of cases) {
    const ran = await nonces({}, ...args)
    assert.equal(ran.code, 2, args.join(' '))
    assert.ok(ran.stderr.includes(named), ran.stderr)
  }
})
