import { hash } from 'node:crypto'
import type { Arrival } from '../contracts/receiver.ts'
import { HttpVendor, type Said } from './http-vendor.ts'

/** A run as whoever pushed knows it; the latest comes last, as they happen. */
export interface GitHubRun {
  readonly workflow: { readonly id: number; readonly name: string; readonly file: string }
  readonly number: number
  readonly branch: string | null
  /** Null while it runs. */
  readonly conclusion: string | null
  readonly attempt?: number
  /** ISO 8601. */
  readonly startedAt: string
  /** `owner/name` of the fork it came from; null: one that is gone. @default the repository itself */
  readonly from?: string | null
}

export interface GitHubOptions {
  /** What it takes. */
  readonly token: string
  /** Whether anybody may ask, without a token. @default false */
  readonly isPublic?: boolean
  /** `owner/name`. */
  readonly repository: string
  /** Kept by whoever wants to change them. */
  readonly runs: readonly GitHubRun[]
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Requests in an hour. @default 5000, for a token: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
  readonly limit?: number
}

const HOUR_MS = 3_600_000
const VERSIONS = new Set([undefined, '2022-11-28', '2026-03-10'])

/** What GitHub's REST API does with the question for the runs of a repository: https://docs.github.com/en/rest/actions/workflow-runs */
export function openGitHub(options: GitHubOptions): Promise<HttpVendor> {
  const { limit = 5_000, now } = options
  let used = 0
  let resetAt = 0
  return HttpVendor.open((arrival) => {
    if (now() >= resetAt) [used, resetAt] = [0, now() + HOUR_MS]
    const said = used >= limit ? overLimit() : answer(arrival, options)
    // One that has not changed is free for whoever shows a token.
    if (used < limit && !(said.status === 304 && arrival.headers.authorization !== undefined)) used++
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-limit': `${limit}`,
      'x-ratelimit-remaining': `${limit - used}`,
      'x-ratelimit-used': `${used}`,
      'x-ratelimit-reset': `${Math.ceil(resetAt / 1_000)}`,
      'x-ratelimit-resource': 'core',
      ...said.headers,
    }
    return { ...said, headers }
  })
}

function answer({ path, headers }: Arrival, options: GitHubOptions): Said {
  const { token, isPublic = false, repository } = options
  if (!headers['user-agent']) return refusal(403, 'Request forbidden by administrative rules.')
  if (headers.accept !== 'application/vnd.github+json') return refusal(415, "Unsupported 'Accept' header")
  const version = headers['x-github-api-version']
  if (!VERSIONS.has(String(version))) return refusal(400, `Version ${String(version)} is not supported`)
  const { authorization } = headers
  if (authorization !== undefined && authorization !== `Bearer ${token}`)
    return refusal(401, 'Bad credentials')
  const url = new URL(path, 'https://api.github.com')
  const isHidden = !isPublic && authorization === undefined
  if (isHidden || url.pathname !== `/repos/${repository}/actions/runs`) return refusal(404, 'Not Found')
  const { body, link } = page(url, headers.host ?? '', options)
  // Another page is another answer, and so is that to another token.
  const etag = `W/"${hash('sha256', `${url.search} ${authorization} ${body}`)}"`
  const about = { etag, ...(link === undefined ? {} : { link }) }
  if (headers['if-none-match'] === etag) return { status: 304, headers: about }
  return { status: 200, headers: about, body }
}

function page(url: URL, host: string, { repository, runs }: GitHubOptions): { body: string; link?: string } {
  const { searchParams: query } = url
  const [status, branch] = [query.get('status'), query.get('branch')]
  const found = runs
    .map((run, at) => ({ ...full(run, repository), id: 30_433_600 + at }))
    .filter((run) => status === null || run.status === status || run.conclusion === status)
    .filter((run) => branch === null || run.head_branch === branch)
    .reverse()
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const number = Number(query.get('page') ?? 1)
  const last = Math.ceil(found.length / size)
  const shown = found.slice((number - 1) * size, number * size)
  const body = JSON.stringify({ total_count: found.length, workflow_runs: shown })
  if (number >= last) return { body }
  const address = (page: number): string => {
    const next = new URL(url.pathname + url.search, `http://${host}`)
    next.searchParams.set('page', `${page}`)
    return next.href
  }
  return { body, link: `<${address(number + 1)}>; rel="next", <${address(last)}>; rel="last"` }
}

/** The fields that concern anybody, under GitHub's names. */
function full(run: GitHubRun, repository: string) {
  const { workflow, number, branch, conclusion, attempt = 1, startedAt, from = repository } = run
  const login = { login: 'octocat', id: 1, type: 'User' }
  const sha = hash('sha1', `${branch} ${number}`)
  return {
    name: workflow.name,
    head_branch: branch,
    head_sha: sha,
    path: `.github/workflows/${workflow.file}`,
    display_title: 'Update README.md',
    run_number: number,
    event: 'push',
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    workflow_id: workflow.id,
    html_url: `https://github.com/${repository}/actions/runs/${workflow.id}${number}`,
    pull_requests: [],
    created_at: startedAt,
    updated_at: startedAt,
    actor: login,
    run_attempt: attempt,
    referenced_workflows: [],
    run_started_at: startedAt,
    triggering_actor: login,
    head_commit: { id: sha, message: 'Update README.md', timestamp: startedAt },
    repository: { id: 217_723_378, full_name: repository, private: false },
    head_repository: from === null ? null : { id: 217_723_378, full_name: from, private: false },
  }
}

function refusal(status: number, message: string): Said {
  const body = JSON.stringify({
    message,
    documentation_url: 'https://docs.github.com/rest',
    status: `${status}`,
  })
  return { status, body, complaint: `${status}: ${message}` }
}

function overLimit(): Said {
  return refusal(403, 'API rate limit exceeded for user ID 1.')
}
