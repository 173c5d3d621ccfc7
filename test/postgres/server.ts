import { chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { importPostgres, makeFolder, withFilesIn } from './reachable.ts'

const PASSWORD = 'only-here'
const USER = 'tocsin'

/** A real PostgreSQL for the time of a test file, on a free port of the loopback, with a folder of its own. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number
  /** A new, empty database. Returns its URL. */
  createDatabase(): Promise<string>
  /** Forgets everything in a migrated database of ours. Much quicker than a new one for each test. */
  empty(url: string): Promise<void>
  /** Runs a statement as the superuser, in a database of ours or in `postgres`. */
  query(sql: string, url?: string): Promise<Record<string, unknown>[]>
  /** Runs a statement in a transaction and keeps that open, with its locks, until it is disposed of. */
  hold(sql: string, url: string): Promise<AsyncDisposable>
  stop(): Promise<void>
  start(): Promise<void>
}

/** A certificate that the server shows, and its key; PEM. */
export interface ServerCertificate {
  readonly cert: string
  readonly key: string
}

/** Starts one, or returns why this platform has none: its binaries are an optional package. */
export async function startPostgres(tls?: ServerCertificate): Promise<PostgresServer | string> {
  const directory = makeFolder()
  let EmbeddedPostgres
  try {
    ;({ default: EmbeddedPostgres } = await importPostgres(directory))
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    return `no embedded PostgreSQL on this platform: ${String(error)}`
  }
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: USER,
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `ssl=${tls === undefined ? 'off' : 'on'}`,
    ].flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  })
  await withFilesIn(directory, () => server.initialise())
  if (tls !== undefined) writeCertificate(join(directory, 'data'), tls)
  await server.start()
  let databases = 0
  const urlOf = (database: string): string => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`
  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const query = async (sql: string, url = urlOf('postgres')): Promise<Record<string, unknown>[]> => {
    const client = await connect(url)
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows
    } finally {
      await client.end()
    }
  }
  return {
    port,
    query,
    createDatabase: async () => {
      const name = `test_${++databases}`
      await query(`create database ${name}`)
      return urlOf(name)
    },
    empty: async (url) => {
      await query(
        'truncate incidents, alerts, deliveries, sends, ledger, presence, silences, monitors, looks restart identity',
        url,
      )
    },
    hold: async (sql, url) => {
      const client = await connect(url)
      await client.query('begin')
      await client.query(sql)
      return { [Symbol.asyncDispose]: () => client.end() }
    },
    stop: () => server.stop(),
    start: () => server.start(),
    [Symbol.asyncDispose]: async () => {
      const stopped = server.stop()
      // At once, without writing down what is deleted next. Where it is stopped already, there is no such file.
      const pidFile = join(directory, 'data', 'postmaster.pid')
      if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT')
      await stopped
      rmSync(directory, { recursive: true })
    },
  }
}

/** Under the names that the server looks for. It refuses a key that others may read. */
function writeCertificate(directory: string, { cert, key }: ServerCertificate): void {
  const { uid, gid } = statSync(directory)
  for (const [name, text] of [
    ['server.crt', cert],
    ['server.key', key],
  ] as const) {
    const path = join(directory, name)
    writeFileSync(path, text, { mode: 0o600 })
    chownSync(path, uid, gid)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
