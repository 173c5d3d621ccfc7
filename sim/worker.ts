import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import type { Plan } from './plan.ts'
import { runSeed, type Outcome } from './run-seed.ts'

/** One order: a seed to run, with what it is to be run with. */
export interface Order {
  readonly seed: number
  readonly overrides: Partial<Plan>
  readonly twice: boolean
}

/** What a worker says: what came of a seed, or what broke the simulator itself. */
export type Report = { readonly outcome: Outcome } | { readonly seed: number; readonly broken: string }

const port = parentPort
assert.ok(port !== null, 'a worker has a parent')
port.on('message', ({ seed, overrides, twice }: Order) => {
  runSeed(seed, { overrides, twice }).then(
    ({ outcome }) => port.postMessage({ outcome } satisfies Report),
    (error: unknown) =>
      port.postMessage({
        seed,
        broken: String(error instanceof Error ? error.stack : error),
      } satisfies Report),
  )
})
