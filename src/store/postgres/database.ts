import assert from 'node:assert/strict'
import { Pool, types, type PoolClient } from 'pg'
import { StoreError } from '../store-error.ts'
import { nameOf } from './address.ts'
import { Conflict, faultOf } from './fault.ts'
import { fromText, toText } from './odd-text.ts'

export type Value = string | number | null
export type Row = Record<string, Value>
export type Parameter = Value | readonly Value[]

/** Somewhere to run statements: in a transaction, or each by itself. What is sent without waiting is run in its order. */
export interface Session {
  all(sql: string, values?: readonly Parameter[]): Promise<Row[]>
  /** Returns how many rows it changed. */
  run(sql: string, values?: readonly Parameter[]): Promise<number>
}

export interface Transaction extends Session {
  /** Takes statements that were sent and that nothing waits for but the commit, which then travels with them. */
  withCommit(statements: Promise<unknown>): void
}

/** One for alerts that come in, one for outcomes, the rest for claims and for who reads: three replicas use 18. */
const CONNECTIONS_MAX = 6

/** How long to wait for a connection. Prometheus gives up a push after 10 s; it should hear a 503 before. */
const CONNECT_MS_MAX = 5_000

/** A process that is paused, or gone without a word, lets go of its locks after this. A transaction of ours waits for nobody
 * between its statements, so it takes milliseconds. */
const IDLE_IN_TRANSACTION_MS_MAX = 5_000

/** Longer than that, so that whoever waits for a paused process outlasts it. */
const LOCK_MS_MAX = 7_000

/** Longer than that, for what is done once the lock is there. */
const STATEMENT_MS_MAX = 10_000

/** Longer than that: then it is not the statement that takes its time, but nobody who answers. */
const ANSWER_MS_MAX = 12_000

// Set in each transaction, not once for a connection: behind a pooler a connection is somebody else's in the next. A server
// whose default is `synchronous_commit = off` would answer before the commit is durable.
const begin = (lockMs: number, statementMs: number): string => `begin; set local synchronous_commit = on;
  set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS_MAX};
  set local lock_timeout = ${lockMs}; set local statement_timeout = ${statementMs}`

// In a transaction we look for some rows by an index, always. The planner's statistics are older than the storm that fills
// the tables, and by those it would read all of them.
const BEGIN = `${begin(LOCK_MS_MAX, STATEMENT_MS_MAX)};
  set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off`
const BEGIN_PATIENTLY = begin(0, 0)

/** Node's longest timer, 24 days: for who waits as long as it takes (nodejs.org/api/timers.html). */
const PATIENCE_MS = 2 ** 31 - 1

/** How often a transaction is run that meets others: far more than it takes, as each time one of them gets done. */
const TRIES_MAX = 10

const INT8 = 20
const TEXT = 25

/** A pool of connections to one PostgreSQL database. Every error that leaves it is a `StoreError`. */
export class Database implements Session {
  /** Host and database: fit to be shown. */
  readonly name: string
  readonly #pool: Pool

  constructor(url: string) {
    this.name = nameOf(url)
    this.#pool = new Pool({
      connectionString: url,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
      keepAlive: true,
      application_name: 'tocsin',
      // Statements that do not wait for each other's results travel together.
      pipeline: true,
      types: { getTypeParser },
    })
    // A connection that is cut is noticed by whoever uses it, or replaced when next there is something to do.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async all(sql: string, values: readonly Parameter[] = []): Promise<Row[]> {
    return this.#using((client) => this.#on(client).all(sql, values))
  }

  async run(sql: string, values: readonly Parameter[] = []): Promise<number> {
    return this.#using((client) => this.#on(client).run(sql, values))
  }

  /**
   * Runs everything in one transaction and returns once it is durable. Rejects when nothing of it was done, or, should the
   * connection have been cut during the commit itself, when nobody knows. `run` may be called more than once. A patient one
   * waits for each answer as long as it takes.
   */
  async transaction<T>(
    run: (session: Transaction) => Promise<T>,
    { isPatient = false }: { readonly isPatient?: boolean } = {},
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#using((client) => this.#transact(client, run, isPatient))
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        if (tries === TRIES_MAX) throw this.#overtaken(error)
      }
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }

  async #transact<T>(
    client: PoolClient,
    run: (session: Transaction) => Promise<T>,
    isPatient: boolean,
  ): Promise<T> {
    const gate = { isOpen: true }
    const session = this.#on(client, gate, isPatient ? PATIENCE_MS : ANSWER_MS_MAX)
    const last: Promise<unknown>[] = []
    // Should it fail, that is heard of below, unless something else has failed before.
    const withCommit = (statements: Promise<unknown>): void => void last.push(heardLater(statements))
    try {
      const begun = session.run(isPatient ? BEGIN_PATIENTLY : BEGIN)
      const [, result] = await Promise.all([begun, run({ ...session, withCommit })])
      const committed = heardLater(this.#commit(client))
      // Where one of them has failed, the server makes a rollback of the commit, and it is the one that says why.
      await Promise.all(last)
      await committed
      return result
    } catch (error) {
      // Whatever of it is still under way must not go on outside of the transaction.
      gate.isOpen = false
      // Where this fails too, the connection is gone, and the transaction with it.
      await client.query('rollback').catch(() => {})
      throw error
    }
  }

  async #commit(client: PoolClient): Promise<void> {
    const { command } = await client.query('commit').catch((error: unknown) => {
      throw faultOf(error, this.name)
    })
    if (command !== 'COMMIT') throw faultOf(new Error('the transaction was rolled back'), this.name)
  }

  async #using<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      // Whatever was wrong with the other side, the next one is to find out for itself, and perhaps somewhere else.
      client.release(error instanceof StoreError && error.fault === 'unreachable')
      throw error
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw faultOf(error, this.name)
    }
  }

  #on(client: PoolClient, gate = { isOpen: true }, answerMsMax = ANSWER_MS_MAX): Session {
    const query = async (
      sql: string,
      values: readonly Parameter[],
    ): Promise<{ rows: Row[]; count: number }> => {
      assert.ok(gate.isOpen, 'the transaction is over')
      try {
        const settings = { query_timeout: answerMsMax }
        const result = await client.query<Row>({ text: sql, values: values.map(encode), ...settings })
        return { rows: result.rows, count: result.rowCount ?? 0 }
      } catch (error) {
        throw faultOf(error, this.name)
      }
    }
    return {
      all: async (sql, values = []) => (await query(sql, values)).rows,
      run: async (sql, values = []) => (await query(sql, values)).count,
    }
  }

  #overtaken(conflict: Conflict): StoreError {
    return new StoreError(
      'locked',
      `PostgreSQL ${this.name}: others wrote the same rows ${TRIES_MAX} times in a row: ${conflict.message}.`,
      'Senders are answered 503 and try again; should it go on, look into pg_stat_activity.',
    )
  }
}

function heardLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function encode(value: Parameter): Parameter {
  if (typeof value === 'string') return toText(value)
  if (typeof value !== 'object' || value === null) return value
  return value.map((one) => (typeof one === 'string' ? toText(one) : one))
}

/** Times and counts fit a number: they stay below 2^53. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : oid === TEXT ? fromText : types.getTypeParser(oid, format)
