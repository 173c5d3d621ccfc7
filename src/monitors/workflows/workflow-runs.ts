import { z } from 'zod'
import type { HttpAnswer, World } from '../../world/world.ts'
import { ask } from '../ask.ts'
import type { Failure } from '../observation.ts'
import { saidIn } from '../said-in.ts'
import type { WorkflowsSettings } from '../settings.ts'
import { shownUrl } from '../shown-url.ts'
import { USER_AGENT } from '../user-agent.ts'
import { askAgainAt } from './rate-limit.ts'
import { runShape, type Run } from './run.ts'

/** What GitHub says to the question for runs. `notBefore`: when it may be asked again, epoch milliseconds. */
export type Answer =
  | {
      readonly kind: 'runs'
      readonly runs: readonly Run[]
      readonly etag: string | null
      readonly next?: string
      readonly notBefore: number
    }
  /** As it was when it gave the ETag. */
  | { readonly kind: 'unchanged'; readonly notBefore: number }
  /** It does not let us look now. */
  | { readonly kind: 'limited'; readonly notBefore: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A hundred runs, each with its repository twice and its commit's message, are about 2 MiB. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

const repository = z.object({ full_name: z.string() })

/** Where a run of GitHub's is not yet one of ours. */
const foundShape = z.looseObject({
  actor: z.object({ login: z.string() }).nullish(),
  run_attempt: z.number().default(1),
  run_started_at: z.string().optional(),
  created_at: z.string(),
  repository,
  // Null: it is gone.
  head_repository: repository.nullish(),
})

const answerShape = z.object({ workflow_runs: z.array(foundShape) })

/** Where the runs of a repository are that have ended, the latest first, 100 (the most) to a page. */
export function runsUrl({ url, repository, branch }: WorkflowsSettings): string {
  const path = repository.split('/').map(encodeURIComponent).join('/')
  const query = new URLSearchParams({
    status: 'completed',
    per_page: '100',
    ...(branch === undefined ? {} : { branch }),
  })
  return `${url.replace(/\/+$/, '')}/repos/${path}/actions/runs?${query.toString()}`
}

/** Asks for a page of runs; with an ETag, only for what has changed. */
export async function askForRuns(
  settings: WorkflowsSettings,
  url: string,
  etag: string | null,
  world: Pick<World, 'http' | 'clock'>,
  signal: AbortSignal,
): Promise<Answer> {
  const token = settings.token?.()
  const request = {
    method: 'GET',
    url,
    headers: {
      accept: 'application/vnd.github+json',
      // https://docs.github.com/en/rest/about-the-rest-api/api-versions
      'x-github-api-version': '2022-11-28',
      'user-agent': USER_AGENT,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(etag === null ? {} : { 'if-none-match': etag }),
    },
    deadlineMs: settings.timeoutMs,
    bodyBytesMax: ANSWER_BYTES_MAX,
  } as const
  const answer = await ask(world, request, signal)
  if ('failure' in answer) return failed('request', `${shownUrl(url)} gave no answer: ${answer.reason}`)
  const notBefore = askAgainAt(answer, world.clock.now())
  if (answer.status === 304) return { kind: 'unchanged', notBefore: notBefore ?? 0 }
  if (answer.status === 200) return read(answer, url, notBefore ?? 0)
  if (notBefore !== undefined && [403, 429].includes(answer.status)) return { kind: 'limited', notBefore }
  return failed('answer', refusal(answer, settings, token))
}

function read({ body, headers }: HttpAnswer, url: string, notBefore: number): Answer {
  const runs = runsIn(body)
  if (runs === undefined)
    return failed(
      'answer',
      `the answer of ${shownUrl(url)} is no list of workflow runs; expected one of GitHub's REST API`,
    )
  const next = nextPage(headers['link'], url)
  const etag = typeof headers['etag'] === 'string' ? headers['etag'] : null
  return { kind: 'runs', runs, etag, notBefore, ...(next === undefined ? {} : { next }) }
}

function runsIn(body: string): readonly Run[] | undefined {
  const found = answerShape.safeParse(parsed(body)).data?.workflow_runs
  // Whoever has a fork may call a branch of it main, and fail there: that is none of this repository's.
  const own = found?.filter((run) => run.head_repository?.full_name === run.repository.full_name)
  return z.array(runShape).safeParse(own?.map(flattened)).data
}

function flattened(run: z.infer<typeof foundShape>): object {
  return { ...run, actor: run.actor?.login ?? null, run_started_at: run.run_started_at ?? run.created_at }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The next page (https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api), if it is where the token may go. */
function nextPage(link: string | string[] | undefined, url: string): string | undefined {
  const [, next = ''] = /<([^<>]+)>;\s*rel="next"/.exec(String(link ?? '')) ?? []
  return URL.parse(next)?.origin === new URL(url).origin ? next : undefined
}

/** What was refused, and what to do. */
function refusal(answer: HttpAnswer, { repository }: WorkflowsSettings, token: string | undefined): string {
  const { status, body } = answer
  const answered = `GitHub answered ${status} for ${repository}${saidIn(body, token === undefined ? [] : [token])}`
  if (status === 401)
    return `${answered}: the token is wrong or has expired; give one with the permission actions: read`
  if (status === 403)
    return `${answered}: the token may not see its runs; give it the permission actions: read`
  if (status === 404)
    return `${answered}: there is no such repository, or ${token === undefined ? 'it is private: give a token' : 'the token may not see it: give one'} with the permission actions: read`
  if (status >= 300 && status < 400) return `${answered}: it was moved or renamed; configure its new name`
  return `${answered}; expected 200`
}

function failed(point: 'request' | 'answer', reason: string): Answer {
  return { kind: 'failed', failure: { reason, point } }
}
