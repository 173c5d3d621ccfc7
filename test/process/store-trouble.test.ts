/** A store that is away, full, damaged or too new: senders are told so, nothing is done by half, and it comes back. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { openEmulator } from '../../src/emulator/emulator.ts'
import { ask, isTaken, send, type Answered } from './sender.ts'
import {
  configOf,
  runCommand,
  startService,
  storeOf,
  tempFolder,
  type Command,
  type ServiceProcess,
} from './service-process.ts'
import { until } from './until.ts'

test('a database that another process holds costs senders a 503 with Retry-After, and nothing else', async (t) => {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const service = await startService(configOf(folder, emulator.url), { logLevel: 'error' })
  await sendTaken(service, 'before')

  // SQLite's locks are between processes, and the service is another one.
  const other = new DatabaseSync(join(folder, 'tocsin.db'), { timeout: 5_000 })
  t.after(() => other.isOpen && other.close())
  other.exec('begin immediate')
  const asked = performance.now()
  const locked = await Promise.all(
    named('locked', 50).map((name) => send(`${service.url}/v1/alerts`, alert(name))),
  )
  const tookMs = Math.round(performance.now() - asked)
  for (const answer of locked) assertUnavailable(answer)
  // Each wait for the lock stops everything else, so it is waited for once, and not by one sender after the other.
  assert.ok(tookMs < 4_000, `fifty senders were refused after ${tookMs} ms`)
  assert.equal((await ask(`${service.url}/healthz`))?.status, 200)
  const listed = await ask(`${service.url}/v1/incidents?status=all`)
  assert.doesNotMatch(listed?.text ?? '', /locked/, 'nothing of what was refused is there')
  other.exec('rollback')
  other.close()

  await sendTaken(service, 'after')
  await emulator.waitFor('after', 'triggered')
  assert.deepEqual(told(emulator.incidents()), ['after', 'before'])
  assert.equal((await service.stop()).code, 0)
  t.diagnostic(`fifty senders were refused within ${tookMs} ms`)
})

test('on a full disk senders are answered 503, the service stays up, and recovers once there is space', async (t) => {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const folder = tempFolder(t)
  const disk = smallDisk(t)
  if (disk === undefined) return t.skip('mounting a small file system is not permitted here')
  const config = configOf(folder, emulator.url, { store: `sqlite:${join(disk, 'tocsin.db')}` })
  const service = await startService(config, { logLevel: 'silent' })
  await sendTaken(service, 'before')
  await emulator.waitFor('before', 'triggered')

  const ballast = join(disk, 'ballast')
  fill(ballast)
  // What the database has reserved may still take a few.
  const taken = ['before']
  const refused: string[] = []
  while (refused.length < 20) {
    const name = `full-${taken.length + refused.length}`
    const answer = await send(`${service.url}/v1/alerts`, alert(name, 'x'.repeat(4_000)))
    if (isTaken(answer)) taken.push(name)
    else {
      assertUnavailable(answer)
      refused.push(name)
    }
  }
  assert.equal(service.hasExited, false)
  assert.equal((await ask(`${service.url}/healthz`))?.status, 200)
  rmSync(ballast)

  await until('alerts are taken again', 10_000, async () => {
    const answer = await send(`${service.url}/v1/alerts`, alert('after'))
    return isTaken(answer)
  })
  taken.push('after')
  await until('all that was answered is told', 20_000, () => emulator.incidents().length >= taken.length)
  assert.deepEqual(told(emulator.incidents()), taken.toSorted(), 'what was refused is not told')
  assert.equal((await service.stop()).code, 0)
  t.diagnostic(`${taken.length - 2} taken while there was little space, then ${refused.length} refused`)
  return undefined
})

test('a file that is no database is left as it is, and the service says so and does not start', async (t) => {
  const folder = tempFolder(t)
  const file = join(folder, 'tocsin.db')
  writeFileSync(file, 'This was a database once.\n'.repeat(500))
  const before = readFileSync(file)
  const command = await refused(folder)
  assert.match(command.output, /Database \S+tocsin\.db: file is not a database\./)
  assert.match(command.output, /restore a backup or move the file away/)
  assert.deepEqual(readFileSync(file), before)
})

test('a database whose pages are damaged is refused with what to do', async (t) => {
  const folder = tempFolder(t)
  const file = join(folder, 'tocsin.db')
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const service = await startService(configOf(folder, emulator.url))
  await sendTaken(service, 'before')
  await emulator.waitFor('before', 'triggered')
  assert.equal((await service.stop()).code, 0)
  const handle = openSync(file, 'r+')
  const { size } = statSync(file)
  // The first page stays: it says that this is a database, and of which schema.
  writeSync(handle, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096)
  closeSync(handle)
  const command = await refused(folder)
  assert.match(command.output, /Database \S+tocsin\.db: database disk image is malformed\./)
  assert.match(command.output, /Run `tocsin doctor`; restore a backup or move the file away\./)
})

test('a database of a newer schema is refused and left as it is', async (t) => {
  const folder = tempFolder(t)
  const db = new DatabaseSync(join(folder, 'tocsin.db'))
  db.exec('create table promises (id integer primary key) strict; pragma user_version = 999')
  db.close()
  const command = await refused(folder)
  assert.match(command.output, /Database \S+tocsin\.db has schema 999; this Tocsin knows schemas up to \d+\./)
  assert.match(command.output, /Run the newer Tocsin that wrote it/)
  const after = new DatabaseSync(join(folder, 'tocsin.db'))
  assert.deepEqual(
    after
      .prepare('select name from sqlite_schema')
      .all()
      .map((row) => row['name']),
    ['promises'],
  )
  after.close()
})

test('a folder that is not there is named, with what to check', async (t) => {
  const folder = tempFolder(t)
  const command = await refused(folder, storeOf(join(folder, 'nowhere')))
  assert.match(command.output, /Database \S+nowhere\/tocsin\.db: unable to open database file\./)
})

/** A start that ends with exit code 3, two sentences and no stack. */
async function refused(folder: string, store: string = storeOf(folder)): Promise<Command> {
  const command = runCommand(['serve', '--config', configOf(folder, 'http://127.0.0.1:9', { store })])
  const { code, signal } = await command.exited
  assert.deepEqual([code, signal], [3, null], command.output)
  assert.doesNotMatch(command.output, /\n\s+at |listens on/)
  return command
}

/** A file system of two megabytes; undefined where mounting is not permitted. */
function smallDisk(t: TestContext): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'tocsin-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
  t.after(() => {
    // Lazily: a process that was killed may still be at it.
    spawnSync('umount', ['-l', disk])
    rmdirSync(disk)
  })
  return mounted.status === 0 ? disk : undefined
}

/** Writes until nothing more goes in. */
function fill(file: string): void {
  const handle = openSync(file, 'w')
  try {
    for (const size of [65_536, 4_096, 1]) while (isWritten(handle, size));
  } finally {
    closeSync(handle)
  }
}

function isWritten(handle: number, size: number): boolean {
  try {
    return writeSync(handle, Buffer.alloc(size)) === size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}

function alert(name: string, description = ''): object {
  return { dedup_key: name, summary: name, severity: 'error', annotations: { description } }
}

async function sendTaken({ url }: ServiceProcess, name: string): Promise<void> {
  const answer = await send(`${url}/v1/alerts`, alert(name))
  assert.ok(isTaken(answer), `${name} was answered ${answer?.status}: ${answer?.text}`)
}

function assertUnavailable(answer: Answered | undefined): void {
  assert.equal(answer?.status, 503)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  assert.match(answer.text, /"TOCSIN_STORE_UNAVAILABLE"/)
}

function told(incidents: readonly { dedup_key: string }[]): string[] {
  return incidents.map(({ dedup_key: key }) => key).sort()
}

function named(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`)
}
