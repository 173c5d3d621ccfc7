import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { storeContract } from './store.contract.ts'

const { clock } = virtualWorld()

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
