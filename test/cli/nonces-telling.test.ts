/** `tocsin nonces` tells PagerDuty and Slack, as the validator and as the monitor promise. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { id, KEY, sitDown, type NoncesDesk } from './nonces-desk.ts'

const DAY = /\d{4}-\d{2}-\d{2}/
const COMPACT_DAY = /\d{8}$/

/** So many processes that are behind, and so many that cannot be asked. */
function listOf({ ao, write }: NoncesDesk, mismatches: number, errors: number): string {
  const names = Array.from(
    { length: mismatches + errors },
    (_, at) => id('p').slice(2) + String(at).padStart(2, '0'),
  )
  for (const [at, name] of names.entries()) ao.say(name, '100', at < mismatches ? '160' : { status: 404 })
  return write('ids.txt', names.join('\n'))
}

/** What PagerDuty was told that opens, without the day. */
const opened = (desk: NoncesDesk): readonly string[] =>
  desk
    .told()
    .filter((line) => line.startsWith('trigger '))
    .map((line) => line.replace(COMPACT_DAY, 'DAY').replace(DAY, 'DAY'))
    .toSorted()

const mismatch = (letter: string): string => `nonce-monitor-mismatch-${id(letter)}-DAY`

test('--pagerduty-enabled pages once for all mismatches, and the summary and --verbose say so', async (t) => {
  const desk = await sitDown(t)
  const ran = await desk.nonces({}, '--file', listOf(desk, 3, 4), '--pagerduty-enabled', '--verbose')
  assert.equal(ran.code, 1)
  assert.deepEqual(opened(desk), ['trigger slot-nonce-validation-DAY-mismatches'])
  assert.match(ran.stdout, /^\[PagerDuty\] Initialized with routing key\n/)
  assert.match(
    ran.stdout,
    /\n\[PagerDuty\] Alert sent: Slot Nonce Validation: 3 mismatches detected \(critical\)\n/,
  )
  assert.match(ran.stdout, /\n {2}Time elapsed: 0s\n {2}📟 PagerDuty: 1 alert\(s\) sent\n━+\n$/)
  desk.ao.say(id('w'), '7', '7')
  const well = ['--file', desk.write('well.txt', id('w')), '--pagerduty-enabled']
  const few = await desk.nonces({}, ...well)
  assert.match(few.stdout, /📟 PagerDuty: No alerts triggered, 1 resolved\n/)
  const fewer = await desk.nonces({}, ...well)
  assert.match(fewer.stdout, /📟 PagerDuty: No alerts triggered\n/)
})

test('what PagerDuty gets of a run is the payload of the document, field by field', async (t) => {
  const desk = await sitDown(t)
  const { ao } = desk
  const full = 'DUbGxLMe3rJcqArGP9jL27nZOdqZ04tfIc9LT_OV2_Y'
  ao.say(full, '120898', '138456')
  ao.say(id('w'), '7', '7')
  const file = desk.write('ids.txt', `${full}\n${id('w')}`)
  await desk.nonces({}, '--file', file, '--pagerduty-enabled', '--pagerduty-mismatch-threshold=1')
  const [event] = desk.emulator.events().map((one) => one.event as Record<string, unknown>)
  const { dedup_key: key, event_action: action, payload } = event ?? {}
  const { timestamp, custom_details: details, ...rest } = payload as Record<string, unknown>
  assert.match(String(key), /^slot-nonce-validation-\d{4}-\d{2}-\d{2}-mismatches$/)
  assert.match(String(timestamp), /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  assert.deepEqual(
    [action, rest],
    [
      'trigger',
      {
        summary: 'Slot Nonce Validation: 1 mismatch detected',
        severity: 'critical',
        source: 'validate-nonces.lua',
        component: 'slot-validator',
        group: 'ao-infrastructure',
        class: 'nonce-synchronization',
      },
    ],
  )
  assert.partialDeepStrictEqual(details, {
    alert_type: 'mismatches',
    total_processes: 2,
    mismatches: 1,
    execution_time: '0s',
    mismatched_processes: [
      {
        process_id: 'DUbGxLMe3r...T_OV2_Y',
        process_id_full: full,
        server: ao.stateUrl.replace('http://', ''),
        slot_nonce: 120898,
        router_nonce: 138456,
        difference: -17558,
        slot_url: `${ao.stateUrl}/${full}~process@1.0/compute/at-slot`,
        router_url: `${ao.routerUrl}/${full}/latest`,
      },
    ],
  })
})

test('--pagerduty-mismatch-threshold and --pagerduty-error-threshold say from how many on', async (t) => {
  const desk = await sitDown(t)
  const thresholds = ['--pagerduty-mismatch-threshold=3', '--pagerduty-error-threshold=1']
  await desk.nonces({}, '--file', listOf(desk, 2, 1), '--pagerduty-enabled', ...thresholds)
  assert.deepEqual(opened(desk), ['trigger slot-nonce-validation-DAY-errors'])
})

test('--pagerduty-key goes before PAGERDUTY_ROUTING_KEY', async (t) => {
  const desk = await sitDown(t)
  const other = KEY.replace('nonces', 'others')
  await desk.nonces({}, '--file', listOf(desk, 3, 0), '--pagerduty-enabled', `--pagerduty-key=${other}`)
  const keys = desk.emulator.events().map(({ event }) => (event as { routing_key: string }).routing_key)
  assert.deepEqual([...new Set(keys)], ['othe…'])
})

test('without a key it warns in the words of the documents, tells nobody, and goes on', async (t) => {
  const desk = await sitDown(t)
  const file = listOf(desk, 3, 0)
  const validator = await desk.nonces({ PAGERDUTY_ROUTING_KEY: '' }, '--file', file, '--pagerduty-enabled')
  assert.equal(
    validator.stderr,
    'Warning: PagerDuty enabled but no routing key provided\n' +
      'Set PAGERDUTY_ROUTING_KEY env var or use --pagerduty-key flag\n' +
      'Processed 3/3...\n',
  )
  assert.ok(!validator.stdout.includes('📟'))
  const monitor = await desk.nonces({ ...desk.perProcess, PAGERDUTY_ROUTING_KEY: '' }, '--file', file)
  assert.match(
    monitor.stderr,
    /^\[\d{4}-[\d:.T-]+Z\] ERROR: PAGERDUTY_ROUTING_KEY not configured\nProcessed 3\/3\.\.\.\n$/,
  )
  assert.deepEqual([validator.code, monitor.code], [1, 1])
  assert.deepEqual(desk.told(), [])
  const slack = await desk.nonces(
    { ...desk.perProcess, ...desk.slackOn, PAGERDUTY_ROUTING_KEY: '' },
    '--file',
    file,
  )
  assert.equal(slack.code, 1)
  assert.equal(desk.slack.messages.length, 3, 'Slack is told all the same')
})

test('while nobody is to be told, nothing is told and no file is written', async (t) => {
  const desk = await sitDown(t)
  const file = listOf(desk, 3, 5)
  for (const args of [[], ['--tell=per-process']])
    assert.equal((await desk.nonces({ PAGERDUTY_ENABLED: 'false' }, '--file', file, ...args)).code, 1)
  assert.deepEqual(desk.told(), [])
  assert.deepEqual(readdirSync(desk.folder), ['ids.txt'])
})

test('PAGERDUTY_ENABLED=true pages for each process from PAGERDUTY_SEVERITY_THRESHOLD slots on, and prints as the monitor does', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  desk.ao.say(id('b'), '100', '149')
  desk.ao.say(id('c'), '100', '150')
  desk.ao.say(id('d'), '1', { status: 404 })
  const file = desk.write('ids.txt', ['a', 'b', 'c', 'd'].map(id).join('\n'))
  const ran = await desk.nonces(desk.perProcess, '--file', file)
  assert.equal(ran.code, 1)
  assert.deepEqual(opened(desk), [`trigger nonce-monitor-error-${id('d')}-DAY`, `trigger ${mismatch('c')}`])
  assert.deepEqual(
    ran.stdout
      .replaceAll(/\[\d{4}-[\d:.T-]+Z\]/g, '[TIME]')
      .split('\n')
      .toSorted(),
    [
      '',
      '',
      '=== SUMMARY ===',
      'Errors: 1 ⚠',
      'Matches: 1 ✓',
      'Mismatches: 2 ✗',
      'Total Processes: 4',
      '[TIME] [aaaaaaaa...aaaaaaaa] State Nonce: 100 | SU Router Nonce: 100 | Status: MATCH ✓',
      '[TIME] [bbbbbbbb...bbbbbbbb] State Nonce: 100 | SU Router Nonce: 149 | Status: MISMATCH ✗',
      '[TIME] [cccccccc...cccccccc] State Nonce: 100 | SU Router Nonce: 150 | Status: MISMATCH ✗',
      '[TIME] [dddddddd...dddddddd] ERROR: Failed to fetch SU Router nonce: HTTP 404: Not Found',
      '📟 PagerDuty: 2 alert(s) sent',
    ],
  )
  const higher = { ...desk.perProcess, PAGERDUTY_SEVERITY_THRESHOLD: '100' }
  const well = await desk.nonces(
    higher,
    '--file',
    desk.write('c.txt', id('c')),
    '--store',
    join(desk.folder, 'other.db'),
  )
  assert.equal(well.code, 0, 'what nobody is to be told of is no trouble')
})

test('PAGERDUTY_SEVERITY_THRESHOLD=0 pages for what agrees, too, as for a test', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  const env = { ...desk.perProcess, PAGERDUTY_SEVERITY_THRESHOLD: '0', PROCESS_ID: id('a') }
  await desk.nonces(env)
  assert.deepEqual(opened(desk), [`trigger ${mismatch('a')}`])
})

test('PAGERDUTY_AUTO_RESOLVE ends the incident of a process that has caught up, and as false leaves it to people', async (t) => {
  for (const [isOn, status] of [
    ['true', 'resolved'],
    ['false', 'triggered'],
  ] as const) {
    const desk = await sitDown(t)
    const env = { ...desk.perProcess, PAGERDUTY_AUTO_RESOLVE: isOn, PROCESS_ID: id('a') }
    desk.ao.say(id('a'), '100', '200')
    await desk.nonces(env)
    const key =
      desk
        .told()
        .find((line) => line.startsWith('trigger '))
        ?.replace('trigger ', '') ?? ''
    assert.equal(desk.emulator.incident(key)?.status, 'triggered')
    desk.ao.say(id('a'), '200', '200')
    assert.equal((await desk.nonces(env)).code, 0)
    assert.equal(desk.emulator.incident(key)?.status, status)
  }
})

test('SLACK_WEBHOOK_URL is told from SLACK_THRESHOLD slots on, whatever PagerDuty is told', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '130')
  desk.ao.say(id('b'), '100', '170')
  const thresholds = { SLACK_THRESHOLD: '25', PAGERDUTY_SEVERITY_THRESHOLD: '50' }
  const file = desk.write('ids.txt', ['a', 'b'].map(id).join('\n'))
  await desk.nonces({ ...desk.perProcess, ...desk.slackOn, ...thresholds }, '--file', file)
  assert.deepEqual(opened(desk), [`trigger ${mismatch('b')}`])
  assert.equal(desk.slack.messages.length, 2)
  assert.match(desk.shown(), new RegExp(`${id('a')} is 30 slots behind`))
  // Caught up as far as PagerDuty is concerned, and not as far as Slack is.
  desk.ao.say(id('b'), '100', '140')
  await desk.nonces({ ...desk.perProcess, ...desk.slackOn, ...thresholds }, '--file', file)
  const key =
    desk
      .told()
      .find((line) => line.startsWith('trigger '))
      ?.replace('trigger ', '') ?? ''
  assert.equal(desk.emulator.incident(key)?.status, 'resolved')
})

test('SLACK_WEBHOOK_URL alone is told as the monitor tells, and errors too, unless SLACK_ALERT_ON_ERROR is false', async (t) => {
  for (const [isToldOfErrors, count] of [
    ['true', 1],
    ['false', 0],
  ] as const) {
    const desk = await sitDown(t)
    const env = { ...desk.slackOn, SLACK_ALERT_ON_ERROR: isToldOfErrors }
    const ran = await desk.nonces(env, '--file', listOf(desk, 0, 1))
    assert.equal(ran.code, 1)
    assert.match(ran.stdout, /=== SUMMARY ===/)
    assert.equal(desk.slack.messages.length, count)
    assert.deepEqual(desk.told(), [])
  }
})

test('while PagerDuty is away, result and exit code stand, and what was to be told goes out with the next run', async (t) => {
  const desk = await sitDown(t)
  const args = ['--file', listOf(desk, 3, 0), '--pagerduty-enabled', '--timeout=300ms']
  desk.emulator.faults({ status: 503 })
  const away = await desk.nonces({}, ...args)
  assert.equal(away.code, 1)
  assert.match(away.stdout, /✗ Mismatches: 3\n/)
  assert.match(
    away.stderr,
    /\nPagerDuty alert failed: .*503.*\nIt is kept in \S+tocsin\.db and goes out with the next run\.\n$/,
  )
  desk.emulator.faults({})
  // Well by now: what is told is that there was something, or nothing at all.
  const back = await desk.nonces({}, ...args)
  assert.equal(back.code, 1)
  assert.ok(!back.stderr.includes('failed'), back.stderr)
  const key =
    desk
      .told()
      .find((line) => line.endsWith('-mismatches'))
      ?.replace('trigger ', '') ?? ''
  assert.equal(desk.emulator.incident(key)?.status, 'triggered')
})

test('ends that are told just in case wait for their turn, and are no trouble', async (t) => {
  const desk = await sitDown(t)
  const names = Array.from({ length: 40 }, (_, at) => id('p').slice(2) + String(at).padStart(2, '0'))
  for (const name of names) desk.ao.say(name, '7', '7')
  const ran = await desk.nonces(desk.perProcess, '--file', desk.write('ids.txt', names.join('\n')), '--json')
  assert.equal(ran.code, 0)
  assert.ok(!ran.stderr.includes('failed'), ran.stderr)
  const { pagerduty } = JSON.parse(ran.stdout) as Record<string, unknown>
  assert.deepEqual(pagerduty, { alerts_sent: 0, resolved: 0, kept: 0, refused: 0 })
})

test('--timeout bounds the wait for a PagerDuty that hangs, and --json counts what is kept', async (t) => {
  const desk = await sitDown(t)
  desk.emulator.faults({ hang: true })
  const ran = await desk.nonces(
    {},
    '--file',
    listOf(desk, 3, 0),
    '--pagerduty-enabled',
    '--timeout=200ms',
    '--json',
  )
  assert.equal(ran.code, 1)
  const { pagerduty, slack } = JSON.parse(ran.stdout) as Record<string, unknown>
  assert.deepEqual([pagerduty, slack], [{ alerts_sent: 0, resolved: 0, kept: 1, refused: 0 }, null])
})

test('when everybody who was to be told refuses it, it exits 3', async (t) => {
  const desk = await sitDown(t)
  desk.emulator.faults({ status: 400 })
  const ran = await desk.nonces({}, '--file', listOf(desk, 3, 0), '--pagerduty-enabled')
  assert.equal(ran.code, 3)
  assert.match(ran.stdout, /✗ Mismatches: 3\n/)
  assert.match(
    ran.stderr,
    /PagerDuty alert failed: .*400.*\n.* kept in \S+ as deliver.*: correct the cause, then `tocsin deliveries retry (?:\d+|ID)`\.\n/,
  )
})

test('--store is where what was told is kept; one that cannot be opened exits 3, and the result is printed all the same', async (t) => {
  const desk = await sitDown(t)
  const args = ['--file', listOf(desk, 3, 0), '--pagerduty-enabled', '--store']
  await desk.nonces({}, ...args, join(desk.folder, 'mine.db'))
  assert.ok(existsSync(join(desk.folder, 'mine.db')) && !existsSync(join(desk.folder, 'tocsin.db')))
  const broken = await desk.nonces({}, ...args, desk.write('broken.db', 'no database'.repeat(1000)))
  assert.equal(broken.code, 3)
  assert.match(broken.stdout, /✗ Mismatches: 3\n/)
  assert.match(broken.stderr, /broken\.db/)
})

test('a file that cannot be read exits 2, and is told as the failure of the run', async (t) => {
  const desk = await sitDown(t)
  const file = join(desk.folder, 'process-map.json')
  const validator = await desk.nonces({}, '--file', file, '--pagerduty-enabled')
  const monitor = await desk.nonces(desk.perProcess, '--file', file)
  assert.deepEqual([validator.code, monitor.code], [2, 2])
  assert.match(validator.stderr, /^ERROR: \S+process-map\.json cannot be read \(ENOENT\)\n$/)
  assert.match(monitor.stderr, /^\[\S+\] ERROR: \S+process-map\.json cannot be read \(ENOENT\)\n$/)
  assert.deepEqual(opened(desk), [
    'trigger nonce-monitor-failure-DAY',
    'trigger slot-nonce-validation-DAY-failure',
  ])
})

test('--tell says how it is told, whoever is told', async (t) => {
  const desk = await sitDown(t)
  await desk.nonces(desk.perProcess, '--file', listOf(desk, 3, 0), '--tell=per-run')
  assert.deepEqual(opened(desk), ['trigger slot-nonce-validation-DAY-mismatches'])
  await desk.nonces({ PROCESS_ID: id('q') }, '--pagerduty-enabled', '--tell=per-process')
  assert.deepEqual(opened(desk).slice(0, 1), [`trigger nonce-monitor-error-${id('q')}-DAY`])
})

test('--undated-keys leaves the day out of the keys', async (t) => {
  const desk = await sitDown(t)
  await desk.nonces({}, '--file', listOf(desk, 3, 0), '--pagerduty-enabled', '--undated-keys')
  await desk.nonces({ ...desk.perProcess, PROCESS_ID: id('q') }, '--undated-keys')
  assert.deepEqual(opened(desk), [
    `trigger nonce-monitor-error-${id('q')}`,
    'trigger slot-nonce-validation-mismatches',
  ])
})
