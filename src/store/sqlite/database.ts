import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { Recent } from './recent.ts'

export type Row = Record<string, SQLOutputValue>
export type Value = SQLInputValue

/** How long a statement waits for another process on the same file. Longer would keep senders waiting; they retry. */
const BUSY_MS = 1_000

/** One SQLite database with its prepared statements. Every error that leaves it is a `StoreError`. */
export class Database {
  readonly path: string
  readonly recent: Recent = new Recent()
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #isHeld = false
  #version: unknown

  constructor(path: string) {
    this.path = path
    try {
      // What we are sent is nobody else's: a file that is made here is its owner's alone, and what SQLite puts beside it too.
      if (path !== ':memory:') makePrivate(path)
      this.#db = new DatabaseSync(path, { timeout: BUSY_MS })
      // Synchronous FULL makes each commit durable before it returns, in WAL mode too (sqlite.org/pragma.html).
      this.#db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;')
    } catch (error) {
      throw faultOf(error, path)
    }
  }

  /**
   * Begins a transaction that writes. When another process holds the file it is waited for, once: until it lets go, every
   * further try fails at once, for each wait would stop the whole process.
   */
  begin(): void {
    try {
      this.exec('begin immediate')
    } catch (error) {
      if (error instanceof StoreError && error.fault === 'locked') this.#hold(true)
      throw error
    }
    this.#hold(false)
    // It changes when another connection has committed (sqlite.org/pragma.html#pragma_data_version).
    const version = this.get('pragma data_version')?.['data_version']
    if (version !== this.#version) this.recent.dropAll()
    this.#version = version
  }

  /** Takes back what was written since `begin`, if anything still can be. */
  rollback(): void {
    this.recent.dropAll()
    // A full disk or an I/O error may have ended the transaction already.
    if (this.isInTransaction) this.exec('rollback')
  }

  #hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return
    this.#isHeld = isHeld
    this.exec(`pragma busy_timeout = ${isHeld ? 0 : BUSY_MS}`)
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    try {
      this.#db.exec(sql)
    } catch (error) {
      throw faultOf(error, this.path)
    }
  }

  /** Runs a statement. Returns the number of rows changed and the id of the row inserted last. */
  run(sql: string, values: readonly Value[] = []): { changes: number; id: number } {
    try {
      const { changes, lastInsertRowid } = this.#prepare(sql).run(...values)
      return { changes: Number(changes), id: Number(lastInsertRowid) }
    } catch (error) {
      throw faultOf(error, this.path)
    }
  }

  get(sql: string, values: readonly Value[] = []): Row | undefined {
    try {
      return this.#prepare(sql).get(...values)
    } catch (error) {
      throw faultOf(error, this.path)
    }
  }

  all(sql: string, values: readonly Value[] = []): Row[] {
    try {
      return this.#prepare(sql).all(...values)
    } catch (error) {
      throw faultOf(error, this.path)
    }
  }

  get isInTransaction(): boolean {
    return this.#db.isTransaction
  }

  close(): void {
    this.#statements.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

// Primary result codes (sqlite.org/rescode.html).
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

function faultOf(error: unknown, path: string): Error {
  if (error instanceof StoreError || !(error instanceof Error))
    return error instanceof Error ? error : new Error(String(error))
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
  const what = `Database ${path}: ${error.message}.`
  switch (code) {
    case FULL:
      return new StoreError(
        'full',
        what,
        'Free disk space; senders are answered 503 until a commit succeeds.',
        error,
      )
    case BUSY:
    case LOCKED:
      return new StoreError(
        'locked',
        what,
        'Another process holds the file. Stop it, or give each its own file.',
        error,
      )
    case CORRUPT:
    case NOTADB:
      return new StoreError(
        'corrupt',
        what,
        'Run `tocsin doctor`; restore a backup or move the file away.',
        error,
      )
    case READONLY:
      return new StoreError(
        'unreachable',
        what,
        'Make the file and its folder writable for this user.',
        error,
      )
    case IOERR:
    case CANTOPEN:
      return new StoreError('unreachable', what, 'Check that the folder exists and may be written to.', error)
    case undefined:
    default:
      return new StoreError('failed', what, 'Run `tocsin doctor`.', error)
  }
}

function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch {
    // It is there, or cannot be made: SQLite says so.
  }
}
