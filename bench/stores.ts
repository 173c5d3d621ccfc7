import { statSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres, type PostgresServer } from '../test/postgres/server.ts'
import { makeFolder, removeFolder } from './running.ts'

export type StoreKind = 'sqlite' | 'postgres'

/** An empty database, gone when disposed of. */
export interface EmptyStore extends AsyncDisposable {
  /** As a config names it. */
  readonly address: string
  /** What it takes on disk now, in MB of 2^20 bytes. */
  diskMb(): Promise<number>
}

/** Makes empty databases. PostgreSQL is started when it is first asked for, and serves the whole run. */
export class Stores implements AsyncDisposable {
  #starting: Promise<PostgresServer> | undefined

  open(kind: StoreKind): Promise<EmptyStore> {
    if (kind === 'sqlite') return Promise.resolve(openFile())
    this.#starting ??= start()
    return this.#starting.then(openDatabase)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await this.#starting?.catch(() => undefined)
    await started?.[Symbol.asyncDispose]()
  }
}

function openFile(): EmptyStore {
  const folder = makeFolder()
  const file = join(folder, 'tocsin.db')
  const bytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return {
    address: `sqlite:${file}`,
    diskMb: () => Promise.resolve((bytes(file) + bytes(`${file}-wal`)) / 2 ** 20),
    [Symbol.asyncDispose]: () => Promise.resolve(removeFolder(folder)),
  }
}

async function start(): Promise<PostgresServer> {
  const server = await startPostgres()
  if (typeof server === 'string') throw new Error(`PostgreSQL is left out: ${server}`)
  return server
}

async function openDatabase(server: PostgresServer): Promise<EmptyStore> {
  const address = await server.createDatabase()
  const name = new URL(address).pathname.slice(1)
  return {
    address,
    diskMb: async () => {
      const [row] = await server.query(`select pg_database_size('${name}') as bytes`)
      return Number(row?.['bytes']) / 2 ** 20
    },
    async [Symbol.asyncDispose]() {
      await server.query(`drop database ${name} with (force)`)
    },
  }
}
