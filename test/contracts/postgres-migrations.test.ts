import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { Database } from '../../src/store/postgres/database.ts'
import { migrate, migrations } from '../../src/store/postgres/migrate.ts'
import { migrateStore, openStore } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { EARLIER_ROWS, keepsEarlierRows } from './earlier-rows.ts'
import { fault } from './fault.ts'
import { alertOf } from './memory.ts'
import { Workbench } from './workbench.ts'

const { clock } = virtualWorld()
const server = await startPostgres()
after(() => (typeof server === 'string' ? undefined : server[Symbol.asyncDispose]()))
const options = typeof server === 'string' ? { skip: server } : {}

function postgres(): Exclude<typeof server, string> {
  assert.ok(typeof server !== 'string')
  return server
}

/** A database with our schema, and with entries of migrations that are not ours. */
async function databaseWith(...later: readonly { version: number; worksFor: number }[]): Promise<string> {
  const url = await postgres().createDatabase()
  await migrateStore(url)
  for (const { version, worksFor } of later)
    await postgres().query(
      `insert into schema_versions values (${version}, '${version}-later.sql', ${worksFor})`,
      url,
    )
  return url
}

const NAMES = migrations().map(({ name }) => name)
const NEWEST = migrations().at(-1)?.version ?? 0

suite('the schema of a PostgreSQL', options, () => {
  test('is made once when several processes start at once on an empty database, and all of them come up', async () => {
    const url = await postgres().createDatabase()
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(url, { clock })))
    const applied = await postgres().query('select name from schema_versions order by version', url)
    assert.deepEqual(
      applied.map(({ name }) => name),
      NAMES,
    )
    for (const store of stores) {
      assert.deepEqual(await store.check(), [])
      await store.close()
    }
  })

  test('is not made where it may not be', async () => {
    const url = await postgres().createDatabase()
    await assert.rejects(openStore(url, { clock, migrate: false }), fault('failed', /Run `tocsin migrate`/))
    assert.deepEqual(await postgres().query(`select * from pg_tables where schemaname = 'public'`, url), [])
    assert.deepEqual(await migrateStore(url), NAMES)
    assert.deepEqual(await migrateStore(url), [])
    await (await openStore(url, { clock, migrate: false })).close()
  })

  test('of a newer version that still works for ours is used, and left as it is', async () => {
    const url = await databaseWith({ version: NEWEST + 1, worksFor: NEWEST })
    assert.deepEqual(await migrateStore(url), [])
    const store = await openStore(url, { clock })
    assert.deepEqual(await new Workbench(store).take(alertOf()), ['first-firing'])
    await store.close()
  })

  test('of a newer version that works no more for ours is refused, whatever came after it', async () => {
    const url = await databaseWith(
      { version: NEWEST + 1, worksFor: NEWEST + 1 },
      { version: NEWEST + 2, worksFor: NEWEST },
    )
    const refused = fault(
      'newer-schema',
      new RegExp(`schema ${NEWEST + 2}.*${NEWEST + 1} or newer.*Run the newer Tocsin`),
    )
    await assert.rejects(openStore(url, { clock }), refused)
    await assert.rejects(migrateStore(url), refused)
  })

  test('is as it was after a migration that failed, those before it stand, and the next start goes on', async () => {
    const url = await postgres().createDatabase()
    const second = {
      version: NEWEST + 1,
      name: 'second.sql',
      worksFor: 1,
      sql: 'create table second (id integer)',
    }
    const third = {
      version: NEWEST + 2,
      name: 'third.sql',
      worksFor: 1,
      sql: 'create table third (id integer); select 1 / 0',
    }
    const db = new Database(url)
    const ours = [...migrations(), second, third]
    await assert.rejects(migrate(db, { allowed: true, ours }), fault('failed', /division by zero/))
    const tables = `select tablename as name from pg_tables where tablename in ('second', 'third')`
    assert.deepEqual(await postgres().query(tables, url), [{ name: 'second' }])
    const mended = [...migrations(), second, { ...third, sql: 'create table third (id integer)' }]
    assert.deepEqual(await migrate(db, { allowed: true, ours: mended }), ['third.sql'])
    await db.close()
  })

  for (const earlier of [1, 2])
    test(`keeps every incident of version ${earlier}, with its alerts and what waits to be told`, async () => {
      const url = await postgres().createDatabase()
      const db = new Database(url)
      await migrate(db, { allowed: true, ours: migrations().slice(0, earlier) })
      await db.close()
      await postgres().query(EARLIER_ROWS, url)
      assert.deepEqual(await migrateStore(url), NAMES.slice(earlier))
      const store = await openStore(url, { clock })
      await keepsEarlierRows(store)
      await store.close()
    })

  test('can stand in a schema of its own, beside somebody else`s tables of the same names', async () => {
    const url = await postgres().createDatabase()
    await postgres().query('create table incidents (theirs text); create schema tocsin', url)
    const store = await openStore(`${url}?options=-csearch_path%3Dtocsin`, { clock })
    assert.deepEqual(await new Workbench(store).take(alertOf()), ['first-firing'])
    assert.deepEqual(await store.check(), [])
    await store.close()
    assert.deepEqual(await postgres().query('select * from public.incidents', url), [])
  })
})

suite('a check finds', options, () => {
  const DAMAGES: readonly (readonly [name: string, sql: string, said: RegExp])[] = [
    ['an index that is missing', 'drop index ledger_by_age', /"ledger_by_age" is not the one/],
    ['a table that was altered', 'alter table ledger add column extra text', /"ledger" is not the one/],
    [
      'an incident that was never told and that nothing waits to tell',
      'delete from deliveries',
      /1 open incidents were never told/,
    ],
    ['counts that are wrong', 'update incidents set firing_error = 2', /1 open incidents count other alerts/],
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
    ['rows without their incident', 'delete from incidents', /2 alerts and deliveries belong to incidents/],
    [
      'a database that cannot be written',
      `do $$ begin execute 'alter database ' || current_database() || ' set default_transaction_read_only = on'; end $$`,
      /read-only transaction.*standby/,
    ],
  ]
  for (const [name, sql, said] of DAMAGES) {
    test(name, async () => {
      const url = await postgres().createDatabase()
      const store = await openStore(url, { clock })
      await new Workbench(store).take(alertOf())
      await store.close()
      await postgres().query(sql, url)
      const again = await openStore(url, { clock })
      assert.match((await again.check()).join('\n'), said)
      await again.close()
    })
  }
})
