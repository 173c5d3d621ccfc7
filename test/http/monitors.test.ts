import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { programIn, sleeperIn, untilGone } from '../process/program.ts'
import { configOf, startService, tempFolder } from '../process/service-process.ts'
import { openService, type Service } from './service.ts'
import { send } from './send.ts'

interface Monitors {
  readonly monitors: readonly Readonly<Record<string, unknown>>[]
}

const MONITORS = {
  nightly: { type: 'heartbeat', within: '1h' },
  backup: { type: 'heartbeat', within: '1d' },
  follower: { type: 'heartbeat', of: 'disk', within: '1h' },
  disk: { type: 'exec', command: ['/bin/true'], schedule: '0 8 * * *', timezone: 'Europe/Berlin' },
} as const

let service: Service
before(async () => {
  service = await openService({ monitors: MONITORS }, { start: false })
})
after(() => service.close())

async function list(url = service.url): Promise<Monitors['monitors']> {
  const { status, text } = await send(url, { method: 'GET', path: '/v1/monitors' })
  assert.equal(status, 200)
  return (JSON.parse(text) as Monitors).monitors
}

suite('a beat is heard, whatever a client sends with it', () => {
  const bodies: readonly (readonly [name: string, headers: Record<string, string>, body?: string])[] = [
    ['nothing', {}],
    ['nothing, called JSON', { 'content-type': 'application/json' }, ''],
    ['JSON', { 'content-type': 'application/json' }, '{"any":"thing"}'],
    ['what is called JSON and is none', { 'content-type': 'application/json' }, 'not JSON'],
    ['what is called JSON of UTF-16', { 'content-type': 'application/json; charset=utf-16' }, 'x'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    ['text', { 'content-type': 'text/plain; charset=utf-8' }, 'done'],
    ['bytes', { 'content-type': 'application/octet-stream' }, '\0\u0001'],
    ['a type that is none', { 'content-type': 'nonsense' }, 'x'],
  ]
  for (const [name, headers, body] of bodies)
    test(name, async () => {
      const path = '/v1/heartbeats/nightly'
      const earliest = Date.now()
      const answer = await send(service.url, { path, headers, ...(body === undefined ? {} : { body }) })
      assert.equal(answer.status, 202, answer.text)
      const { at, ...rest } = JSON.parse(answer.text) as Record<string, string>
      assert.deepEqual(rest, { status: 'heard', heartbeat: 'nightly' })
      const heardAt = Date.parse(
        (await list()).find((one) => one['name'] === 'nightly')?.['last_at'] as string,
      )
      assert.ok(heardAt >= earliest && heardAt >= Date.parse(at ?? ''))
    })
})

suite('a beat that nobody listens to is refused, with the name that may have been meant', () => {
  for (const [name, said] of [
    ['nightyl', 'There is no heartbeat "nightyl". Did you mean "nightly"?'],
    ['disk', 'There is no heartbeat "disk".'],
    ['follower', 'There is no heartbeat "follower".'],
    ['%00%22%3Cb%3E', 'There is no heartbeat "\\u0000\\"<b>".'],
    ['x'.repeat(90), `There is no heartbeat "${'x'.repeat(64)}".`],
  ] as const)
    test(name, async () => {
      const { status, text } = await send(service.url, { path: `/v1/heartbeats/${name}` })
      assert.equal(status, 404)
      const { error } = JSON.parse(text) as { error: { code: string; message: string } }
      assert.equal(error.code, 'TOCSIN_NOT_FOUND')
      assert.ok(error.message.startsWith(said), error.message)
    })
})

test('the monitors are listed in the order of the config, with when they look', async () => {
  const monitors = await list()
  assert.deepEqual(
    monitors.map(({ name, type, schedule, missed }) => [name, type, schedule, missed]),
    [
      ['nightly', 'heartbeat', 'every 30s', 0],
      ['backup', 'heartbeat', 'every 30s', 0],
      ['follower', 'heartbeat', 'every 30s', 0],
      ['disk', 'exec', '0 8 * * * Europe/Berlin', 0],
    ],
  )
})

test('a beat that was answered is known to the next process, though the one that heard it was killed', async (t) => {
  const emulator = await openEmulator()
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const path = configOf(folder, emulator.url, { monitors: { nightly: MONITORS.nightly } })
  const first = await startService(path)
  const answer = await send(first.url, { path: '/v1/heartbeats/nightly' })
  await first.kill()
  assert.equal(answer.status, 202)
  const { at } = JSON.parse(answer.text) as { at: string }
  const beside = new DatabaseSync(join(folder, 'tocsin.db'), { readOnly: true })
  const row = beside.prepare('select ran_at from monitors where name = ?').get('nightly')
  beside.close()
  assert.ok(Number(row?.['ran_at']) >= Date.parse(at))
  const second = await startService(path)
  const [nightly] = await list(second.url)
  assert.equal(nightly?.['last_at'], new Date(Number(row?.['ran_at'])).toISOString())
  assert.equal((await second.stop()).code, 0)
})

test('what an exec monitor started ends with the service that is stopped while it looks', async (t) => {
  const emulator = await openEmulator()
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const command = sleeperIn(folder)
  const monitors = { slow: { type: 'exec', command, timeout: '5m', directory: folder, every: '5s' } } as const
  const started = await startService(configOf(folder, emulator.url, { monitors }))
  const pid = await programIn(folder)
  assert.equal((await started.stop()).code, 0)
  await untilGone(pid)
})
