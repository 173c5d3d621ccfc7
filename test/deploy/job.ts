import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { run, type Ran } from '../cli/run.ts'
import { ACTION, ACTION_FOLDER } from './workflow.ts'

export const ROUTING_KEY = 'deploy0test0routing0key000000001'

export interface JobRan extends Ran {
  /** What the step wrote to GITHUB_OUTPUT. */
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  /** Whether a file is in the workspace after the run. */
  readonly has: (path: string) => boolean
}

export interface Repository {
  readonly emulator: Emulator
  /** The state that the cache would hold: a folder, there once a job has run. */
  readonly state: string
  /** Runs the action's own step as a runner does, in a new workspace, with the state of the run before. */
  readonly runJob: (given: {
    readonly inputs?: Readonly<Record<string, string>>
    readonly env?: Readonly<Record<string, string>>
    /** What a checkout brings, by path. */
    readonly files?: Readonly<Record<string, string>>
    /** False: the cache takes no state from it. */
    readonly isSaved?: boolean
  }) => Promise<JobRan>
  /** The cache is evicted. */
  readonly loseState: () => void
}

/** A repository with a workflow that uses the action, and a PagerDuty. Everything is gone after the test. */
export async function makeRepository(t: TestContext): Promise<Repository> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-action-'))
  const emulator = await openEmulator({ limit: 0 })
  t.after(async () => {
    await emulator.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const state = join(folder, 'cache')
  let runNumber = 0
  return {
    emulator,
    state,
    loseState: () => rmSync(state, { recursive: true, force: true }),
    runJob: async ({ inputs = {}, env = {}, files = {}, isSaved = true }) => {
      runNumber += 1
      const runner = mkdtempSync(join(folder, 'runner-'))
      const workspace = join(runner, 'workspace')
      mkdirSync(workspace)
      for (const [path, text] of Object.entries(files)) writeFileSync(join(workspace, path), text)
      const kept = join(workspace, inputs['state'] ?? ACTION.inputs['state']?.default ?? '')
      if (existsSync(state)) cpSync(state, kept, { recursive: true })
      const ran = await runStep(runner, inputs, { ...env, GITHUB_RUN_NUMBER: String(runNumber) })
      if (isSaved && existsSync(kept)) cpSync(kept, state, { recursive: true })
      return { ...ran, has: (path) => existsSync(join(workspace, path)) }
    },
  }
}

/** The step with the id tocsin, its inputs filled in as they are given or by default. */
async function runStep(
  runner: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Omit<JobRan, 'has'>> {
  const step = ACTION.runs.steps.find(({ id }) => id === 'tocsin')
  assert(step?.run !== undefined)
  const given = Object.entries(step.env ?? {}).map(([name, value]) => [
    name,
    String(value).replace(/^\$\{\{ inputs\.([\w-]+) \}\}$/, (_, input: string) => {
      return inputs[input] ?? ACTION.inputs[input]?.default ?? assert.fail(`no input ${input}`)
    }),
  ])
  const output = join(runner, 'output')
  const summary = join(runner, 'summary')
  for (const path of [output, summary]) writeFileSync(path, '')
  // As `shell: bash` is run: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
  const ran = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: join(runner, 'workspace'),
    env: {
      ...env,
      ...(Object.fromEntries(given) as Record<string, string>),
      GITHUB_ACTION_PATH: ACTION_FOLDER,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      TOCSIN_NODE: process.execPath,
    },
  })
  const lines = readFileSync(output, 'utf8').trim().split('\n')
  return {
    ...ran,
    outputs: Object.fromEntries(lines.map((line) => line.split('=', 2))) as Record<string, string>,
    summary: readFileSync(summary, 'utf8'),
  }
}
