import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Cron } from 'croner'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { run } from '../cli/run.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (name: string): string => readFileSync(join(ROOT, 'deploy/cron', name), 'utf8')

interface Line {
  readonly pattern: string
  readonly command: string
}

/** Lines of the crontab that are jobs; the one that is to be switched on by hand is the second. */
function jobs(): readonly Line[] {
  return read('tocsin.crontab')
    .split('\n')
    .flatMap((line) => {
      const [, pattern, command] = /^#?((?:[\d*/,-]+ ){4}[\d*/,-]+) (.+)$/.exec(line) ?? []
      return pattern === undefined || command === undefined ? [] : [{ pattern, command }]
    })
}

const MINUTE_MS = 60_000

test('the crontab looks every five minutes, and every hour in place of the script', () => {
  const gaps = jobs().map(({ pattern }) => {
    const [first, second] = new Cron(pattern, { paused: true, mode: '5-part', timezone: 'UTC' }).nextRuns(
      2,
      new Date(0),
    )
    return ((second?.getTime() ?? 0) - (first?.getTime() ?? 0)) / MINUTE_MS
  })
  assert.deepEqual(gaps, [5, 60])
})

test('a line of the crontab is what cron takes it for', () => {
  const settings = /^[A-Z]+=\S+$/
  const rest = read('tocsin.crontab')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !settings.test(line))
  assert.equal(rest.length, 1)
  // To cron, % is the end of a line.
  for (const { command } of jobs()) assert.doesNotMatch(command, /%/)
})

test('the command of the crontab looks, tells and resolves, with no more in its environment than cron gives it', async (t) => {
  const machine = mkdtempSync(join(tmpdir(), 'tocsin-cron-'))
  const emulator = await openEmulator({ limit: 0 })
  t.after(async () => {
    await emulator.close()
    rmSync(machine, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const folder of ['etc/tocsin', 'var/lib/tocsin', 'var/log/tocsin', 'opt', 'bin'])
    mkdirSync(join(machine, folder), { recursive: true })
  symlinkSync(ROOT, join(machine, 'opt/tocsin'))
  symlinkSync(process.execPath, join(machine, 'bin/node'))
  writeFileSync(
    join(machine, 'etc/tocsin/tocsin.env'),
    'PAGERDUTY_ROUTING_KEY=deploy0test0routing0key000000001\n',
  )
  const oncall = { type: 'pagerduty', routing_key: '${PAGERDUTY_ROUTING_KEY}', url: emulator.url }
  const look = async (command: string): Promise<number | null> => {
    const monitors = { disk: { type: 'exec', command: [command] } }
    writeFileSync(
      join(machine, 'etc/tocsin/tocsin.yaml'),
      JSON.stringify({ destinations: { oncall }, monitors }),
    )
    const line = jobs()[0]?.command.replaceAll(/\/(?:etc|var|opt)\//g, (folder) => machine + folder) ?? ''
    const ran = await run('env', ['-i', `PATH=${machine}/bin:/usr/bin:/bin`, 'sh', '-c', line], {
      cwd: machine,
    })
    assert.equal(ran.stdout + ran.stderr, '', 'what cron would send as mail')
    return ran.code
  }
  assert.equal(await look('false'), 1, log(machine))
  assert.equal(emulator.incidents('open').length, 1, log(machine))
  assert.equal(await look('true'), 0, log(machine))
  assert.deepEqual(
    emulator.incidents().map(({ status, pages }) => ({ status, pages })),
    [{ status: 'resolved', pages: 1 }],
  )
})

function log(machine: string): string {
  return readFileSync(join(machine, 'var/log/tocsin/check.log'), 'utf8')
}

test('launchd runs the same command as cron, as often', () => {
  const plist = read('com.example.tocsin-check.plist')
  const [, array = ''] = /<key>ProgramArguments<\/key>\s*<array>([^]*?)<\/array>/.exec(plist) ?? []
  const args = Array.from(array.matchAll(/<string>(.*?)<\/string>/g), ([, arg = '']) => arg)
  const places = /(?:\/Users\/YOU\/\.config|\/etc)\/tocsin\/|(?:\/Users\/YOU|\/opt)\/tocsin\//g
  const [, cron = ''] = /\bcheck\.lock (.*?) >>/.exec(jobs()[0]?.command ?? '') ?? []
  assert.deepEqual(
    args.map((arg) => arg.replaceAll(places, '…/')),
    cron.split(' ').map((arg) => arg.replaceAll(places, '…/').replace(/^node$/, '/opt/homebrew/bin/node')),
  )
  assert.match(plist, /<key>StartInterval<\/key>\s*<integer>300<\/integer>/)
  assert.match(plist, /<key>Label<\/key>\s*<string>com\.example\.tocsin-check<\/string>/)
})
