import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import type { Json } from '../../src/alert/alert.ts'
import type { Observation, Observed } from '../../src/monitors/observation.ts'
import type { WorkflowsSettings } from '../../src/monitors/settings.ts'
import { workflowsMonitor } from '../../src/monitors/workflows/workflows-monitor.ts'
import { systemWorld, virtualWorld, type VirtualWorld } from '../../src/world/world.ts'
import { openGitHub, type GitHubOptions, type GitHubRun } from '../vendors/github.ts'
import type { HttpVendor } from '../vendors/http-vendor.ts'

const TOKEN = 'github_pat_the-token-of-the-test'
const REPOSITORY = 'ao/state-machines'
const NOW = Date.parse('2026-11-21T12:00:00Z')
const DAY_MS = 86_400_000
const CI = { id: 161_335, name: 'CI', file: 'ci.yml' }
const NIGHTLY = { id: 269_289, name: 'Nightly check', file: 'nightly.yml' }

const network = systemWorld({ logLevel: 'silent' }).http
after(() => network.close())

interface Stage extends AsyncDisposable {
  readonly github: HttpVendor
  readonly world: VirtualWorld
  /** What GitHub knows; the latest comes last. */
  readonly runs: GitHubRun[]
  /** Looks, with what the look before has asked to keep. */
  look(more?: Partial<WorkflowsSettings>): Promise<Observed>
}

/** GitHub over real HTTP, on a clock of ours. */
async function stage(given: Partial<GitHubOptions> = {}): Promise<Stage> {
  const world = virtualWorld({ now: NOW, respond: (request) => network.request(request) })
  const runs: GitHubRun[] = []
  const github = await openGitHub({
    repository: REPOSITORY,
    token: TOKEN,
    runs,
    now: () => world.clock.now(),
    ...given,
  })
  let memory: Json | undefined
  return {
    github,
    world,
    runs,
    look: async (more = {}) => {
      const monitor = workflowsMonitor({ ...settings(github.origin), ...more })
      const observed = await monitor.observe(world, {
        memory,
        isServed: true,
        signal: new AbortController().signal,
      })
      // As a store gives it back.
      if (observed.kind === 'seen' && observed.memory !== undefined)
        memory = JSON.parse(JSON.stringify(observed.memory)) as Json
      return observed
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  }
}

function settings(url: string): WorkflowsSettings {
  return {
    type: 'workflows',
    name: 'workflows',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 30_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    repository: REPOSITORY,
    url,
    token: () => TOKEN,
    workflows: [],
    timeoutMs: 10_000,
  }
}

function run(more: Partial<GitHubRun>): GitHubRun {
  return {
    workflow: CI,
    number: 1,
    branch: 'main',
    conclusion: 'success',
    startedAt: new Date(NOW).toISOString(),
    ...more,
  }
}

/** Subject and whether it is in trouble, of all that was said of workflows. */
function said(observed: Observed): Readonly<Record<string, boolean>> {
  assert.equal(observed.kind, 'seen')
  const failed = observed.observations.filter(({ type }) => type === 'failed')
  return Object.fromEntries(failed.map(({ subject, isTrouble }) => [subject, isTrouble]))
}

function of(observed: Observed, subject: string): Observation {
  assert.equal(observed.kind, 'seen')
  const found = observed.observations.find((it) => it.subject === subject)
  assert(found !== undefined, `something is said of ${subject}`)
  return found
}

function reasonOf(observed: Observed | undefined): string {
  assert(observed?.kind === 'failed')
  return observed.failure.reason
}

suite('the workflows of a repository', { concurrency: true }, () => {
  test('a failed run is told with all that leads to it', async () => {
    await using it = await stage()
    it.runs.push(run({ number: 41 }), run({ number: 42, conclusion: 'failure', attempt: 2 }))
    const { finding, ...observation } = of(await it.look(), '161335@main')
    assert.deepEqual(observation, { subject: '161335@main', type: 'failed', isTrouble: true })
    const { details, ...told } = finding
    assert.deepEqual(told, {
      summary: 'Workflow CI failed on main (#42)',
      severity: 'error',
      labels: { repository: REPOSITORY, workflow: 'CI', branch: 'main' },
      links: [{ href: `https://github.com/${REPOSITORY}/actions/runs/16133542`, text: 'CI #42' }],
    })
    const { commit, ...facts } = details ?? {}
    assert.match(JSON.stringify(commit), /^"[0-9a-f]{7}"$/)
    assert.deepEqual(facts, {
      workflow: 'CI',
      run_id: 30_433_601,
      run_number: 42,
      run_attempt: 2,
      branch: 'main',
      event: 'push',
      conclusion: 'failure',
      actor: 'octocat',
      run_started_at: '2026-11-21T12:00:00.000Z',
    })
    assert.deepEqual(it.github.complaints, [])
  })

  test('the latest run that says something counts, for each workflow and branch by itself', async () => {
    await using it = await stage()
    it.runs.push(
      run({ number: 1, conclusion: 'failure' }),
      run({ number: 2, conclusion: 'cancelled' }),
      run({ number: 3, conclusion: 'skipped' }),
      run({ number: 4, conclusion: 'action_required' }),
      run({ number: 5, conclusion: null }),
      run({ number: 6, branch: 'feature', conclusion: 'failure' }),
      run({ number: 7, branch: 'feature', conclusion: 'neutral' }),
      run({ number: 8, workflow: NIGHTLY, conclusion: 'timed_out' }),
      run({ number: 9, workflow: NIGHTLY, branch: null, conclusion: 'startup_failure' }),
      run({ number: 10, branch: 'idle', conclusion: 'cancelled' }),
    )
    assert.deepEqual(said(await it.look()), {
      '161335@main': true,
      '161335@feature': false,
      '269289@main': true,
      '269289': true,
    })
  })

  test('it is over when a later run succeeds, or the same one at a later attempt', async () => {
    await using it = await stage()
    it.runs.push(
      run({ number: 1, conclusion: 'failure' }),
      run({ number: 1, workflow: NIGHTLY, conclusion: 'failure' }),
    )
    assert.deepEqual(said(await it.look()), { '161335@main': true, '269289@main': true })
    it.runs[1] = run({ number: 1, workflow: NIGHTLY, attempt: 2 })
    it.runs.push(run({ number: 2 }))
    const mended = await it.look()
    assert.deepEqual(said(mended), { '161335@main': false, '269289@main': false })
    assert.equal(of(mended, '161335@main').finding.summary, 'Workflow CI succeeded on main (#2)')
  })

  test('a failed run that is being tried again is not over yet', async () => {
    await using it = await stage()
    it.runs.push(run({ number: 1 }), run({ number: 2, conclusion: 'failure' }))
    await it.look()
    it.runs[1] = run({ number: 2, conclusion: null, attempt: 2 })
    assert.deepEqual(said(await it.look()), { '161335@main': true })
  })

  test('a run of a fork says nothing, whatever it calls its branch', async () => {
    await using it = await stage()
    it.runs.push(
      run({ number: 1 }),
      run({ number: 2, conclusion: 'failure', from: 'mallory/state-machines' }),
      run({ number: 3, conclusion: 'failure', from: null }),
    )
    assert.deepEqual(said(await it.look()), { '161335@main': false })
  })

  test('what has not changed is not sent again, and stands as it was', async () => {
    await using it = await stage({ limit: 2 })
    it.runs.push(run({ number: 1, conclusion: 'failure' }))
    await it.look()
    assert.deepEqual(said(await it.look()), { '161335@main': true })
    assert.deepEqual(said(await it.look()), { '161335@main': true })
    const [first, ...others] = it.github.arrivals.map(({ headers }) => headers['if-none-match'])
    assert.equal(first, undefined)
    assert.match(String(others[0]), /^W\/"/)
    it.runs.push(run({ number: 2 }))
    assert.deepEqual(said(await it.look()), { '161335@main': false })
  })

  test('what is remembered of another question is not used', async () => {
    await using it = await stage()
    it.runs.push(run({ number: 1, branch: 'feature', conclusion: 'failure' }), run({ number: 2 }))
    await it.look()
    const observed = await it.look({ branch: 'main' })
    assert.deepEqual(said(observed), { '161335@main': false })
    assert.equal(it.github.arrivals[1]?.headers['if-none-match'], undefined)
    assert.match(it.github.arrivals[1]?.path ?? '', /\?status=completed&per_page=100&branch=main$/)
  })

  test('workflows are chosen by name, by file and by id, also among those remembered', async () => {
    await using it = await stage()
    it.runs.push(run({}), run({ workflow: NIGHTLY, conclusion: 'failure' }))
    for (const name of ['Nightly check', 'nightly.yml', '.github/workflows/nightly.yml', '269289']) {
      assert.deepEqual(said(await it.look({ workflows: [name] })), { '269289@main': true })
    }
    const observed = await it.look({ workflows: ['ci.yml'] })
    assert.equal(it.github.arrivals.length, 5)
    assert(observed.kind === 'seen')
    assert.deepEqual([...observed.subjects], ['', '161335@main'])
  })

  test('a branch where nothing has run for 30 days is watched no more, unless it was asked for', async () => {
    await using it = await stage()
    const old = new Date(NOW - 31 * DAY_MS).toISOString()
    it.runs.push(
      run({ branch: 'old', conclusion: 'failure', startedAt: old }),
      run({ workflow: NIGHTLY, conclusion: 'failure', startedAt: old }),
      run({ number: 2 }),
    )
    assert.deepEqual(said(await it.look()), { '161335@main': false, '269289@main': true })
    await it.world.advance(31 * DAY_MS)
    const observed = await it.look()
    assert(observed.kind === 'seen')
    assert.deepEqual([...observed.subjects], [''])
    assert.deepEqual(said(await it.look({ branch: 'main' })), { '161335@main': false, '269289@main': true })
  })

  test('a second page is read when the first is all new, and only then', async () => {
    await using it = await stage()
    it.runs.push(run({ workflow: NIGHTLY, conclusion: 'failure' }))
    for (let number = 1; number <= 120; number++) it.runs.push(run({ number }))
    assert.deepEqual(said(await it.look()), { '161335@main': false, '269289@main': true })
    assert.match(it.github.arrivals[1]?.path ?? '', /&page=2$/)
    it.runs.push(run({ number: 121, conclusion: 'failure' }))
    assert.deepEqual(said(await it.look()), { '161335@main': true, '269289@main': true })
    assert.equal(it.github.arrivals.length, 3)
  })

  test('a page that cannot be had is asked for again', async () => {
    await using it = await stage()
    it.runs.push(run({ workflow: NIGHTLY, conclusion: 'failure' }))
    for (let number = 1; number <= 120; number++) it.runs.push(run({ number, conclusion: 'cancelled' }))
    it.github.behaviour = { status: 502 }
    it.github.behavesFor = ({ path }) => path.endsWith('page=2')
    assert.deepEqual(said(await it.look()), {})
    it.github.behaviour = 'take'
    assert.deepEqual(said(await it.look()), { '269289@main': true })
  })

  test('no more is asked before the limit begins anew, and what was known stays as it was', async () => {
    await using it = await stage({ limit: 1 })
    it.runs.push(run({ conclusion: 'failure' }))
    assert.deepEqual(said(await it.look()), { '161335@main': true })
    await it.world.advance(59 * 60_000)
    const waiting = await it.look()
    assert(waiting.kind === 'seen')
    assert.deepEqual(said(waiting), {})
    assert.deepEqual([...waiting.subjects], ['', '161335@main'])
    assert.equal(it.github.arrivals.length, 1)
    await it.world.advance(60_000)
    assert.deepEqual(said(await it.look()), { '161335@main': true })
    assert.deepEqual(it.github.complaints, [])
  })

  test('who is asked to wait waits: for so long, until then, or for a minute', async () => {
    const limits = [
      { status: 429, headers: { 'retry-after': '90' }, ms: 90_000 },
      { status: 403, headers: { 'retry-after': '5' }, ms: 5_000 },
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW / 1000 + 300}` },
        ms: 300_000,
      },
      // No limit lasts longer than an hour.
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW}` },
        ms: 3_600_000,
      },
      { status: 403, body: '{"message":"You have exceeded a secondary rate limit."}', ms: 60_000 },
      { status: 429, ms: 60_000 },
    ]
    for (const { ms, ...behaviour } of limits) {
      await using it = await stage()
      it.github.behaviour = behaviour
      assert.equal((await it.look()).kind, 'seen')
      await it.world.advance(ms - 1)
      await it.look()
      assert.equal(it.github.arrivals.length, 1)
      await it.world.advance(1)
      await it.look()
      assert.equal(it.github.arrivals.length, 2)
    }
  })

  test('a limit that lets nobody look for two hours is told', async () => {
    await using it = await stage()
    await it.look()
    await it.world.advance(DAY_MS)
    it.github.behaviour = { status: 429, headers: { 'retry-after': '600' } }
    for (let minutes = 0; minutes <= 120; minutes += 10) {
      assert.equal(of(await it.look(), '').isTrouble, false)
      await it.world.advance(600_000)
    }
    const { isTrouble, type, finding } = of(await it.look(), '')
    assert.deepEqual([isTrouble, type], [true, 'limited'])
    assert.match(
      finding.summary,
      /^GitHub has not let us look at ao\/state-machines since 2026-11-22T12:00:00.000Z, /,
    )
    await it.world.advance(600_000)
    it.github.behaviour = 'take'
    assert.equal(of(await it.look(), '').isTrouble, false)
  })

  test('a refusal says what to do, and never the token', async () => {
    await using it = await stage()
    it.runs.push(run({ conclusion: 'failure' }))
    const told = [await it.look()]
    told.push(await it.look({ token: () => 'github_pat_a-wrong-one' }))
    assert.match(
      reasonOf(told[1]),
      /^GitHub answered 401 for ao\/state-machines \(Bad credentials\): the token is wrong/,
    )
    told.push(await it.look({ repository: 'ao/none' }))
    assert.match(
      reasonOf(told[2]),
      /^GitHub answered 404 for ao\/none \(Not Found\): there is no such repository, or/,
    )
    it.github.behaviour = { status: 403, body: `{"message":"Resource not accessible by ${TOKEN}"}` }
    told.push(await it.look())
    assert.equal(
      reasonOf(told[3]),
      'GitHub answered 403 for ao/state-machines (Resource not accessible by [secret]): the token may not see its runs; give it the permission actions: read',
    )
    assert.doesNotMatch(JSON.stringify([told, it.github.arrivals.map(({ path }) => path)]), /github_pat/)
  })

  test('without a token a public repository is asked as anybody, and a private one says to give one', async () => {
    const { token: _, ...anybody } = settings('')
    const looking = { memory: undefined, isServed: true, signal: new AbortController().signal }
    for (const isPublic of [true, false]) {
      await using it = await stage({ isPublic })
      it.runs.push(run({}))
      const observed = await workflowsMonitor({ ...anybody, url: it.github.origin }).observe(
        it.world,
        looking,
      )
      if (isPublic) assert.deepEqual(said(observed), { '161335@main': false })
      else assert.match(reasonOf(observed), /or it is private: give a token with the permission/)
      assert.equal(it.github.arrivals[0]?.headers.authorization, undefined)
    }
  })

  test('an answer that is none of GitHub, and no answer, are failures', async () => {
    await using it = await stage()
    const failures: [HttpVendor['behaviour'], RegExp][] = [
      [
        { status: 200, body: '<html>' },
        /^the answer of http:.*\/ao\/state-machines\/actions\/runs is no list/,
      ],
      [{ status: 200, body: '{"workflow_runs":[{"id":1}]}' }, /is no list of workflow runs/],
      [{ status: 301, body: '{"message":"Moved Permanently"}' }, /Permanently\): it was moved or renamed/],
      [{ status: 502, body: '<html>Oh' }, /^GitHub answered 502 for ao\/state-machines; expected 200$/],
      ['cut-before', /gave no answer: the connection broke/],
    ]
    for (const [behaviour, reason] of failures) {
      it.github.behaviour = behaviour
      assert.match(reasonOf(await it.look()), reason)
    }
    await it.github.shut()
    assert.match(reasonOf(await it.look()), /gave no answer: could not connect \(ECONNREFUSED\)/)
  })

  test('a look that has no more time fails, and waits for nobody', async () => {
    await using it = await stage()
    it.github.behaviour = 'hang'
    const monitor = workflowsMonitor(settings(it.github.origin))
    const looking = new AbortController()
    const observed = monitor.observe(it.world, { memory: undefined, isServed: true, signal: looking.signal })
    looking.abort()
    assert.match(reasonOf(await observed), /gave no answer: no answer before the time to look was over/)
  })
})
