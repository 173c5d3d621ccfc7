import { z } from 'zod'

/**
 * What we keep of a run of a workflow, also between two looks. Its fields are GitHub's:
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
export type Run = {
  readonly workflow_id: number
  /** Of the workflow. */
  readonly name: string | null
  /** Of its file, `.github/workflows/ci.yml`, with or without `@` and a ref behind. */
  readonly path: string
  /** Or the tag; null: none that GitHub knows of. */
  readonly head_branch: string | null
  readonly id: number
  readonly run_number: number
  /** From 1 on. */
  readonly run_attempt: number
  readonly conclusion: string | null
  readonly event: string
  readonly head_sha: string
  /** The login of who started it. */
  readonly actor: string | null
  /** ISO 8601; of the latest attempt. */
  readonly run_started_at: string
  readonly html_url: string
}

export const runShape: z.ZodType<Run> = z.object({
  workflow_id: z.number(),
  name: z.string().nullable(),
  path: z.string(),
  head_branch: z.string().max(255).nullable(),
  id: z.number(),
  run_number: z.number(),
  run_attempt: z.number(),
  conclusion: z.string().nullable(),
  event: z.string(),
  head_sha: z.string(),
  actor: z.string().nullable(),
  run_started_at: z.string(),
  html_url: z.string(),
})

/** `trouble` and `well` are said of the workflow; the others say nothing of it: the run before counts. */
export function meaningOf({ conclusion }: Run): 'trouble' | 'well' | undefined {
  return conclusion === null ? undefined : MEANINGS.get(conclusion)
}

/** cancelled, skipped, stale and action_required are not among them: it was not run to its end, or has not begun. */
const MEANINGS: ReadonlyMap<string, 'trouble' | 'well'> = new Map([
  ['failure', 'trouble'],
  ['timed_out', 'trouble'],
  ['startup_failure', 'trouble'],
  ['success', 'well'],
  ['neutral', 'well'],
])

/** A branch that fails hides no other: each has a subject of its own. */
export function subjectOfRun({ workflow_id: id, head_branch: branch }: Run): string {
  return branch === null ? `${id}` : `${id}@${branch}`
}

/** Whether one tells more than another of the same workflow and branch: a later run, or a later attempt at the same. */
export function isLater(one: Run, other: Run): boolean {
  return one.run_number === other.run_number
    ? one.run_attempt >= other.run_attempt
    : one.run_number > other.run_number
}

/** The name of a workflow's file: `ci.yml`. */
export function fileOf({ path }: Run): string {
  const [file = ''] = path.split('@')
  return file.slice(file.lastIndexOf('/') + 1)
}

/** Whether a workflow is one of those named, by its name, its file or its id; none named: all are. */
export function isNamed(run: Run, names: readonly string[]): boolean {
  const own = new Set([run.name, run.path.split('@')[0], fileOf(run), `${run.workflow_id}`])
  return names.length === 0 || names.some((name) => own.has(name))
}
