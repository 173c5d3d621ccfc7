import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { openPrograms } from './programs.ts'
import { systemWorld, type Clock, type ProgramEnd, type ProgramFailure } from './world.ts'

const { programs } = systemWorld()
const DEADLINE_MS = 30_000

function run(
  command: readonly string[],
  more: {
    readonly env?: Record<string, string>
    readonly directory?: string
    readonly outputBytesMax?: number
  } = {},
): Promise<ProgramEnd | ProgramFailure> {
  return programs.run({ command, env: {}, deadlineMs: DEADLINE_MS, ...more })
}

test('a program answers with its code and what it printed to both outputs, in order', async () => {
  const script = 'echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three; exit 3'
  assert.deepEqual(await run(['sh', '-c', script]), { code: 3, output: 'one\ntwo\nthree\n' })
})

test('the code of a program that a signal ended is that of a shell', async () => {
  assert.deepEqual(await run(['sh', '-c', 'kill -KILL $$']), { code: 137, output: '' })
})

test('many programs at once hold up nobody for longer than one takes to start', async () => {
  let turns = 0
  const watch = setInterval(() => turns++, 0)
  await Promise.all(Array.from({ length: 50 }, () => run(['true'])))
  clearInterval(watch)
  assert(turns > 25, `${turns} turns`)
})

test('no shell reads the arguments', async () => {
  const end = await run(['printf', '%s|', '$HOME; exit 9', '*'])
  assert.deepEqual(end, { code: 0, output: '$HOME; exit 9|*|' })
})

test('a program runs where it is told to, and has nothing to read', async () => {
  assert.deepEqual(await run(['sh', '-c', 'pwd; cat'], { directory: '/' }), { code: 0, output: '/\n' })
})

test('of our environment a program gets its bearings, and no secret', async () => {
  process.env['TOCSIN_TEST_KEY'] = 'a-secret-of-ours'
  try {
    const end = await run(['env'], { env: { CHECKED: 'db.example', LC_TIME: 'C' } })
    const names = end.output.split('\n').map((line) => line.split('=', 1)[0])
    assert.ok(names.includes('PATH'))
    assert.match(end.output, /^CHECKED=db\.example$/m)
    assert.match(end.output, /^LC_TIME=C$/m)
    assert.ok(!end.output.includes('a-secret-of-ours'))
    const allowed = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TERM|CHECKED|)$/
    assert.deepEqual(
      names.filter((name = '') => !allowed.test(name)),
      [],
    )
  } finally {
    delete process.env['TOCSIN_TEST_KEY']
  }
})

test('a program that prints more than is read runs to its end, and no character is cut in two', async () => {
  const script = 'process.stdout.write("ä".repeat(1_000_000)); process.exitCode = 7'
  const end = await run([process.execPath, '-e', script], { outputBytesMax: 1_001 })
  assert.deepEqual(end, { code: 7, output: 'ä'.repeat(500) })
})

test('what cannot be started is said, with why, and without its arguments', async () => {
  const missing = await run(['/nowhere/check-disk', '--password=hunter22'])
  const reason = 'there is no such program (ENOENT)'
  assert.deepEqual(missing, { failure: 'not-started', reason, output: '' })
  const lost = await run(['true'], { directory: '/nowhere' })
  assert.ok('failure' in lost)
  assert.equal(lost.reason, 'there is no such directory to run it in (ENOENT)')
  const barred = await run(['/etc/passwd'])
  assert.ok('failure' in barred)
  assert.equal(barred.reason, 'it may not be run (EACCES)')
  for (const command of [[], [''], ['true', 'a\0b']]) {
    const end = await run(command)
    assert.ok('failure' in end && end.failure === 'not-started', JSON.stringify(end))
  }
})

suite('what a program leaves behind', () => {
  /** Starts a program that calls back; what it stands on then is told by its connection: it ends when the program does. */
  const CALL = (port: number, more: string): string => `
    process.on('SIGTERM', () => { ${more} })
    require('node:net').connect(${port}, '127.0.0.1')
    setInterval(() => {}, 60_000)`

  test('at the deadline a program and all it has started are asked to end', async (context) => {
    const { port, called } = await listening(context)
    const timers = handTimers()
    const end = openPrograms(timers.after).run({
      command: [
        'sh',
        '-c',
        'echo begun; "$@" & "$@"',
        'sh',
        process.execPath,
        '-e',
        CALL(port, 'process.exit()'),
      ],
      env: {},
      deadlineMs: 5_000,
    })
    const callers = [await called(), await called()]
    const gone = callers.map((caller) => once(caller, 'close'))
    await timers.fire(5_000)
    await Promise.all(gone)
    const reason = 'it did not end within 5000 ms'
    assert.deepEqual(await end, { failure: 'timeout', reason, output: 'begun\n' })
    assert.equal(timers.count(), 0)
  })

  test('and whoever does not is ended a second later', async (context) => {
    const { port, called } = await listening(context)
    const timers = handTimers()
    const end = openPrograms(timers.after).run({
      command: [process.execPath, '-e', CALL(port, 'process.stdout.write("no")')],
      env: {},
      deadlineMs: 5_000,
    })
    const caller = await called()
    const gone = once(caller, 'close')
    await timers.fire(5_000)
    await timers.fire(1_000)
    await gone
    const { failure } = { failure: undefined, ...(await end) }
    assert.equal(failure, 'timeout')
  })

  test('a child that holds the output holds nobody up, and does not stay', async (context) => {
    const { port, called } = await listening(context)
    const timers = handTimers()
    const command = [
      'sh',
      '-c',
      '"$@" & echo done; exit 2',
      'sh',
      process.execPath,
      '-e',
      CALL(port, 'process.exit()'),
    ]
    const end = openPrograms(timers.after).run({ command, env: {}, deadlineMs: 5_000 })
    const gone = once(await called(), 'close')
    await timers.fire(200)
    assert.deepEqual(await end, { code: 2, output: 'done\n' })
    await gone
  })
})

test('no program outlives us when we are told to end', async (context) => {
  const { port, called } = await listening(context)
  const script = `
    import { systemWorld } from ${JSON.stringify(new URL('world.ts', import.meta.url).href)}
    process.once('SIGTERM', () => process.exit())
    const looking = ${JSON.stringify(`require('node:net').connect(${port}, '127.0.0.1').on('error', () => {})`)}
    await systemWorld().programs.run({ command: [process.execPath, '-e', looking], env: {}, deadlineMs: 60_000 })`
  const us = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  const gone = once(await called(), 'close')
  us.kill('SIGTERM')
  await Promise.all([gone, once(us, 'exit')])
})

/** A server that hands out who calls it, in order. */
async function listening(
  context: TestContext,
): Promise<{ readonly port: number; readonly called: () => Promise<Socket> }> {
  const callers: Socket[] = []
  const awaited: ((caller: Socket) => void)[] = []
  const server = createServer((caller) => {
    caller.on('error', () => {}).resume()
    const next = awaited.shift()
    if (next === undefined) callers.push(caller)
    else next(caller)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const called = async (): Promise<Socket> =>
    callers.shift() ?? (await new Promise<Socket>((resolve) => awaited.push(resolve)))
  return { port: (server.address() as AddressInfo).port, called }
}

/** Time that passes when it is told to. */
function handTimers(): { readonly after: Clock['after']; fire(ms: number): Promise<void>; count(): number } {
  const set = new Map<number, () => void>()
  const awaited = new Map<number, () => void>()
  return {
    after: (ms, action) => {
      set.set(ms, action)
      awaited.get(ms)?.()
      return () => void (set.get(ms) === action && set.delete(ms))
    },
    fire: async (ms) => {
      if (!set.has(ms)) await new Promise<void>((resolve) => awaited.set(ms, resolve))
      const action = set.get(ms)
      set.delete(ms)
      action?.()
    },
    count: () => set.size,
  }
}
