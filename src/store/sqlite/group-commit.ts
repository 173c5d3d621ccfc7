import type { Clock } from '../../world/world.ts'
import type { Database } from './database.ts'

interface Job {
  readonly run: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * One durable write for everything that arrived meanwhile: jobs collect while the event loop takes in what has arrived,
 * then run in order in one transaction and share its commit. What a commit costs, it costs once.
 *
 * A job that fails takes nobody with it: the transaction is rolled back and every job is run again on its own. That is
 * also why jobs have no effect but on the database.
 */
export class GroupCommit {
  readonly #db: Database
  readonly #clock: Clock
  #jobs: Job[] = []

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** Resolves with what `run` returns once that is durable; rejects when nothing of it was written. */
  submit<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#jobs.length === 0) this.#clock.soon(() => this.flush())
      this.#jobs.push({ run, resolve: resolve as Job['resolve'], reject })
    })
  }

  /** Writes what waits, now. */
  flush(): void {
    const jobs = this.#jobs
    this.#jobs = []
    if (jobs.length > 0) this.#write(jobs)
  }

  #write(jobs: readonly Job[]): void {
    try {
      this.#db.begin()
    } catch (error) {
      // No job is at fault when another process holds the file, and each alone would wait for it as long again.
      for (const job of jobs) job.reject(error)
      return
    }
    try {
      const values = this.#commit(jobs)
      for (const [index, job] of jobs.entries()) job.resolve(values[index])
    } catch (error) {
      if (jobs.length === 1) jobs[0]?.reject(error)
      else for (const job of jobs) this.#write([job])
    }
  }

  #commit(jobs: readonly Job[]): unknown[] {
    try {
      const values = jobs.map((job) => job.run())
      this.#db.exec('commit')
      return values
    } catch (error) {
      this.#db.rollback()
      throw error
    }
  }
}
