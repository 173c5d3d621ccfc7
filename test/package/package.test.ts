/**
 * What is published, as somebody has it who installs it: packed, installed into an empty project, imported, typed and run
 * there, on the oldest Node line that we take, on our own, and on one that is too old.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { install, type Installed } from './installed.ts'
import { run, start } from '../cli/run.ts'

const ROUTING_KEY = 'packed0package0test0routing0key0'
const ROOT = join(import.meta.dirname, '../..')

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-package-'))
  let installed: Installed | string = 'not installed yet'
  before(async () => {
    installed = await install(folder)
    if (typeof installed === 'string' && process.env['CI'] !== undefined) throw new Error(installed)
  })
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

  const tested = (name: string, body: (installed: Installed, t: TestContext) => Promise<void>): void => {
    test(name, async (t) => {
      if (typeof installed === 'string') t.skip(installed)
      else await body(installed, t)
    })
  }

  tested('holds what is needed and no tests or sources', async ({ app }) => {
    const files = readdirSync(join(app, 'node_modules/tocsin'), { recursive: true, encoding: 'utf8' })
    for (const needed of ['bin/tocsin.js', 'dist/cli/main.js', 'dist/index.d.ts', 'LICENSE'])
      assert.ok(files.includes(needed), `${needed} is missing`)
    assert.ok(files.some((file) => /^migrations\/sqlite\/0001-.*\.sql$/.test(file)))
    assert.deepEqual(
      files.filter((file) => /\.test\.|^src|^test|(?<!\.d)\.ts$/.test(file)),
      [],
    )
  })

  tested('can be imported by each of its entrances, on each Node', async ({ app, node24, node26 }) => {
    writeFileSync(join(app, 'entrances.js'), ENTRANCES)
    for (const node of [node26, node24]) {
      const ran = await run(node, ['entrances.js'], { cwd: app })
      assert.equal(ran.stdout, 'function function function delivered triggered\n', ran.stderr)
      assert.equal(ran.code, 0)
    }
  })

  tested('brings types that resolve', async ({ app, node26 }) => {
    writeFileSync(join(app, 'consumer.ts'), CONSUMER)
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    // The types of Node, as a project has them that runs on it; a dependency may have brought them.
    mkdirSync(join(app, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types']) {
      const place = join(app, 'node_modules', name)
      if (!existsSync(place)) symlinkSync(join(ROOT, 'node_modules', name), place)
    }
    const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
    const ran = await run(node26, [join(typescript, 'bin/tsc')], { cwd: app })
    assert.equal(`${ran.stdout}${ran.stderr}`, '')
    assert.equal(ran.code, 0)
  })

  tested('puts a command on the path that tells what it can do, and its version', async ({ app, node26 }) => {
    const env = { PATH: [dirname(node26), process.env['PATH']].join(delimiter) }
    const command = join(app, 'node_modules/.bin/tocsin')
    const help = await run(command, ['--help'], { cwd: app, env })
    assert.deepEqual([help.code, help.stderr], [0, ''])
    assert.match(help.stdout, /\btrigger\b/)
    const version = await run(command, ['--version'], { cwd: app, env })
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  })

  for (const line of ['node26', 'node24'] as const) {
    tested(`tells an emulator of an incident and of its end, on ${line}`, async (found) => {
      const { bin, app } = found
      const node = found[line]
      const emulator = start(node, [bin, 'emulate', '--port', '0'], { cwd: app })
      const [, url = ''] = await emulator.printed(/listens on (http:\S+)/)
      const env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_URL: url }
      const store = join(app, `${line}.db`)
      const tell = (...args: string[]): ReturnType<typeof run> =>
        run(node, [bin, ...args, '--store', store], { cwd: app, env })
      const triggered = await tell('trigger', 'db-1', '--summary', 'db-1 is down')
      assert.deepEqual([triggered.code, triggered.stderr], [0, ''])
      const resolved = await tell('resolve', 'db-1')
      assert.deepEqual([resolved.code, resolved.stderr], [0, ''])
      const answer = await fetch(`${url}/emulator/incidents`)
      const { incidents } = (await answer.json()) as { incidents: { dedup_key: string; status: string }[] }
      assert.deepEqual(
        incidents.map(({ dedup_key: key, status }) => [key, status]),
        [['db-1', 'resolved']],
      )
      const { code, stderr } = await emulator.stop()
      assert.deepEqual([code, stderr], [0, ''])
    })
  }

  tested('says in one sentence that a Node is too old', async ({ app, bin, oldNode }) => {
    const ran = await run(oldNode, [bin, '--help'], { cwd: app })
    assert.equal(ran.code, 2)
    assert.equal(ran.stdout, '')
    assert.match(ran.stderr, /^Tocsin needs Node 24\.12 or newer; this is v\d+\.\d+\.\d+\.[^\n]*\n$/)
  })
})

const ENTRANCES = `
import { createTocsin } from 'tocsin'
import { pagerDuty } from 'tocsin/pagerduty'
import { openEmulator } from 'tocsin/emulator'
const emulator = await openEmulator()
const routing_key = '${ROUTING_KEY}'
const oncall = { type: 'pagerduty', routing_key, url: emulator.url }
const tocsin = await createTocsin({ store: 'sqlite::memory:', destinations: { oncall } })
await tocsin.accept({ dedup_key: 'db-1', summary: 'db-1 is down', severity: 'critical' })
await tocsin.settled()
const [delivery] = await tocsin.deliveries()
const { status } = emulator.incident('db-1')
await tocsin.drain()
await emulator.close()
console.log(typeof createTocsin, typeof pagerDuty, typeof openEmulator, delivery.state, status)
`

const CONSUMER = `
import { createTocsin, type Reason, type Tocsin } from 'tocsin'
import { pagerDuty, type Outcome, type PagerDutyEvent } from 'tocsin/pagerduty'
import { openEmulator, type Emulator, type EmulatorIncident } from 'tocsin/emulator'

const emulator: Emulator = await openEmulator({ limit: 0 })
const tocsin: Tocsin = await createTocsin({
  destinations: { oncall: { type: 'pagerduty', routing_key: 'x', url: emulator.url } },
})
const reasons: readonly Reason[] = (await tocsin.accept({ dedup_key: 'a', summary: 'b' })).flatMap((one) => one.reasons)
const event: PagerDutyEvent = { action: 'trigger', dedupKey: 'a', summary: 'b', source: 'c', severity: 'error' }
const outcome: Outcome = await pagerDuty({ routingKey: 'x', url: emulator.url }).send(event)
const incident: EmulatorIncident | undefined = emulator.incident('a')
// @ts-expect-error a severity that PagerDuty does not know
const wrong: PagerDutyEvent = { action: 'trigger', dedupKey: 'a', summary: 'b', source: 'c', severity: 'bad' }
export { incident, outcome, reasons, wrong }
`

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  },
  files: ['consumer.ts'],
}
