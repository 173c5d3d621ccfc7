import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock, suite, test } from 'node:test'
import { migrateStore, openStore, StoreError, type Store } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { migrations } from '../../src/store/sqlite/migrate.ts'
import { EARLIER_ROWS, keepsEarlierRows } from './earlier-rows.ts'
import { fault } from './fault.ts'
import { alertOf, NOW } from './memory.ts'
import { Workbench } from './workbench.ts'

const { clock } = virtualWorld()

/** A folder with a database file in it, for the time of a test. */
class Folder implements Disposable {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'tocsin-file-'))

  get path(): string {
    return join(this.#directory, 'tocsin.db')
  }

  open(migrate = true): Promise<Store> {
    return openStore(`sqlite:${this.path}`, { clock, migrate })
  }

  /** Another process on the same file. */
  beside(): DatabaseSync {
    return new DatabaseSync(this.path)
  }

  async isLeftAlone(work: () => Promise<void>): Promise<boolean> {
    const size = statSync(this.path).size
    await work()
    return statSync(this.path).size === size
  }

  get files(): readonly string[] {
    return readdirSync(this.#directory)
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true })
  }
}

suite('a file that cannot be used is refused with what to do about it', () => {
  test('a newer schema is left alone', async () => {
    using folder = new Folder()
    await (await folder.open()).close()
    const beside = folder.beside()
    beside.exec('pragma user_version = 9999')
    beside.close()
    const isLeftAlone = await folder.isLeftAlone(() =>
      assert.rejects(folder.open(), fault('newer-schema', /schema 9999.*Run the newer Tocsin/)),
    )
    assert.ok(isLeftAlone)
    await assert.rejects(migrateStore(`sqlite:${folder.path}`), fault('newer-schema', /9999/))
  })

  test('an older schema, where it may not be migrated', async () => {
    using folder = new Folder()
    await assert.rejects(folder.open(false), fault('failed', /Run `tocsin migrate`/))
    assert.deepEqual(await migrateStore(`sqlite:${folder.path}`), [
      '0001-incidents-and-outbox.sql',
      '0002-storms-and-fallbacks.sql',
      '0003-groups-and-mutes.sql',
      '0004-monitors.sql',
    ])
    assert.deepEqual(await migrateStore(`sqlite:${folder.path}`), [])
    await (await folder.open(false)).close()
  })

  for (const earlier of [2, 3])
    test(`the older schema ${earlier} is brought up to ours, and every incident of it is kept`, async () => {
      using folder = new Folder()
      const before = folder.beside()
      for (const { sql, version } of migrations().slice(0, earlier))
        before.exec(`${sql}\npragma user_version = ${version};`)
      before.exec(EARLIER_ROWS)
      before.close()
      const store = await folder.open()
      await keepsEarlierRows(store)
      await store.close()
    })

  test('something that is no database', async () => {
    using folder = new Folder()
    writeFileSync(folder.path, 'The quick brown fox jumps over the lazy dog. '.repeat(100))
    await assert.rejects(folder.open(), fault('corrupt', /tocsin doctor.*backup/))
  })

  test('a database that was cut in half', async () => {
    using folder = new Folder()
    const store = await folder.open()
    const bench = new Workbench(store)
    for (let i = 0; i < 200; i++) await bench.take(alertOf({ dedupKey: `k${i}` }))
    await store.close()
    truncateSync(folder.path, 8_192)
    await assert.rejects(
      async () => {
        const damaged = await folder.open()
        try {
          await new Workbench(damaged).take(alertOf({ dedupKey: 'k1' }))
        } finally {
          await damaged.close()
        }
      },
      fault('corrupt', /tocsin doctor/),
    )
  })

  test('a folder that is not there', async () => {
    await assert.rejects(
      openStore(`sqlite:${join(tmpdir(), 'no', 'such', 'folder', 'tocsin.db')}`, { clock }),
      fault('unreachable', /Check that the folder exists/),
    )
  })

  test('an address of another kind, without showing its password', async () => {
    const refused = openStore('mysql://tocsin:hunter2@db/tocsin', { clock })
    await assert.rejects(refused, (error) => {
      assert.doesNotMatch(JSON.stringify(error) + String(error), /hunter2/)
      return fault('unreachable', /sqlite:PATH/)(error)
    })
  })
})

test('while another process holds the file, nothing is taken, everybody is told at once, and then all goes on', async () => {
  using folder = new Folder()
  const store = await folder.open()
  const bench = new Workbench(store)
  const beside = folder.beside()
  beside.exec('begin immediate')
  const refused = await Promise.allSettled(
    ['a', 'b', 'c'].map((dedupKey) => bench.take(alertOf({ dedupKey }))),
  )
  const errors = refused.map((result) => (result.status === 'rejected' ? result.reason : 'taken'))
  for (const error of errors) fault('locked', /Another process holds the file/)(error)
  assert.equal(new Set(errors).size, 1, 'who waits for a lock together waits for it once')
  beside.exec('rollback')
  assert.deepEqual(await store.incidents({}), [])
  assert.deepEqual(await bench.take(alertOf()), ['first-firing'])
  beside.close()
  await store.close()
})

test('on a full disk nothing is half done, what fits is taken, and once there is room all goes on', async () => {
  using folder = new Folder()
  const handles = new Set<DatabaseSync>()
  const exec = mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    handles.add(this)
    return (exec.mock.restore(), this.exec(sql))
  })
  const store = await folder.open()
  const [handle] = handles
  assert.ok(handle !== undefined)
  const bench = new Workbench(store)
  await bench.take(alertOf({ dedupKey: 'before' }))

  const { page_count: pages } = handle.prepare('pragma page_count').get() ?? {}
  handle.exec(`pragma max_page_count = ${Number(pages) + 8}`)
  const large = alertOf({ dedupKey: 'large', details: { text: 'x'.repeat(200_000) } })
  const [small, refused] = await Promise.allSettled([
    bench.take(alertOf({ dedupKey: 'small' })),
    bench.take(alertOf({ dedupKey: 'beside' }), large),
  ])
  assert.equal(small.status, 'fulfilled')
  fault('full', /Free disk space/)(refused.status === 'rejected' ? refused.reason : 'taken')
  const keys = async (): Promise<readonly string[]> =>
    (await store.incidents({})).map(({ incident }) => incident.key)
  assert.deepEqual(await keys(), ['small', 'before'])

  handle.exec('pragma max_page_count = 1000000')
  assert.deepEqual(await bench.take(large), ['first-firing'])
  assert.deepEqual(await keys(), ['large', 'small', 'before'])
  assert.deepEqual(await store.check(), [])
  await store.close()
})

test('what was taken stands in the file before its sender is answered', async () => {
  using folder = new Folder()
  const store = await folder.open()
  await new Workbench(store).take(alertOf())
  const beside = folder.beside()
  assert.equal(beside.prepare('select count(*) as n from incidents').get()?.['n'], 1)
  assert.equal(beside.prepare('pragma journal_mode').get()?.['journal_mode'], 'wal')
  beside.close()
  await store.close()
})

test('a closed store takes nothing, and what was handed over before is written', async () => {
  using folder = new Folder()
  const store = await folder.open()
  const bench = new Workbench(store)
  const taken = bench.take(alertOf())
  await store.close()
  assert.deepEqual(await taken, ['first-firing'])
  await assert.rejects(bench.take(alertOf()), StoreError)
  await store.close()
  const again = await folder.open()
  assert.equal((await again.incidents({})).length, 1)
  await again.close()
  assert.deepEqual(folder.files, ['tocsin.db'])
})

suite('a check finds', () => {
  const DAMAGES: readonly (readonly [name: string, sql: string, said: RegExp])[] = [
    ['an index that is missing', 'drop index ledger_by_age', /"ledger_by_age" is not the one/],
    ['a table that was altered', 'alter table ledger add column extra text', /"ledger" is not the one/],
    [
      'an incident that was never told and that nothing waits to tell',
      'delete from deliveries',
      /1 open incidents were never told/,
    ],
    [
      'a count of what is muted that is wrong',
      'update incidents set muted = 1',
      /1 open incidents count other alerts than those that are muted/,
    ],
    [
      'an incident that is muted by nothing',
      `update incidents set muted_by = 'x'`,
      /1 open incidents count other alerts than those that are muted/,
    ],
    ['a row without its incident', 'pragma foreign_keys = off; delete from incidents', /SQLite finds damage/],
  ]
  for (const [name, sql, said] of DAMAGES) {
    test(name, async () => {
      using folder = new Folder()
      const store = await folder.open()
      await new Workbench(store).take(alertOf())
      const beside = folder.beside()
      beside.exec(sql)
      beside.close()
      assert.match((await store.check()).join('\n'), said)
      await store.close()
    })
  }
})

test('two processes on one file each see what the other did, and no delivery is given to both', async () => {
  using folder = new Folder()
  const stores = [await folder.open(), await folder.open()]
  const [a, b] = stores.map((store) => new Workbench(store))
  assert.ok(a !== undefined && b !== undefined)
  const reasons = await Promise.all([a.take(alertOf()), b.take(alertOf()), a.take(alertOf())])
  assert.deepEqual(reasons.flat().toSorted(), ['first-firing', 'unchanged', 'unchanged'])
  await a.take(alertOf({ dedupKey: 'k1' }), alertOf({ dedupKey: 'k2' }))
  const claimed = await Promise.all([a.claim({ owner: 'a' }), b.claim({ owner: 'b' })])
  assert.equal(claimed.flatMap(({ claims }) => claims).length, 3)
  assert.equal(await b.store.nextDue('oncall'), NOW + 40_000)
  for (const store of stores) await store.close()
})

test('of two processes on one file one takes a run', async () => {
  using folder = new Folder()
  const stores = [await folder.open(), await folder.open()]
  for (const slotAt of [NOW, NOW + 1]) {
    const taken = await Promise.all(stores.map((store) => store.takeRun('nonces', slotAt)))
    assert.deepEqual(new Set(taken), new Set([false, true]))
  }
  for (const store of stores) await store.close()
})

test('what another process has committed is what the next decision goes by', async () => {
  using folder = new Folder()
  const [one, other] = [new Workbench(await folder.open()), new Workbench(await folder.open())]
  const alert = alertOf({ dedupKey: 'a' })
  assert.deepEqual(await one.take(alert), ['first-firing'])
  assert.deepEqual(await one.take(alert), ['unchanged'])
  assert.deepEqual(await other.take({ ...alert, status: 'resolved' }), ['never-told'])
  assert.deepEqual(await one.take(alert), ['firing-again'])
  assert.deepEqual(await other.take(alert), ['unchanged'])
  await Promise.all([one.store.close(), other.store.close()])
})
