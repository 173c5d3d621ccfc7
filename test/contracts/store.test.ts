import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { migrateStore, openStore } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { storeContract } from './store.contract.ts'

const { clock } = virtualWorld()
const server = await startPostgres()

storeContract('of SQLite in memory', async () => {
  const store = await openStore('sqlite::memory:', { clock })
  return { store, reopen: undefined, close: () => store.close() }
})

storeContract('of SQLite on disk', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-store-'))
  const url = `sqlite:${join(directory, 'tocsin.db')}`
  const first = await openStore(url, { clock })
  let store = first
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await openStore(url, { clock })
      return store
    },
    close: async () => {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
})

if (typeof server === 'string') test('a store of PostgreSQL', { skip: server })
else {
  after(() => server[Symbol.asyncDispose]())
  const url = await server.createDatabase()
  await migrateStore(url)
  storeContract('of PostgreSQL', async () => {
    await server.empty(url)
    let store = await openStore(url, { clock })
    return {
      store,
      reopen: async () => {
        await store.close()
        store = await openStore(url, { clock })
        return store
      },
      close: () => store.close(),
    }
  })
}
