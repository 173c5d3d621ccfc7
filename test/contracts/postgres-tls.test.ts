import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { makeCertificate } from '../../src/emulator/certificate.ts'
import { openStore } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { fault } from './fault.ts'

const { clock } = virtualWorld()
const certificate = await makeCertificate()
const server = await startPostgres(certificate)
const directory = mkdtempSync(join(tmpdir(), 'tocsin-authority-'))
const authority = join(directory, 'ca.pem')
writeFileSync(authority, certificate.cert)

after(async () => {
  rmSync(directory, { recursive: true })
  if (typeof server !== 'string') await server[Symbol.asyncDispose]()
})

suite('a connection to PostgreSQL', typeof server === 'string' ? { skip: server } : {}, () => {
  const CASES: readonly (readonly [name: string, query: string, isEncrypted: boolean])[] = [
    [
      'is encrypted and checked against the authority that is named',
      `?sslmode=verify-full&sslrootcert=${authority}`,
      true,
    ],
    ['is encrypted and not checked, where that is asked for', '?sslmode=no-verify', true],
    ['is not encrypted where nothing is said', '', false],
  ]
  for (const [name, query, isEncrypted] of CASES) {
    test(name, async () => {
      assert.ok(typeof server !== 'string')
      const store = await openStore((await server.createDatabase()) + query, { clock })
      const rows = await server.query(
        `select bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'tocsin'`,
      )
      assert.deepEqual(rows, [{ ssl: isEncrypted }])
      await store.close()
    })
  }

  test('is refused to a server whose certificate nobody vouches for', async () => {
    assert.ok(typeof server !== 'string')
    const url = `${await server.createDatabase()}?sslmode=verify-full`
    await assert.rejects(openStore(url, { clock }), fault('unreachable', /self-signed certificate/))
  })

  test('is refused where the authority cannot be read', async () => {
    assert.ok(typeof server !== 'string')
    const url = `${await server.createDatabase()}?sslmode=verify-full&sslrootcert=/no/such/ca.pem`
    await assert.rejects(openStore(url, { clock }), fault('unreachable', /ca\.pem/))
  })
})
