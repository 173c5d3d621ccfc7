import type { World } from '../../world/world.ts'
import type { Looking, Monitor } from '../monitor.ts'
import type { Observation, Observed } from '../observation.ts'
import type { WorkflowsSettings } from '../settings.ts'
import { observeRun } from './observe-run.ts'
import { isNamed, type Run } from './run.ts'
import { askForRuns, runsUrl, type Answer } from './workflow-runs.ts'
import { recallRuns, takeIn, withoutOldBranches, type WorkflowsMemory } from './workflows-memory.ts'

/** The primary limit begins anew each hour: who is let in in none of two has to share it with too many. */
const LIMITED_MS_MAX = 2 * 60 * 60_000

/**
 * Looks at the latest run of each workflow of a repository on GitHub, on each branch.
 *
 * Subjects: the workflow's id and the branch, `161335@main`, and '' for the repository. Types: `failed`, and for '' `limited`
 * when GitHub's rate limit lets nobody look for two hours. It fails at the point `request` when there is no answer, and
 * `answer` when that is no good one. While GitHub asks to wait, it is not asked, and nothing is observed.
 */
export function workflowsMonitor(settings: WorkflowsSettings): Monitor {
  return { name: settings.name, observe: (world, looking) => observe(settings, world, looking) }
}

async function observe(settings: WorkflowsSettings, world: World, looking: Looking): Promise<Observed> {
  const now = world.clock.now()
  const url = runsUrl(settings)
  const memory = recallRuns(looking.memory, url)
  if (now < memory.notBefore) return conclusion(settings, memory, false, now)
  const answer = await askForRuns(settings, url, memory.etag, world, looking.signal)
  if (answer.kind === 'failed') return answer
  const { notBefore } = answer
  if (answer.kind === 'limited') {
    const limitedSince = memory.limitedSince ?? now
    return conclusion(settings, { ...memory, notBefore, limitedSince }, false, now)
  }
  const known = { ...memory, notBefore, limitedSince: null }
  if (answer.kind === 'unchanged') return conclusion(settings, known, true, now)
  const seen = await withNextPage(settings, answer, memory, world, looking.signal)
  return conclusion(settings, { ...known, ...seen, runs: takeIn(memory.runs, seen.runs) }, true, now)
}

/** With a second page, if there may be runs on it that we have not seen; without it, the first is asked for anew. */
async function withNextPage(
  settings: WorkflowsSettings,
  { runs, etag, next, notBefore }: Extract<Answer, { kind: 'runs' }>,
  memory: WorkflowsMemory,
  world: World,
  signal: AbortSignal,
): Promise<{ runs: readonly Run[]; etag: string | null; notBefore: number }> {
  const newest = Math.max(0, ...Object.values(memory.runs).map(({ id }) => id))
  const isComplete = runs.some(({ id }) => id <= newest)
  if (next === undefined || isComplete || notBefore > world.clock.now()) return { runs, etag, notBefore }
  const further = await askForRuns(settings, next, null, world, signal)
  if (further.kind === 'runs') return { runs: [...runs, ...further.runs], etag, notBefore: further.notBefore }
  return { runs, etag: null, notBefore: further.kind === 'limited' ? further.notBefore : notBefore }
}

/** `isSeen`: whether GitHub has just told, or confirmed, what is remembered. */
function conclusion(
  settings: WorkflowsSettings,
  known: WorkflowsMemory,
  isSeen: boolean,
  now: number,
): Observed {
  // Who asks for one branch wants to hear of it, however rarely it runs.
  const runs = settings.branch === undefined ? withoutOldBranches(known.runs, now) : known.runs
  const watched = Object.values(runs).filter((run) => isNamed(run, settings.workflows))
  const observations = watched.map((run) => observeRun(settings.repository, run))
  return {
    kind: 'seen',
    observations: [limited(settings, known, now), ...(isSeen ? observations : [])],
    ...(isSeen ? {} : { unseen: 'rest' }),
    subjects: new Set(['', ...observations.map(({ subject }) => subject)]),
    memory: { ...known, runs },
  }
}

function limited(
  { repository }: WorkflowsSettings,
  { limitedSince, notBefore }: WorkflowsMemory,
  now: number,
): Observation {
  const about = { subject: '', type: 'limited' }
  const finding = { severity: 'warning', labels: { repository } } as const
  if (limitedSince === null || now - limitedSince <= LIMITED_MS_MAX)
    return {
      ...about,
      isTrouble: false,
      finding: { ...finding, summary: `GitHub lets us look at ${repository}` },
    }
  const since = new Date(limitedSince).toISOString()
  const summary =
    `GitHub has not let us look at ${repository} since ${since}, as its rate limit is used up; ` +
    'give a token of its own, or look less often'
  const details = { since, not_before: new Date(notBefore).toISOString() }
  return { ...about, isTrouble: true, finding: { ...finding, summary, details } }
}
