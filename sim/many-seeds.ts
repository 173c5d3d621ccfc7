import { Worker } from 'node:worker_threads'
import type { Plan } from './plan.ts'
import type { Outcome } from './run-seed.ts'
import type { Order, Report } from './worker.ts'

export interface ManyOptions {
  readonly from: number
  readonly runs: number
  /** Seeds at a time, each in a thread of its own. */
  readonly jobs: number
  readonly overrides: Partial<Plan>
  readonly twice: boolean
  /** Told of each seed as it is done. */
  readonly onDone: (outcome: Outcome) => void
}

/** Runs many seeds, in no particular order. What breaks the simulator itself counts as a failure of the seed. */
export async function runMany({ from, runs, jobs, overrides, twice, onDone }: ManyOptions): Promise<void> {
  let next = from
  const end = from + runs
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    try {
      for (let seed = next++; seed < end; seed = next++) onDone(await ask(worker, { seed, overrides, twice }))
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, runs) }, work))
}

function ask(worker: Worker, order: Order): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (report: Report) => {
      worker.off('error', reject)
      resolve('outcome' in report ? report.outcome : brokenOutcome(report))
    })
    worker.postMessage(order, [])
  })
}

function brokenOutcome({ seed, broken }: { seed: number; broken: string }): Outcome {
  return { seed, violations: [{ rule: 'the simulator', text: broken }], simulatedMs: 0, tally: {} }
}
