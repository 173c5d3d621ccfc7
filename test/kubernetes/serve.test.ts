import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { RouteConfig } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { isTaken, send } from '../process/sender.ts'
import { configOf, startService, tempFolder, type ServiceProcess } from '../process/service-process.ts'
import { until } from '../process/until.ts'
import { LABELS, openCluster, type Cluster } from './secrets-of.ts'

const KEYS = { one: 'OneKeyOfTwoThatNobodyMaySee00001', two: 'TwoKeyOfTwoThatNobodyMaySee00002' }
const PATIENCE_MS = 20_000

async function openPagerDuty(t: TestContext, key: string): Promise<Emulator> {
  const emulator = await openEmulator({ limit: 0, keys: [key] })
  t.after(() => emulator.close())
  return emulator
}

/** A service whose config has no destination of its own. */
function serveWith(
  t: TestContext,
  { kubeconfigFile }: Cluster,
  routes: readonly RouteConfig[],
): Promise<ServiceProcess> {
  const discover = { kubernetes: { kubeconfig_file: kubeconfigFile } }
  const folder = tempFolder(t)
  const config = configOf(folder, '', { destinations: {}, discover, routes })
  return startService(config, { logLevel: 'info' })
}

function target(
  key: string,
  emulator: Emulator,
): { labels: Record<string, string>; data: Record<string, string> } {
  return { labels: { ...LABELS, type: 'pagerduty' }, data: { routing_key: key, url: emulator.url } }
}

async function fire(
  service: ServiceProcess,
  name: string,
  labels: Record<string, string> = {},
): Promise<void> {
  const answered = await send(`${service.url}/v1/alerts`, {
    dedup_key: name,
    summary: name,
    severity: 'critical',
    source: 'test',
    labels,
  })
  assert(isTaken(answered), answered?.text ?? 'no answer')
}

test('tocsin serve tells what Secrets say, by another key once it is rotated, and says no key', async (t) => {
  await using cluster = await openCluster()
  const { api } = cluster
  const [before, after] = [await openPagerDuty(t, KEYS.one), await openPagerDuty(t, KEYS.two)]
  api.put('oncall', target(KEYS.one, before))
  const service = await serveWith(t, cluster, [{ to: 'discovered' }])
  await fire(service, 'first')
  await before.waitFor('first', 'triggered', PATIENCE_MS)
  api.put('oncall', target(KEYS.two, after))
  await until('the rotated key is in force', PATIENCE_MS, () =>
    service.output.includes('another config is in force'),
  )
  await fire(service, 'second')
  await after.waitFor('second', 'triggered', PATIENCE_MS)
  assert.equal(before.incidents().length, 1)
  assert.equal((await service.stop()).code, 0)
  for (const key of Object.values(KEYS)) assert(!service.output.includes(key))
  assert(!service.output.includes(api.token))
})

test('a destination that appears later is told what its route sends it; a bad one keeps nobody from it', async (t) => {
  await using cluster = await openCluster()
  const { api } = cluster
  const [one, two] = [await openPagerDuty(t, KEYS.one), await openPagerDuty(t, KEYS.two)]
  api.put('oncall', target(KEYS.one, one))
  const service = await serveWith(t, cluster, [
    { match: { team: 'payments' }, to: 'payments' },
    { to: 'oncall' },
  ])
  api.put('payments', { labels: { ...LABELS, type: 'pagerduty' }, data: { routing_key: 'HalfAKeyHalfAKey' } })
  await until('the bad one is told', PATIENCE_MS, () =>
    service.output.includes('a Secret is no destination: it is left out'),
  )
  await fire(service, 'meanwhile')
  await one.waitFor('meanwhile', 'triggered', PATIENCE_MS)
  api.put('payments', target(KEYS.two, two))
  await until('it is mended', PATIENCE_MS, () => service.output.includes('payments is new'))
  await until('it is in force', PATIENCE_MS, () => service.output.includes('another config is in force'))
  await fire(service, 'paid', { team: 'payments' })
  await two.waitFor('paid', 'triggered', PATIENCE_MS)
  assert.equal(one.incidents().length, 1)
  assert.equal((await service.stop()).code, 0)
  assert(!service.output.includes('HalfAKey'))
})
