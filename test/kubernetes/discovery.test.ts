import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Discovery } from '../../src/cli/discovery.ts'
import { fromObject, type Config, type Settings } from '../../src/config/config.ts'
import { virtualWorld } from '../../src/world/world.ts'
import { LABELS, openCluster, quickWorld, Told, type Cluster, type Line } from './secrets-of.ts'

const KEYS = { one: 'a1'.repeat(16), two: 'b2'.repeat(16), own: 'c3'.repeat(16) }
const PAGERDUTY = { ...LABELS, type: 'pagerduty' }

interface Service {
  readonly discovery: Discovery
  readonly lines: Line[]
  /** A word for each time that it has changed. */
  readonly told: Told
  /** The settings that a config with this discovery has now. */
  readonly settings: (config?: Partial<Config>) => Settings
}

async function open(cluster: Cluster): Promise<Service> {
  const lines: Line[] = []
  const told = new Told()
  const discover = { kubernetes: { kubeconfig_file: cluster.kubeconfigFile } }
  const discovery = new Discovery(
    { kubernetes: { selector: 'publishing-target=true', kubeconfigFile: cluster.kubeconfigFile } },
    quickWorld(lines),
  )
  cluster.defer(() => discovery.stop())
  await discovery.start(() => told.add([...discovery.discovered.keys()].join()))
  return {
    discovery,
    lines,
    told,
    settings: (config = {}) => {
      const { discovered } = discovery
      const parsed = fromObject({ destinations: {}, discover, ...config }, { discovered })
      assert(parsed.ok, JSON.stringify(parsed))
      return parsed.settings
    },
  }
}

function keyOf(settings: Settings, name: string): string | undefined {
  const found = settings.destinations.find((destination) => destination.name === name)
  return found?.type === 'pagerduty' ? found.routingKey() : undefined
}

test('the Secrets that are there at the start are destinations at the start', async () => {
  await using cluster = await openCluster()
  cluster.api.put('oncall', { labels: PAGERDUTY, data: { routing_key: `${KEYS.one}\n`, region: 'eu' } })
  const { settings } = await open(cluster)
  const { destinations, policy } = settings()
  assert.deepEqual(
    destinations.map(({ name, type }) => [name, type]),
    [['oncall', 'pagerduty']],
  )
  assert.equal(keyOf(settings(), 'oncall'), KEYS.one)
  assert.deepEqual(policy.routes[0]?.to, ['oncall'])
})

test('a Secret appears, its key is rotated, and it goes: without a restart', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  const { told, settings, lines } = await open(cluster)
  assert.deepEqual(settings().destinations, [])
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  await told.until(/^oncall$/)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.one)
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.two } })
  await told.until(/^oncall$/, 1)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.two)
  api.remove('oncall')
  await told.until(/^$/)
  assert.deepEqual(settings().destinations, [])
  const changes = lines.flatMap(({ data }) => ('changes' in data ? data.changes : []))
  assert.deepEqual(changes, ['oncall is new', 'oncall has changed', 'oncall is gone'])
})

test('a bad Secret is told by its keys and left out, and the others go on', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.put('bad', { labels: PAGERDUTY, data: { routing_key: 'too-short-but-secret' } })
  api.put('good', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  const { discovery, lines } = await open(cluster)
  assert.deepEqual([...discovery.discovered.keys()], ['good'])
  const line = lines.find(({ level }) => level === 'warn')
  assert.equal(line?.message, 'a Secret is no destination: it is left out')
  assert.match(JSON.stringify(line?.data), /"bad".*routing_key has 20 characters; expected the 32 letters/)
})

test('a Secret that turns bad stays what it was, and is told; mended, it is what it says', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  const { told, settings, lines } = await open(cluster)
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: 'half-writ' } })
  api.put('another', { labels: PAGERDUTY, data: { routing_key: KEYS.own } })
  await told.until(/^another,oncall$/)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.one)
  assert(lines.some(({ message }) => message.includes('stays what it was')))
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.two } })
  await told.until(/oncall/, 1)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.two)
})

test('while the API is away what was found stays, and it is said once', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  const { settings, told, lines } = await open(cluster)
  await api.asked('watch', 1)
  api.faults.refuse = { status: 500 }
  await api.endWatches()
  await api.asked('watch', 4)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.one)
  assert.equal(lines.filter(({ message }) => message.startsWith('Kubernetes cannot be asked')).length, 1)
  delete api.faults.refuse
  api.put('later', { labels: PAGERDUTY, data: { routing_key: KEYS.two } })
  await told.until(/^later,oncall$/)
  assert.equal(lines.filter(({ message }) => message.startsWith('Kubernetes tells')).length, 1)
})

test('a service whose API is away starts after ten seconds with what its config has', async () => {
  await using cluster = await openCluster()
  await cluster.api.shut()
  const world = virtualWorld()
  const { kubeconfigFile } = cluster
  const discovery = new Discovery({ kubernetes: { selector: 'a=b', kubeconfigFile } }, world)
  cluster.defer(() => discovery.stop())
  let isStarted = false
  const started = discovery.start(() => {}).then(() => (isStarted = true))
  await world.advance(9_999)
  assert(!isStarted)
  await world.advance(1)
  await started
  assert.equal(discovery.discovered.size, 0)
  assert(world.lines.some(({ message }) => message.includes('starts without them')))
})

test('an API that comes later brings the destinations later', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  await api.shut()
  const { told, settings, lines } = await open(cluster)
  assert(lines.some(({ message }) => message.includes('starts without them')))
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  await api.listen()
  await told.until(/^oncall$/)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.one)
})

test('ten thousand changes that change no destination cause no reload', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  const { told } = await open(cluster)
  await api.asked('watch', 1)
  for (let count = 0; count < 10_000; count += 1)
    api.put('oncall', {
      labels: PAGERDUTY,
      data: { routing_key: KEYS.one },
      annotations: { count: String(count) },
    })
  api.put('last', { labels: PAGERDUTY, data: { routing_key: KEYS.two } })
  await told.until(/last/)
  assert.deepEqual(told.all, ['last,oncall'])
  assert.equal(api.count('list'), 1)
})

test('ten thousand rotations are a few reloads, and the last one counts', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.one } })
  const { told, settings } = await open(cluster)
  await api.asked('watch', 1)
  for (let count = 0; count < 10_000; count += 1)
    api.put('oncall', { labels: PAGERDUTY, data: { routing_key: `r${String(count).padStart(31, '0')}` } })
  api.put('oncall', { labels: PAGERDUTY, data: { routing_key: KEYS.two } })
  api.put('last', { labels: PAGERDUTY, data: { routing_key: KEYS.own } })
  await told.until(/last/)
  assert.equal(keyOf(settings(), 'oncall'), KEYS.two)
  assert(told.all.length < 200, String(told.all.length))
})

test('no value of a Secret stands in a log line, whatever is wrong with it', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  const value = 'Hush4Hush4Hush'
  const data = {
    routing_key: value,
    region: value,
    url: `https://${value}.example`,
    timeout: value,
    rate: value,
    auto_resolve: value,
    'storm.over': value,
    'fallback.to': value,
    name: `${value} ${value}`,
  }
  for (const type of ['pagerduty', 'webhook', value.toLowerCase()])
    for (const key of Object.keys(data))
      api.put(`${type}-${key}`.toLowerCase().replace(value.toLowerCase(), 'odd'), {
        labels: { ...LABELS, ...(type.startsWith('hush') ? {} : { type }) },
        data: { ...data, ...(type.startsWith('hush') ? { type: value } : {}), [key]: `${value}-${key}` },
      })
  for (const [name, config] of Object.entries({
    text: value,
    list: `[${value}]`,
    broken: `{ ${value}: [`,
    nested: `region: { ${value}: ${value} }`,
    alias: `region: *${value}`,
    tag: `!${value} x`,
  }))
    api.put(name, { labels: PAGERDUTY, data: { config } })
  const { lines, discovery } = await open(cluster)
  const text = JSON.stringify(lines)
  assert(lines.length >= 20, text)
  assert(!text.toLowerCase().includes(value.toLowerCase()), text)
  assert.equal(discovery.discovered.size, 0)
})
