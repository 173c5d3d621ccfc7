/** What the old monitor had opened, by its `.pagerduty-state.json`, ends when it should. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { id, KEY, sitDown, type NoncesDesk } from './nonces-desk.ts'
import { run } from './run.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

/** What the old monitor had told, and wrote down. */
async function oldMonitor(desk: NoncesDesk, keys: Readonly<Record<string, string>>): Promise<string> {
  const state: Record<string, unknown> = {}
  for (const [processId, dedupKey] of Object.entries(keys)) {
    const payload = { summary: 'behind', source: 'nonce-monitor', severity: 'error' }
    const body = JSON.stringify({ routing_key: KEY, event_action: 'trigger', dedup_key: dedupKey, payload })
    assert.equal((await fetch(`${desk.emulator.url}/v2/enqueue`, { method: 'POST', body })).status, 202)
    state[processId] = { dedupKey, alertedAt: '2025-10-05T10:00:00.000Z', severity: 'error' }
  }
  return desk.write('.pagerduty-state.json', JSON.stringify(state))
}

const keyOf = (type: string, letter: string, day: string): string =>
  `nonce-monitor-${type}-${id(letter)}-${day}`

/** The day that a key has now. Asked anew should midnight come in between. */
const today = (): string => new Date().toISOString().slice(0, 10).replaceAll('-', '')

async function taken(t: TestContext) {
  const desk = await sitDown(t)
  const day = today()
  const keys = {
    well: keyOf('mismatch', 'a', '20251005'),
    gone: keyOf('mismatch', 'b', '20251005'),
    behindSinceToday: keyOf('mismatch', 'c', day),
    behindForLong: keyOf('mismatch', 'd', '20251005'),
    answersAgain: keyOf('error', 'e', '20251005'),
    silent: keyOf('mismatch', 'f', '20251005'),
  }
  const state = await oldMonitor(
    desk,
    Object.fromEntries(Object.values(keys).map((key) => [key.slice(-52, -9), key])),
  )
  for (const [name, router] of Object.entries({ a: '100', c: '200', d: '200', e: '100' }))
    desk.ao.say(id(name), '100', router)
  desk.ao.say(id('f'), { status: 500 }, '100')
  const file = desk.write('ids.txt', ['a', 'c', 'd', 'e', 'f'].map(id).join('\n'))
  const args = ['--file', file, '--state-file', state]
  const statusOf = (key: string): string | undefined => desk.emulator.incident(key)?.status
  return { desk, day, keys, state, args, statusOf }
}

test('--state-file: what is well, gone, or goes on under another key ends; what goes on is ours; what is not known yet waits', async (t) => {
  const { desk, day, keys, state, args, statusOf } = await taken(t)
  const ran = await desk.nonces(desk.perProcess, ...args)
  assert.match(ran.stderr, /json: 5 of 6 incidents were taken over; the others wait for the next run\.\n/)
  for (const key of [keys.well, keys.gone, keys.behindForLong, keys.answersAgain])
    assert.equal(statusOf(key), 'resolved', key)
  for (const key of [keys.behindSinceToday, keys.silent]) assert.equal(statusOf(key), 'triggered', key)
  assert.equal(statusOf(keyOf('mismatch', 'd', day)), 'triggered')
  assert.equal(desk.emulator.incident(keys.behindSinceToday)?.pages, 1, 'nobody is paged twice for it')
  assert.ok(existsSync(state))
})

test('the file is renamed once every incident is dealt with, and the end of what is ours ends it', async (t) => {
  const { desk, keys, state, args, statusOf } = await taken(t)
  await desk.nonces(desk.perProcess, ...args)
  for (const name of ['c', 'd', 'f']) desk.ao.say(id(name), '100', '100')
  const ran = await desk.nonces(desk.perProcess, ...args)
  assert.match(ran.stderr, /json: 6 of 6 incidents were taken over, .* It is \S+\.imported now\.\n/)
  for (const key of Object.values(keys)) assert.equal(statusOf(key), 'resolved', key)
  assert.ok(!existsSync(state) && existsSync(`${state}.imported`))
  const events = desk.told().length
  await desk.nonces(desk.perProcess, ...args.slice(0, 2))
  assert.equal(desk.told().length, events, 'there is nothing left to tell')
})

test('a state file that cannot be read is warned of, and nothing else', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  for (const [text, why] of [
    ['{"abc": {"dedup', 'is no state file of the old monitor'],
    ['[]', 'is no state file of the old monitor'],
    [undefined, 'cannot be read (ENOENT)'],
  ] as const) {
    const path = text === undefined ? join(desk.folder, 'none.json') : desk.write('state.json', text)
    const ran = await desk.nonces({ ...desk.perProcess, PROCESS_ID: id('a') }, '--state-file', path)
    assert.equal(ran.code, 0)
    assert.ok(ran.stderr.startsWith(`Warning: ${path} ${why}; nothing of it is taken over.\n`), ran.stderr)
  }
})

test('./.pagerduty-state.json is taken over without being named, and only where each process is told of', async (t) => {
  const desk = await sitDown(t)
  const key = keyOf('mismatch', 'a', '20251005')
  const state = await oldMonitor(desk, { [id('a')]: key })
  desk.ao.say(id('a'), '100', '100')
  const here = (env: Readonly<Record<string, string>>, ...args: string[]) => {
    const surroundings = {
      PROCESS_ID: id('a'),
      STATE_URL: desk.ao.stateUrl,
      SU_ROUTER_URL: desk.ao.routerUrl,
      PAGERDUTY_ROUTING_KEY: KEY,
      PAGERDUTY_URL: desk.emulator.url,
    }
    return run(process.execPath, [MAIN, 'nonces', ...args], {
      cwd: desk.folder,
      env: { ...surroundings, ...env },
    })
  }
  await here({})
  await here({}, '--pagerduty-enabled')
  assert.ok(existsSync(state))
  assert.equal(desk.emulator.incident(key)?.status, 'triggered')
  await here(desk.perProcess)
  assert.ok(!existsSync(state))
  assert.equal(desk.emulator.incident(key)?.status, 'resolved')
})

test('a state file that cannot be renamed, and names that are none, keep nothing of the run from being shown', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  const key = keyOf('mismatch', 'a', '20251005')
  const state = desk.write(
    'state.json',
    JSON.stringify({ [id('a')]: { dedupKey: key }, '\u001B[31m\n::x': 5 }),
  )
  mkdirSync(`${state}.imported`)
  const ran = await desk.nonces({ ...desk.perProcess, PROCESS_ID: id('a') }, '--state-file', state)
  assert.equal(ran.code, 0)
  assert.match(ran.stdout, /=== SUMMARY ===/)
  assert.match(ran.stderr, /: the entry of \uFFFD\[31m ::x has no dedupKey/)
  assert.match(
    ran.stderr,
    /1 of 1 incidents were taken over, 1 of them are over\. It cannot be renamed \(\w+\): delete it\.\n/,
  )
  assert.ok(desk.told().includes(`resolve ${key}`))
})

test('what the old monitor opened after a run of ours, beside which it still ran, ends too', async (t) => {
  const desk = await sitDown(t)
  desk.ao.say(id('a'), '100', '100')
  const env = { ...desk.perProcess, PROCESS_ID: id('a') }
  await desk.nonces(env)
  const keys = [keyOf('mismatch', 'a', today()), keyOf('error', 'b', '20251005')] as const
  const state = await oldMonitor(desk, { [id('a')]: keys[0], [id('b')]: keys[1] })
  const before = desk.told().length
  await desk.nonces(env, '--state-file', state)
  assert.deepEqual(desk.told().slice(before).toSorted(), keys.map((key) => `resolve ${key}`).toSorted())
})
