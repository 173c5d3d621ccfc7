import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cron } from 'croner'
import { parseConfig } from '../../src/config/config.ts'
import { ACTION, expressionsIn, read, WORKFLOWS, type Step } from './workflow.ts'

const OURS = 'OWNER/tocsin/deploy/github-action@v0'
const JOBS = [...WORKFLOWS].flatMap(([path, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${path}: ${name}`, job })),
)
const STEPS: readonly Step[] = [...ACTION.runs.steps, ...JOBS.flatMap(({ job }) => job.steps)]
const MINUTE_MS = 60_000

test('there is a workflow for each case', () => {
  const names = ['config', 'every-5-minutes', 'failed-workflows', 'many-processes']
  assert.deepEqual(
    [...WORKFLOWS.keys()].sort(),
    names.map((name) => `examples/${name}.yml`),
  )
})

test('every action that is used is one we know, pinned to a major version', () => {
  const known = /^actions\/(?:checkout|setup-node|cache\/(?:restore|save))@v\d+$/
  const used = STEPS.flatMap(({ uses }) => (uses === undefined ? [] : [uses]))
  assert.deepEqual(
    used.filter((uses) => uses !== OURS && !known.test(uses)),
    [],
  )
  for (const { name, job } of JOBS) assert.equal(job.steps.at(-1)?.uses, OURS, name)
})

test('nothing of an expression gets into what a shell reads', () => {
  for (const { run } of STEPS) assert.deepEqual(expressionsIn(run), [])
  for (const step of ACTION.runs.steps) assert.equal(step.shell, step.run === undefined ? undefined : 'bash')
})

test('every input is used, and every input that is named is there', () => {
  const named = ACTION.runs.steps.flatMap((step) =>
    Array.from(JSON.stringify(step).matchAll(/\binputs\.([\w-]+)/g), ([, name = '']) => name),
  )
  assert.deepEqual([...new Set(named)].sort(), Object.keys(ACTION.inputs).sort())
  for (const { name, job } of JOBS) {
    const given = Object.keys(job.steps.find(({ uses }) => uses === OURS)?.with ?? {})
    assert.deepEqual(
      given.filter((input) => !(input in ACTION.inputs)),
      [],
      name,
    )
  }
})

test('the script is given exactly the variables that it reads', () => {
  const step = ACTION.runs.steps.find(({ id }) => id === 'tocsin')
  const readByScript = Array.from(read('run.sh').matchAll(/\$\{?(INPUT_\w+)/g), ([, name = '']) => name)
  assert.deepEqual([...new Set(readByScript)].sort(), Object.keys(step?.env ?? {}).sort())
  assert.deepEqual(expressionsIn(ACTION.outputs), ['steps.tocsin.outputs.exit-code'])
})

test('a state is saved where it is restored from, whatever came of the run, and goes to no other key', () => {
  const restore = ACTION.runs.steps.find(({ uses }) => uses?.startsWith('actions/cache/restore@'))
  const save = ACTION.runs.steps.find(({ uses }) => uses?.startsWith('actions/cache/save@'))
  assert.match(save?.if ?? '', /^always\(\) && /)
  const { 'restore-keys': prefix, ...place } = restore?.with ?? {}
  assert.deepEqual(save?.with, place)
  assert.equal(prefix, '${{ inputs.cache-key }}/run-')
  // Unlike any key before it: what is saved under a key stays as it is.
  assert.equal(place['key'], `${prefix}\${{ github.run_id }}-\${{ github.run_attempt }}`)
  // A job is one of a workflow; the key of a cache holds no comma.
  assert.equal(ACTION.inputs['cache-key']?.default, 'tocsin-${{ github.workflow }}-${{ github.job }}')
})

test('every workflow runs alone, has no right that it does not need, and comes to an end before its next', () => {
  for (const [path, { on, concurrency, permissions, jobs }] of WORKFLOWS) {
    assert.deepEqual(
      concurrency,
      { group: '${{ github.workflow }}', 'cancel-in-progress': false },
      `${path}: two runs must not start from one state, and none be broken off`,
    )
    assert.ok(Object.values(permissions).every((right) => right === 'read'))
    const isCheckedOut = JSON.stringify(jobs).includes('actions/checkout@')
    assert.equal(permissions['contents'], isCheckedOut ? 'read' : undefined, path)
    assert.ok('workflow_dispatch' in on, `${path}: can be tried by hand`)
    for (const { cron } of on.schedule) assert.ok(shortestGapMs(cron) >= 5 * MINUTE_MS, `${path}: ${cron}`)
    for (const job of Object.values(jobs)) assert.ok((job['timeout-minutes'] ?? Infinity) <= 15, path)
  }
})

test('secrets stand in the environment of a step, and nowhere else', () => {
  for (const [path, workflow] of WORKFLOWS) {
    const withoutEnv = JSON.stringify(workflow, (key, value: unknown) => (key === 'env' ? undefined : value))
    assert.doesNotMatch(withoutEnv, /secrets\.|github\.token/, path)
  }
})

for (const name of ['tocsin.yaml', 'failed-workflows.yaml']) {
  test(`the config ${name} of a workflow is right, and finds its variables in that workflow`, () => {
    const text = read(`examples/${name}`)
    const [, { env }] = [...WORKFLOWS.values()]
      .flatMap(({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps))
      .map((step) => [step.with?.['config'], { env: step.env ?? {} }] as const)
      .find(([config]) => config === name) ?? [name, { env: {} }]
    const values: Readonly<Record<string, string>> = {
      SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx',
      PAGERDUTY_ROUTING_KEY: 'deploy0test0routing0key000000001',
      GITHUB_TOKEN: 'a-token-of-the-run-itself-0000001',
    }
    const given = Object.keys(env).map((variable) => [variable, values[variable] ?? ''])
    const parsed = parseConfig(text, {
      path: name,
      env: Object.fromEntries([...given, ['GITHUB_REPOSITORY', 'example/website']]) as Record<string, string>,
      readFile: () => assert.fail('no file is needed'),
    })
    assert(parsed.ok, JSON.stringify(parsed, null, 1))
    assert.deepEqual(parsed.warnings, [])
  })
}

test('the README names every input with its default, every example, and every exit code', () => {
  const readme = read('README.md')
  for (const [name, { default: value }] of Object.entries(ACTION.inputs))
    assert.ok(readme.includes(`\n| \`${name}\` | ${value === '' ? '' : `\`${value}\``} |`), name)
  for (const path of WORKFLOWS.keys()) assert.ok(readme.includes(`(${path})`), path)
  for (const code of [0, 1, 2, 3]) assert.match(readme, new RegExp(`^\\| ${code} \\|`, 'm'))
})

function shortestGapMs(pattern: string): number {
  const runs = new Cron(pattern, { paused: true, timezone: 'UTC', mode: '5-part' }).nextRuns(300, new Date(0))
  return Math.min(...runs.slice(1).map((run, at) => run.getTime() - (runs[at]?.getTime() ?? 0)))
}
