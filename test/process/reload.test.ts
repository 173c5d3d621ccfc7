/** Another config while the service runs, with real processes, files and signals: nothing is told anew, nothing is left open. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { ask, forEachOf, isTaken, send } from './sender.ts'
import { configOf, ROUTING_KEY, startService, tempFolder, type ServiceProcess } from './service-process.ts'
import { until } from './until.ts'

const PATIENCE_MS = 20_000
const IN_FORCE = 'another config is in force'
const REFUSED = 'the config was refused'

suite('another config while it runs', { concurrency: true }, () => {
  test(
    'a config with anything wrong in it is refused with every problem, and the one before goes on',
    refused,
  )
  test(
    'what is open keeps its key and its destination, whatever becomes of routes, keys and destinations',
    taken,
  )
  test('signals during a load of alerts lose nothing and tell nothing twice', underLoad)
  test(
    'a file is watched: replaced, or reached by a link that leads elsewhere; its date alone is no change',
    watched,
  )
  test('what takes a restart is said, and the rest is in force', partly)
})

interface Stage {
  readonly folder: string
  readonly path: string
  readonly oncall: Emulator
  readonly ops: Emulator
  readonly service: ServiceProcess
  /** Writes another config in one step. */
  readonly write: (config: Partial<Config>) => void
  /** How often the log says it. */
  readonly said: (words: string) => number
  /** Sends a signal and waits for what comes of it. */
  readonly hangUp: () => Promise<void>
}

async function stage(t: TestContext, config: Partial<Config> = {}): Promise<Stage> {
  const folder = tempFolder(t)
  const [oncall, ops] = [await openEmulator({ limit: 0 }), await openEmulator({ limit: 0 })]
  t.after(() => Promise.all([oncall.close(), ops.close()]))
  const path = configOf(folder, oncall.url, configured({ oncall, ops }, config))
  const service = await startService(path, { logLevel: 'info' })
  t.after(() => service.kill())
  const said = (words: string): number => service.output.split(words).length - 1
  return {
    folder,
    path,
    oncall,
    ops,
    service,
    said,
    write: (next) => {
      configOf(folder, oncall.url, configured({ oncall, ops }, next))
    },
    hangUp: async () => {
      const before = said(IN_FORCE) + said(REFUSED)
      service.signal('SIGHUP')
      await until('it was looked at', PATIENCE_MS, () => said(IN_FORCE) + said(REFUSED) > before)
    },
  }
}

function configured(
  { oncall, ops }: { readonly oncall: Emulator; readonly ops: Emulator },
  config: Partial<Config>,
): Partial<Config> {
  return {
    destinations: {
      oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: oncall.url, rate: 'none' },
      ops: { type: 'pagerduty', routing_key: OPS_KEY, url: ops.url, rate: 'none' },
    },
    ...config,
  }
}

const OPS_KEY = 'ops00process0test0routing0key000'

function alert(key: string, more: object = {}): object {
  return { dedup_key: key, summary: `${key} is down`, severity: 'critical', ...more }
}

async function take(
  service: ServiceProcess,
  body: object,
  headers: Record<string, string> = {},
): Promise<void> {
  assert.ok(isTaken(await send(`${service.url}/v1/alerts`, body, headers)))
}

/** Which actions arrived, in order, by key. */
function arrivals(emulator: Emulator): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, string[]>()
  for (const { event } of emulator.events()) {
    const { dedup_key = '', event_action = '' } = (event ?? {}) as {
      dedup_key?: string
      event_action?: string
    }
    byKey.set(dedup_key, [...(byKey.get(dedup_key) ?? []), event_action])
  }
  return byKey
}

function arrived(emulator: Emulator, key: string): readonly string[] {
  return arrivals(emulator).get(key) ?? []
}

async function metric(service: ServiceProcess, name: string): Promise<number> {
  const text = (await ask(`${service.url}/metrics`))?.text ?? ''
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

async function refused(t: TestContext): Promise<void> {
  const { service, oncall, path, write, said, hangUp } = await stage(t)
  await take(service, alert('before'))
  await oncall.waitFor('before', 'triggered')
  const good = readFileSync(path, 'utf8')
  write({ routes: [{ to: 'nobody' }], retry_for: 'for ever' })
  await until('the watched file is refused', PATIENCE_MS, () => said(REFUSED) > 0)
  await hangUp()
  assert.equal(said(IN_FORCE), 0)
  assert.match(
    service.output,
    /routes\[0\]\.to.*retry_for|retry_for.*routes\[0\]\.to/,
    'every problem is logged',
  )
  assert.equal(await metric(service, 'tocsin_config_reload_success'), 0)
  const answer = await send(`${service.url}/-/reload`, '')
  assert.equal(answer?.status, 400)
  const { error } = JSON.parse(answer.text) as { error: { problems: { path: string }[] } }
  assert.deepEqual(error.problems.map(({ path }) => path).sort(), ['retry_for', 'routes[0].to'])
  assert.match((await ask(`${service.url}/`))?.text ?? '', /The config was changed and refused/)
  rmSync(path)
  await hangUp()
  assert.equal(said(IN_FORCE), 0, 'no file is no reason to go by something else')
  await take(service, alert('after'))
  await oncall.waitFor('after', 'triggered')
  writeFileSync(path, good)
  assert.equal((await send(`${service.url}/-/reload`, ''))?.status, 200)
  assert.equal(await metric(service, 'tocsin_config_reload_success'), 1)
  assert.doesNotMatch((await ask(`${service.url}/`))?.text ?? '', /changed and refused/)
  assert.deepEqual(arrived(oncall, 'before'), ['trigger'])
  assert.equal((await service.stop()).code, 0)
}

async function taken(t: TestContext): Promise<void> {
  const before = 'the-token-of-before-reload'
  const after = 'the-token-of-after-reload!'
  const auth = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
  const { service, oncall, ops, write, hangUp } = await stage(t, {
    server: { listen: '127.0.0.1:0', tokens: [before] },
    routes: [
      { name: 'theirs', match: { team: 'ops' }, to: 'ops' },
      { name: 'ours', match: { alertname: 'Disk' }, dedup_key: 'old-{{ alertname }}', to: 'oncall' },
      { to: 'oncall' },
    ],
  })
  const theirs = alert('theirs', { labels: { team: 'ops' } })
  const ours = { name: 'Disk', summary: 'The disk is full', severity: 'critical' }
  await take(service, [theirs, ours, alert('plain')], auth(before))
  await ops.waitFor('theirs', 'triggered')
  await oncall.waitFor('old-Disk', 'triggered')
  await oncall.waitFor('plain', 'triggered')

  const third = await openEmulator({ limit: 0 })
  t.after(() => third.close())
  write({
    server: { listen: '127.0.0.1:0', tokens: [after] },
    destinations: {
      oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: oncall.url, rate: 'none' },
      third: { type: 'pagerduty', routing_key: ROUTING_KEY, url: third.url, rate: 'none' },
    },
    routes: [
      { name: 'new', match: { team: ['ops', 'new'] }, to: 'third' },
      { name: 'renamed', match: { alertname: 'Disk' }, dedup_key: 'new-{{ alertname }}', to: 'oncall' },
      { to: 'oncall' },
    ],
  })
  await hangUp()

  assert.equal((await send(`${service.url}/v1/alerts`, theirs, auth(before)))?.status, 401)
  await take(service, [theirs, ours, alert('plain')], auth(after))
  await take(service, [alert('fresh', { labels: { team: 'new' } })], auth(after))
  await third.waitFor('fresh', 'triggered')
  const ends = [theirs, ours, alert('plain')].map((one) => Object.assign(one, { status: 'resolved' }))
  await take(service, ends, auth(after))
  await ops.waitFor('theirs', 'resolved')
  await oncall.waitFor('old-Disk', 'resolved')
  await oncall.waitFor('plain', 'resolved')
  await take(service, { ...ours, status: 'firing' }, auth(after))
  await oncall.waitFor('new-Disk', 'triggered')
  assert.deepEqual(arrived(ops, 'theirs'), ['trigger', 'resolve'])
  assert.deepEqual(arrived(oncall, 'old-Disk'), ['trigger', 'resolve'])
  assert.deepEqual(arrived(oncall, 'plain'), ['trigger', 'resolve'])
  assert.deepEqual([ops.events().length, oncall.events().length, third.events().length], [2, 5, 1])
  assert.ok(!service.output.includes(before) && !service.output.includes(after), 'no token is logged')
  assert.equal((await service.stop()).code, 0)
}

const ALERTS = 150
const HANGUPS = 8

async function underLoad(t: TestContext): Promise<void> {
  const { service, oncall, write, hangUp } = await stage(t)
  const keys = Array.from({ length: ALERTS }, (_, n) => `k${n}`)
  const progress = { isLoaded: false }
  const load = forEachOf(keys, 8, (key) => take(service, alert(key))).finally(
    () => (progress.isLoaded = true),
  )
  // One batch that is large, so that a signal falls into it.
  const batch = take(
    service,
    keys.map((key) => alert(`b-${key}`)),
  )
  for (let n = 0; n < HANGUPS || !progress.isLoaded; n++) {
    write({ routes: [{ match: { n: String(n) }, to: 'ops' }, { to: 'oncall' }] })
    await hangUp()
  }
  await Promise.all([load, batch])
  const ends = keys.flatMap((key) => [key, `b-${key}`]).map((key) => ({ dedup_key: key, status: 'resolved' }))
  await until('all was told', PATIENCE_MS, () => oncall.events().length >= 2 * ALERTS)
  const resolving = take(service, ends)
  await hangUp()
  await resolving
  await until('all ends were told', PATIENCE_MS, () => oncall.events().length >= 4 * ALERTS)
  assert.equal(oncall.events().length, 4 * ALERTS, 'each was told once, and its end')
  const heard = arrivals(oncall)
  for (const key of keys.flatMap((key) => [key, `b-${key}`]))
    assert.deepEqual(heard.get(key), ['trigger', 'resolve'], key)
  assert.equal((await service.stop()).code, 0)
}

async function watched(t: TestContext): Promise<void> {
  const folder = tempFolder(t)
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  // As a volume of Kubernetes is: ..data leads to a folder, and is replaced as a whole.
  const version = (n: number): void => {
    const name = `..version-${n}`
    mkdirSync(join(folder, name))
    configOf(join(folder, name), emulator.url, {
      store: `sqlite:${join(folder, 'tocsin.db')}`,
      routes: [{ match: { n: String(n) }, to: 'oncall' }],
    })
    symlinkSync(name, join(folder, '..new'))
    renameSync(join(folder, '..new'), join(folder, '..data'))
  }
  version(1)
  symlinkSync('..data/tocsin.yaml', join(folder, 'tocsin.yaml'))
  const service = await startService(join(folder, 'tocsin.yaml'), { logLevel: 'info' })
  t.after(() => service.kill())
  const count = (): number => service.output.split(IN_FORCE).length - 1
  version(2)
  await until('the other folder is in force', PATIENCE_MS, () => count() === 1)
  const file = join(folder, 'tocsin.yaml')
  const text = readFileSync(file, 'utf8')
  // The same content again, in one step and by a link: nothing happens. Then a change, replaced in one step.
  writeFileSync(join(folder, '.same'), text)
  renameSync(join(folder, '.same'), file)
  writeFileSync(file, text)
  writeFileSync(join(folder, '.new'), text.replace('"2"', '"3"'))
  renameSync(join(folder, '.new'), file)
  await until('the replaced file is in force', PATIENCE_MS, () => count() === 2)
  await take(service, alert('third', { labels: { n: '3' } }))
  await emulator.waitFor('third', 'triggered')
  assert.equal(count(), 2)
  assert.equal((await service.stop()).code, 0)
}

async function partly(t: TestContext): Promise<void> {
  const { service, folder, ops, write, hangUp } = await stage(t)
  write({
    store: `sqlite:${join(folder, 'other.db')}`,
    server: { listen: '127.0.0.1:1' },
    routes: [{ to: 'ops' }],
  })
  await hangUp()
  assert.match(service.output, /server\.listen has changed, which takes a restart/)
  assert.match(service.output, /store has changed, which takes a restart/)
  await take(service, alert('moved'))
  await ops.waitFor('moved', 'triggered')
  assert.equal((await service.stop()).code, 0)
}
