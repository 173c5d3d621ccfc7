import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../src/world/world.ts'
import type { Draw } from '../draw.ts'

/** What SQLite says of it (sqlite.org/rescode.html). */
const FAULTS = {
  full: { errcode: 13, errstr: 'database or disk is full' },
  locked: { errcode: 5, errstr: 'database is locked' },
} as const

/** The disk that all processes share. It stands between SQLite and this thread, until it is disposed of. */
export class Disk implements Disposable {
  readonly #draw: Draw
  readonly #exec: (db: DatabaseSync, sql: string) => unknown
  readonly #restore: () => void
  /** What is wrong with it now. */
  fault: 'full' | 'locked' | 'slow' | undefined

  constructor(draw: Draw) {
    this.#draw = draw
    const { prototype } = DatabaseSync
    const exec: unknown = Reflect.get(prototype, 'exec')
    assert.ok(typeof exec === 'function', 'SQLite runs statements')
    this.#exec = (db, sql) => Reflect.apply(exec, db, [sql])
    this.#restore = () => Reflect.set(prototype, 'exec', exec)
    const run = (db: DatabaseSync, sql: string): void => this.#run(db, sql)
    Reflect.set(prototype, 'exec', function (this: DatabaseSync, sql: string) {
      run(this, sql)
    })
  }

  /** How long the next commit takes to become durable. */
  commitMs(): number {
    return this.fault === 'slow' ? this.#draw.magnitude(5, 20_000) : 0
  }

  /** Something is wrong with it for so long. */
  fail(fault: 'full' | 'locked' | 'slow', forMs: number, clock: Clock): void {
    this.fault = fault
    clock.after(forMs, () => {
      if (this.fault === fault) this.fault = undefined
    })
  }

  [Symbol.dispose](): void {
    this.#restore()
  }

  /** A lock is met before a transaction, a full disk at its end; SQLite may have given it up by then, or not. */
  #run(db: DatabaseSync, sql: string): void {
    if (this.fault === 'locked' && sql === 'begin immediate') throw failure('locked')
    if (this.fault === 'full' && sql === 'commit') {
      if (this.#draw.is(0.5)) this.#exec(db, 'rollback')
      throw failure('full')
    }
    this.#exec(db, sql)
  }
}

function failure(fault: 'full' | 'locked'): Error {
  return Object.assign(new Error(FAULTS[fault].errstr), { code: 'ERR_SQLITE_ERROR', ...FAULTS[fault] })
}
