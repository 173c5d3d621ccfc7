import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { migrateStore, openStore, StoreError, type Store, type StoreFault } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { startPostgres } from '../postgres/server.ts'
import { fault } from './fault.ts'
import { alertOf, NOW } from './memory.ts'
import { ACCEPTED, LOST, Workbench } from './workbench.ts'

const { clock } = virtualWorld()
const server = await startPostgres()
after(() => (typeof server === 'string' ? undefined : server[Symbol.asyncDispose]()))
const options = typeof server === 'string' ? { skip: server } : {}

function postgres(): Exclude<typeof server, string> {
  assert.ok(typeof server !== 'string')
  return server
}

const url = typeof server === 'string' ? '' : await server.createDatabase()
if (url !== '') await migrateStore(url)

/** A store on an empty database. */
function withStore(run: (bench: Workbench, store: Store) => Promise<void>): () => Promise<void> {
  return async () => {
    await postgres().empty(url)
    const store = await openStore(url, { clock })
    try {
      await run(new Workbench(store), store)
    } finally {
      await store.close()
      await postgres().query('drop trigger if exists tested on incidents', url)
    }
  }
}

/** Runs a piece of PL/pgSQL whenever an incident is inserted. */
function onInsert(body: string): Promise<unknown> {
  return postgres().query(
    `create or replace function tested() returns trigger language plpgsql as $$ begin ${body}; return new; end $$;
     create or replace trigger tested before insert on incidents for each row execute function tested()`,
    url,
  )
}

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tocsin'`

/** Nothing of a password or a user, in anything that an error shows. */
function hidesSecrets(error: unknown): void {
  assert.ok(error instanceof StoreError)
  const shown = [error.message, error.next, error.stack, JSON.stringify(error), String(error.cause)].join(
    '\n',
  )
  assert.doesNotMatch(shown, /only-here|someone|hunter2|sesame/)
}

suite('a PostgreSQL in trouble', options, () => {
  test(
    'what has waited so long that its sender may have said otherwise elsewhere is not taken',
    withStore(async (bench, store) => {
      bench.time = NOW - 5_001
      await assert.rejects(bench.take(alertOf({ dedupKey: 'a' })), fault('locked', /waited 5001 ms/))
      assert.deepEqual(await store.incidents({}), [])
      bench.time = NOW - 5_000
      assert.deepEqual(await bench.take(alertOf({ dedupKey: 'a' })), ['first-firing'])
    }),
  )

  test(
    'stopped, everybody is told at once and nothing is taken; started again, all goes on',
    withStore(async (bench) => {
      await bench.take(alertOf({ dedupKey: 'before' }))
      await postgres().stop()
      const begun = performance.now()
      const { store } = bench
      const results = await Promise.allSettled([
        bench.take(alertOf({ dedupKey: 'a' })),
        bench.take(alertOf({ dedupKey: 'b' })),
        bench.claim(),
        store.incidents({}),
        store.expire(NOW, 1, () => assert.fail('nothing to decide')),
        store.nextDue('oncall'),
      ])
      for (const result of results) {
        assert.equal(result.status, 'rejected')
        fault('unreachable', /Check the store URL/)(result.reason)
        hidesSecrets(result.reason)
      }
      assert.match((await store.check()).join(), /Check the store URL/)
      assert.ok(performance.now() - begun < 4_000, 'a refused connection is not waited for')
      await postgres().start()
      assert.deepEqual(await bench.take(alertOf({ dedupKey: 'a' })), ['first-firing'])
      await bench.tellAll()
      assert.deepEqual(await store.check(), [])
      assert.equal((await store.incidents({})).length, 2)
    }),
  )

  test(
    'its connections cut again and again under load: what was answered is there, nothing is half done, and it recovers',
    withStore(async (bench, store) => {
      const answered: string[] = []
      const load = { isOver: false }
      const work = async (worker: number): Promise<void> => {
        for (let round = 0; !load.isOver; round++) {
          const keys = [1, 2, 3].map((number) => `${worker}-${round}-${number}`)
          await bench
            .take(...keys.map((dedupKey) => alertOf({ dedupKey })))
            .then(() => answered.push(...keys), fault('unreachable', /./))
          if (round % 3 === 0) {
            const { claims } = await bench.claim({ owner: `w${worker}` }).catch(() => ({ claims: [] }))
            for (const claim of claims)
              await bench.settle(claim, ACCEPTED, `w${worker}`).catch(fault('unreachable', /./))
          }
        }
      }
      const workers = [1, 2, 3, 4].map(work)
      let cut = 0
      while (cut < 60) cut += (await postgres().query(CUT)).length
      load.isOver = true
      await Promise.all(workers)
      assert.ok(answered.length > 0)
      assert.deepEqual(await store.check(), [])
      const rows = await postgres().query('select key from incidents', url)
      const keys = new Set(rows.map(({ key }) => key))
      assert.deepEqual(
        answered.filter((key) => !keys.has(key)),
        [],
      )
      const batches = Map.groupBy(keys, (key) => String(key).replace(/-\d$/, ''))
      assert.ok(
        [...batches.values()].every((batch) => batch.length === 3),
        'a batch is there as a whole or not at all',
      )
      bench.time += 100_000
      await bench.tellAll()
      assert.equal(await store.isSettled(bench.time), true)
    }),
  )

  test(
    'an outcome that is offered again, since nobody knows whether it was written, is written once',
    withStore(async (bench, store) => {
      for (const [outcome, state] of [
        [LOST, 'waiting'],
        [ACCEPTED, 'delivered'],
      ] as const) {
        bench.time += 10_000
        await bench.take(alertOf({ summary: 'changed' }))
        const claim = await bench.claimOne()
        assert.equal(await bench.settle(claim, outcome), state)
        const before = [
          await store.incidents({}),
          await store.deliveries({}),
          await store.ledger({ incidentId: 1 }),
        ]
        assert.equal(await bench.settle(claim, outcome), state)
        assert.deepEqual(
          [await store.incidents({}), await store.deliveries({}), await store.ledger({ incidentId: 1 })],
          before,
        )
      }
    }),
  )

  test(
    'a batch that the database cannot hold takes nobody else of its group with it',
    withStore(async (bench) => {
      await onInsert(`if new.key = 'odd' then raise exception 'too odd' using errcode = '22000'; end if`)
      const results = await Promise.allSettled(
        ['a', 'odd', 'b'].map((dedupKey) => bench.take(alertOf({ dedupKey }))),
      )
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
      assert.equal((await bench.store.incidents({})).length, 2)
    }),
  )

  test(
    'a transaction that meets another one is run again',
    withStore(async (bench) => {
      await postgres().query('create sequence meetings', url)
      await onInsert(`if nextval('meetings') < 5 then raise exception 'met' using errcode = '40001'; end if`)
      assert.deepEqual(await bench.take(alertOf()), ['first-firing'])
      await onInsert(`raise exception 'met' using errcode = '40P01'`)
      await assert.rejects(bench.take(alertOf({ dedupKey: 'b' })), fault('locked', /10 times in a row: met/))
    }),
  )

  const FAULTS: readonly (readonly [code: string, kind: StoreFault, said: RegExp])[] = [
    ['53100', 'full', /Free disk space/],
    ['53200', 'unreachable', /more connections or memory/],
    ['55P03', 'locked', /pg_stat_activity/],
    ['57014', 'locked', /pg_stat_activity/],
    ['57P01', 'unreachable', /Check the store URL/],
    ['25006', 'unreachable', /primary/],
    ['28P01', 'unreachable', /refused the user or its password.*pg_hba/],
    ['XX001', 'corrupt', /restore a backup/],
    ['42501', 'failed', /docs\/postgres.md/],
    ['22000', 'failed', /tocsin doctor/],
  ]
  for (const [code, kind, said] of FAULTS) {
    test(
      `what it says as ${code} is ${kind}, with what to do`,
      withStore(async (bench) => {
        await onInsert(`raise exception 'no' using errcode = '${code}'`)
        await assert.rejects(bench.take(alertOf()), fault(kind, said))
        await postgres().query('drop trigger tested on incidents', url)
        assert.deepEqual(await bench.take(alertOf()), ['first-firing'])
      }),
    )
  }

  test(
    'a server that would forget is not let, and who stands still in a transaction does not hold others up',
    withStore(async (bench) => {
      const database = new URL(url).pathname.slice(1)
      await postgres().query(`alter database ${database} set synchronous_commit = off`)
      await postgres().query(CUT)
      await onInsert(
        `new.route := concat_ws(' ', current_setting('synchronous_commit'), current_setting('lock_timeout'),
         current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'))`,
      )
      await bench.take(alertOf())
      const [view] = await bench.store.incidents({})
      assert.equal(view?.incident.route, 'on 7s 10s 5s')
      await postgres().query(`alter database ${database} reset all`)
    }),
  )

  test(
    'a repeat that changes nothing writes nothing',
    withStore(async (bench) => {
      const alerts = Array.from({ length: 64 }, (_, index) =>
        alertOf({ dedupKey: `k${index}`, expiresAt: NOW + 300_000 }),
      )
      await bench.take(...alerts)
      // Where each row stands, and the transaction that wrote it.
      const rows = (): Promise<unknown> =>
        postgres().query(
          ['incidents', 'alerts', 'deliveries', 'ledger']
            .map((table) => `select '${table}' as of, ctid::text, xmin::text, xmax::text from ${table}`)
            .join(' union all '),
          url,
        )
      const before = await rows()
      bench.time += 1_000
      for (let round = 0; round < 10; round++) await bench.take(...alerts)
      assert.deepEqual(await rows(), before)
    }),
  )
})

suite('a store URL that leads nowhere is refused, without showing what is secret in it', options, () => {
  const port = typeof server === 'string' ? 0 : server.port
  const REFUSED: readonly (readonly [name: string, url: string, said: RegExp])[] = [
    [
      'a wrong password',
      `postgres://someone:hunter2@127.0.0.1:${port}/postgres`,
      /refused the user or its password/,
    ],
    [
      'a database that is not there',
      `postgres://tocsin:only-here@127.0.0.1:${port}/nowhere`,
      /Create the database/,
    ],
    [
      'nobody who listens',
      'postgres://someone:hunter2@127.0.0.1:1/tocsin',
      /127\.0\.0\.1:1\/tocsin.*ECONNREFUSED/,
    ],
    ['a host that is not there', 'postgres://someone:hunter2@nowhere.invalid/tocsin', /nowhere\.invalid/],
    ['a password that is not escaped', 'postgres://someone:hunter2/sesame@db/tocsin', /write @ as %40/],
    ['a password with a number before a slash', 'postgres://someone:12/sesame@db/tocsin', /write @ as %40/],
    ['no URL at all', 'postgres:// hunter2', /cannot be read/],
  ]
  for (const [name, url, said] of REFUSED) {
    test(name, async () => {
      await assert.rejects(openStore(url, { clock }), (error) => {
        hidesSecrets(error)
        return fault('unreachable', said)(error)
      })
    })
  }
})
