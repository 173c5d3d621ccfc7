import type { Clock } from '../../world/world.ts'
import { StoreError } from '../store-error.ts'

interface Job<Work, Result> {
  readonly work: Work
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface GroupsOptions<Work, Result> {
  readonly clock: Clock
  /** Writes all of it in one transaction and returns the results in order. */
  readonly write: (works: readonly Work[]) => Promise<readonly Result[]>
  readonly weigh: (work: Work) => number
  /** A group takes no more work once it weighs so much. */
  readonly weightMax: number
}

/**
 * One transaction for everything that arrived meanwhile: what comes while one is under way waits, in order, and shares the
 * next. What a commit costs, it costs once.
 *
 * Work that fails takes nobody with it: each of its group is then tried on its own. Where it is the database that fails,
 * that would help nobody, and all of them are told.
 */
export class Groups<Work, Result> {
  readonly #options: GroupsOptions<Work, Result>
  #waiting: Job<Work, Result>[] = []
  #running: Promise<void> | undefined

  constructor(options: GroupsOptions<Work, Result>) {
    this.#options = options
  }

  /** Resolves once it is durable; rejects when nothing of it was written. */
  submit(work: Work): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever was answered just now may have more to say, and what has arrived meanwhile is to be looked at.
      await new Promise<void>((resolve) => this.#options.clock.soon(resolve))
      await this.#write(this.#take())
    }
    this.#running = undefined
  }

  #take(): readonly Job<Work, Result>[] {
    const { weigh, weightMax } = this.#options
    let weight = 0
    let count = 0
    for (const { work } of this.#waiting) {
      if (weight >= weightMax) break
      weight += weigh(work)
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #write(jobs: readonly Job<Work, Result>[]): Promise<void> {
    try {
      const results = await this.#options.write(jobs.map(({ work }) => work))
      for (const [index, result] of results.entries()) jobs[index]?.resolve(result)
    } catch (error) {
      const isOfAll = error instanceof StoreError && error.fault !== 'failed'
      if (isOfAll || jobs.length === 1) for (const job of jobs) job.reject(error)
      else for (const job of jobs) await this.#write([job])
    }
  }
}
