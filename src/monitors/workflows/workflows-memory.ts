import { z } from 'zod'
import type { Json } from '../../alert/alert.ts'
import { isLater, meaningOf, runShape, subjectOfRun, type Run } from './run.ts'

/** What is remembered between two looks. */
export type WorkflowsMemory = {
  /** What was asked: the rest is of no use for another question. */
  readonly url: string
  /** Of the latest answer that was read as a whole. */
  readonly etag: string | null
  /** The latest run of each workflow and branch that says something, by subject. */
  readonly runs: Readonly<Record<string, Run>>
  /** GitHub is not to be asked before, epoch milliseconds. */
  readonly notBefore: number
  /** Since when it has not let us look, epoch milliseconds; null: it does. */
  readonly limitedSince: number | null
}

const memoryShape: z.ZodType<WorkflowsMemory> = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  runs: z.record(z.string(), runShape),
  notBefore: z.number(),
  limitedSince: z.number().nullable(),
})

/**
 * You can re-run a workflow for up to 30 days after its first run
 * (https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs): a branch where nothing has run
 * for longer is one that nobody mends any more.
 */
const BRANCH_MS = 30 * 24 * 60 * 60 * 1000

/** Far more than a repository has workflows and branches in a month; it bounds what is kept. */
const RUNS_MAX = 1_000

/** What was remembered of this question, or nothing yet. */
export function recallRuns(memory: Json | undefined, url: string): WorkflowsMemory {
  const { data } = memoryShape.safeParse(memory)
  return data?.url === url ? data : { url, etag: null, runs: {}, notBefore: 0, limitedSince: null }
}

/** With the runs of an answer taken in. A run that GitHub no longer shows, since it is being re-run, stays what it was. */
export function takeIn(known: WorkflowsMemory['runs'], seen: readonly Run[]): WorkflowsMemory['runs'] {
  const runs = new Map(Object.entries(known))
  for (const run of seen) {
    if (meaningOf(run) === undefined) continue
    const subject = subjectOfRun(run)
    const before = runs.get(subject)
    if (before === undefined || isLater(run, before)) runs.set(subject, run)
  }
  const latestFirst = [...runs].sort(([, one], [, other]) => startOf(other) - startOf(one))
  return Object.fromEntries(latestFirst.slice(0, RUNS_MAX))
}

/** Without the branches where nothing has run for 30 days. */
export function withoutOldBranches(runs: WorkflowsMemory['runs'], now: number): WorkflowsMemory['runs'] {
  const all = Object.entries(runs)
  const fresh = new Set(
    all.filter(([, run]) => now - startOf(run) <= BRANCH_MS).map(([, { head_branch }]) => head_branch),
  )
  return Object.fromEntries(all.filter(([, { head_branch }]) => fresh.has(head_branch)))
}

function startOf({ run_started_at }: Run): number {
  const at = Date.parse(run_started_at)
  return Number.isNaN(at) ? 0 : at
}
