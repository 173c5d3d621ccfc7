import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VARIABLES } from '../../src/cli/nonces/variables.ts'
import { Ao } from '../vendors/ao.ts'
import { makeRepository, ROUTING_KEY } from './job.ts'
import { WORKFLOWS } from './workflow.ts'

const PROCESS_ID = 'p'.repeat(43)
const OTHER_ID = 'q'.repeat(43)

/** The last step of a workflow: its inputs, and its environment with these secrets. One that is not set is empty, as on GitHub. */
function stepOf(path: string, secrets: Readonly<Record<string, string>>): { inputs: Env; env: Env } {
  const [job] = Object.values(WORKFLOWS.get(path)?.jobs ?? {})
  const { with: inputs = {}, env = {} } = job?.steps.at(-1) ?? {}
  const text = (value: unknown): string =>
    String(value).replace(
      /\$\{\{ secrets\.(\w+)(?: \|\| (\w+))? \}\}/,
      (_, name: string, otherwise = '') => secrets[name] ?? String(otherwise),
    )
  const texts = (values: Readonly<Record<string, unknown>>): Env =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]))
  return { inputs: texts(inputs), env: texts(env) }
}

type Env = Readonly<Record<string, string>>

test('the workflows give nonces no variable that it does not read', () => {
  const known = new Set<string>(VARIABLES)
  for (const path of ['examples/every-5-minutes.yml', 'examples/many-processes.yml']) {
    const { env } = stepOf(path, {})
    assert.deepEqual(
      Object.keys(env).filter((name) => !known.has(name)),
      [],
      path,
    )
  }
})

test('a process that falls behind and catches up is one incident, over three runs of the workflow', async (t) => {
  const { emulator, runJob } = await makeRepository(t)
  await using ao = await Ao.open()
  const { inputs, env } = stepOf('examples/every-5-minutes.yml', {
    PROCESS_ID,
    PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
  })
  const places = { STATE_URL: ao.stateUrl, SU_ROUTER_URL: ao.routerUrl, PAGERDUTY_URL: emulator.url }
  const look = async (state: string): Promise<number | null> => {
    ao.say(PROCESS_ID, state, '1200')
    const ran = await runJob({ inputs, env: { ...env, ...places } })
    assert.ok(ran.code === 0 || ran.code === 1, ran.stdout)
    return ran.code
  }
  assert.equal(await look('1100'), 1)
  assert.equal(await look('1090'), 1)
  assert.equal(await look('1200'), 0)
  const [incident, ...others] = emulator.incidents()
  assert.deepEqual(others, [])
  assert.match(incident?.dedup_key ?? '', new RegExp(`^nonce-monitor-mismatch-${PROCESS_ID}-\\d{8}$`))
  assert.deepEqual([incident?.status, incident?.pages], ['resolved', 1])
})

test('with a process map each process has its own incident, and the workflow stays green', async (t) => {
  const { emulator, runJob } = await makeRepository(t)
  await using ao = await Ao.open(2)
  const { inputs, env } = stepOf('examples/many-processes.yml', { PAGERDUTY_ROUTING_KEY: ROUTING_KEY })
  ao.say(PROCESS_ID, '1', '1000')
  ao.say(OTHER_ID, '1000', '1000')
  const map = { [PROCESS_ID]: ao.states[0]?.url, [OTHER_ID]: ao.states[1]?.url }
  const { code, outputs, stdout } = await runJob({
    inputs,
    env: { ...env, SU_ROUTER_URL: ao.routerUrl, PAGERDUTY_URL: emulator.url },
    files: { 'process-map.json': JSON.stringify(map) },
  })
  assert.deepEqual([code, outputs['exit-code']], [0, '1'], stdout)
  assert.deepEqual(
    emulator.incidents('open').map(({ dedup_key: key }) => key.includes(PROCESS_ID)),
    [true],
  )
})

test('with 200 processes and a router that hangs, somebody is told before the job is ended', () => {
  const path = 'examples/many-processes.yml'
  const [job] = Object.values(WORKFLOWS.get(path)?.jobs ?? {})
  const { env } = stepOf(path, {})
  const roundMs = Number(env['REQUEST_TIMEOUT']) * (1 + Number(env['SU_ROUTER_MAX_RETRIES']))
  const looksMs = roundMs * (200 / CONCURRENCY)
  assert.ok(looksMs + INSTALLING_MS < Number(job?.['timeout-minutes']) * 60_000, String(looksMs))
})

/** Processes at a time, by default. */
const CONCURRENCY = 10
/** What a runner needs before it looks, and for telling after it. */
const INSTALLING_MS = 180_000
