import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { makeRepository, ROUTING_KEY, type Repository } from './job.ts'

/** A tocsin.yaml with one monitor, which is well when its command is. */
function checkout({ emulator }: Repository, command: string): Readonly<Record<string, string>> {
  const oncall = { type: 'pagerduty', routing_key: '${PAGERDUTY_ROUTING_KEY}', url: emulator.url }
  const disk = { type: 'exec', command: [command] }
  return { 'tocsin.yaml': JSON.stringify({ destinations: { oncall }, monitors: { disk } }) }
}

const env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY }

test('the incident of one run is resolved by the next, of which only the state is the same', async (t) => {
  const repository = await makeRepository(t)
  const { emulator, state, runJob } = repository

  const first = await runJob({ env, files: checkout(repository, 'false') })
  assert.equal(first.code, 1, first.stdout)
  assert.deepEqual(first.outputs, { 'exit-code': '1' })
  assert.match(first.summary, /^### tocsin check: trouble was found\n\n {4}\S/)
  assert.match(first.stdout, /^::error title=Tocsin::tocsin check: trouble was found/m)
  assert.deepEqual(
    emulator.incidents().map(({ status, pages }) => ({ status, pages })),
    [{ status: 'triggered', pages: 1 }],
  )
  // The store is one file once it is closed: nothing beside it is needed to go on.
  assert.deepEqual(readdirSync(state), ['tocsin.db'])

  const second = await runJob({ env, files: checkout(repository, 'true') })
  assert.equal(second.code, 0, second.stdout)
  assert.deepEqual(second.outputs, { 'exit-code': '0' })
  assert.match(second.summary, /^### tocsin check: all is well\n/)
  assert.deepEqual(
    emulator.incidents().map(({ status }) => status),
    ['resolved'],
  )
})

test('a state that was lost costs an end that is told again, and no second page', async (t) => {
  const repository = await makeRepository(t)
  const { emulator, loseState, runJob } = repository
  await runJob({ env, files: checkout(repository, 'false') })
  loseState()
  await runJob({ env, files: checkout(repository, 'false') })
  assert.deepEqual(
    emulator.incidents().map(({ status, pages }) => ({ status, pages })),
    [{ status: 'triggered', pages: 1 }],
  )
  const [incident] = emulator.incidents()
  loseState()
  const third = await runJob({ env, files: checkout(repository, 'true') })
  assert.equal(third.code, 0, third.stdout)
  const ended = await emulator.waitFor(incident?.dedup_key ?? '', 'resolved')
  assert.equal(ended.pages, 1)
})

test('a state from before the last run is noticed by the number of the run: its incident does not stay open', async (t) => {
  const repository = await makeRepository(t)
  const { emulator, runJob } = repository
  await runJob({ env, files: checkout(repository, 'true') })
  await runJob({ env, files: checkout(repository, 'false'), isSaved: false })
  const [incident] = emulator.incidents('open')
  const third = await runJob({ env, files: checkout(repository, 'true') })
  assert.equal(third.code, 0, third.stdout)
  await emulator.waitFor(incident?.dedup_key ?? '', 'resolved')
})

test('what PagerDuty could not be told goes out with the next run, and the result of the run stands', async (t) => {
  const repository = await makeRepository(t)
  const { emulator, runJob } = repository
  emulator.faults({ status: 503, share: 1 })
  const first = await runJob({ env, inputs: { timeout: '1s' }, files: checkout(repository, 'false') })
  assert.deepEqual([first.code, emulator.incidents()], [1, []], first.stdout)
  emulator.faults({})
  const second = await runJob({ env, files: checkout(repository, 'false') })
  assert.equal(second.code, 1, second.stdout)
  assert.deepEqual(
    emulator.incidents().map(({ status, pages }) => ({ status, pages })),
    [{ status: 'triggered', pages: 1 }],
  )
})

test('trouble need not fail the step; a config that is wrong always does', async (t) => {
  const repository = await makeRepository(t)
  const inputs = { 'fail-on-trouble': 'false' }
  const trouble = await repository.runJob({ env, inputs, files: checkout(repository, 'false') })
  assert.deepEqual([trouble.code, trouble.outputs['exit-code']], [0, '1'], trouble.stdout)
  assert.match(trouble.stdout, /^::warning title=Tocsin::/m)
  const wrong = await repository.runJob({ env, inputs, files: { 'tocsin.yaml': 'monitors: 1' } })
  assert.deepEqual([wrong.code, wrong.outputs['exit-code']], [2, '2'], wrong.stdout)
})

test('an input is words, and no program', async (t) => {
  const { runJob } = await makeRepository(t)
  const { code, has } = await runJob({ inputs: { args: '$(touch pwned) `touch pwned` ; touch pwned\n*' } })
  assert.equal(code, 2)
  assert.equal(has('pwned'), false)
})

test('an input that is wrong is told on one line, before anything is run', async (t) => {
  const { runJob } = await makeRepository(t)
  const cases: readonly Readonly<Record<string, string>>[] = [
    { command: 'serve' },
    { command: 'check\n::add-path::/tmp' },
    { 'fail-on-trouble': 'no' },
  ]
  for (const inputs of cases) {
    const { code, stdout, outputs } = await runJob({ inputs })
    assert.deepEqual([code, outputs['exit-code']], [2, '2'])
    assert.match(stdout, /^::error title=Tocsin::The input [^\n]*\n$/)
  }
})

test('nothing that Tocsin prints is a command to the runner', async (t) => {
  const { runJob } = await makeRepository(t)
  const { stdout } = await runJob({ inputs: { config: 'none.yaml' } })
  assert.match(stdout, /^Tocsin \S+\n::stop-commands::(tocsin-\d+)\n[^]*none\.yaml[^]*\n::\1::\n::error /)
})

test('nothing that Tocsin prints is Markdown in the summary of the run', async (t) => {
  const { runJob } = await makeRepository(t)
  const id = '\r# Heading\r<h1>of a process</h1>'
  const files = { 'map.json': JSON.stringify({ [id]: 'http://127.0.0.1:9' }) }
  const args = '--file=map.json --csv --router-url=http://127.0.0.1:9'
  const { summary } = await runJob({
    inputs: { command: 'nonces', args },
    env: { SU_ROUTER_MAX_RETRIES: '0' },
    files,
  })
  assert.match(summary, /Heading/)
  const [, ...lines] = summary.split(/\r\n|\r|\n/)
  assert.deepEqual(
    lines.filter((line) => !/^(?: {4}.*)?$/.test(line)),
    [],
  )
})

test('a Node.js that cannot run it is not trouble that was found', async (t) => {
  const repository = await makeRepository(t)
  const { code, outputs } = await repository.runJob({
    inputs: { 'fail-on-trouble': 'false' },
    env: { TOCSIN_ROOT: '/nowhere' },
    files: checkout(repository, 'false'),
  })
  assert.notEqual(code, 0)
  assert.deepEqual(Object.keys(outputs), [''])
})
