import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { EmulatorIncident } from '../../src/emulator/emulator.ts'
import {
  ALERTMANAGER_PROGRAMS,
  amtool,
  openAlertmanager,
  push,
  type Alertmanager,
  type Pushed,
} from './alertmanager.ts'
import { readMetric } from './metric.ts'
import { missing } from './peer.ts'
import { openTocsin, type Tocsin } from './tocsin.ts'
import { until, untilTrue } from './until.ts'

const DISK_FULL: Pushed = {
  labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical' },
  annotations: { summary: 'The disk of db-1 is full' },
  generatorURL: 'http://prometheus.example/graph?g0.expr=disk',
}

/** Alertmanager, telling our intake. */
function openTelling({ url }: Tocsin): Promise<Alertmanager> {
  return openAlertmanager({
    route: { receiver: 'tocsin', group_by: ['alertname'] },
    receivers: [{ name: 'tocsin', webhook_configs: [{ url: `${url}/intake/alertmanager` }] }],
  })
}

function incidentOf({ emulator }: Tocsin, instance: string): Promise<EmulatorIncident> {
  const isOf = ({ alert }: EmulatorIncident): boolean => alert.source === instance
  return until(`there is an incident for ${instance}`, () => emulator.incidents().find(isOf))
}

/** The actions that were told about an incident, in order. */
function toldOf({ emulator }: Tocsin, dedupKey: string): unknown[] {
  return emulator
    .events()
    .filter((event) => event.dedup_key === dedupKey)
    .map(({ event }) => (event as { event_action: unknown }).event_action)
}

/** Resolves once Alertmanager has told us `count` times in all since it was started. */
function told({ url }: Alertmanager, count: number): Promise<void> {
  return untilTrue(`Alertmanager has notified ${count} times`, async () => {
    const labels = { integration: 'webhook' }
    const notified = await readMetric(url, 'alertmanager_notifications_total', labels)
    return notified - (await readMetric(url, 'alertmanager_notifications_failed_total', labels)) >= count
  })
}

const now = (): string => new Date().toISOString()

suite("Alertmanager's webhook", { concurrency: true, skip: missing(ALERTMANAGER_PROGRAMS) ?? false }, () => {
  test('opens an incident and closes it, and repeats of it open and tell nothing more', async () => {
    await using tocsin = await openTocsin()
    await using alertmanager = await openTelling(tocsin)
    await push(alertmanager.url, DISK_FULL)
    const { dedup_key, title, severity, alert } = await incidentOf(tocsin, 'db-1')
    assert.equal(title, 'The disk of db-1 is full')
    assert.equal(severity, 'critical')
    assert.deepEqual(alert.custom_details['labels'], DISK_FULL.labels)
    assert(
      alert.links.some(({ href }) => href === DISK_FULL.generatorURL),
      JSON.stringify(alert.links),
    )
    await told(alertmanager, 2)
    assert.deepEqual(toldOf(tocsin, dedup_key), ['trigger'])

    const names = Object.entries(DISK_FULL.labels).map(([name, value]) => `${name}=${value}`)
    await amtool(alertmanager.url, 'alert', 'add', ...names, `--end=${now()}`)
    const closed = await tocsin.emulator.waitFor(dedup_key, 'resolved', 20_000)
    assert.equal(closed.pages, 1)
    assert.deepEqual(toldOf(tocsin, dedup_key), ['trigger', 'resolve'])
    assert.equal(tocsin.emulator.incidents().length, 1)
  })

  test('with several alerts in one notification opens an incident for each, and each ends on its own', async () => {
    await using tocsin = await openTocsin()
    await using alertmanager = await openTelling(tocsin)
    const instances = ['db-1', 'db-2', 'db-3']
    const alerts = instances.map((instance) => ({
      ...DISK_FULL,
      labels: { ...DISK_FULL.labels, instance },
      startsAt: now(),
    }))
    await push(alertmanager.url, ...alerts)
    const keys = await Promise.all(
      instances.map(async (instance) => (await incidentOf(tocsin, instance)).dedup_key),
    )
    assert.equal(new Set(keys).size, 3)
    const [first, ...others] = alerts
    assert(first !== undefined)
    await push(alertmanager.url, { ...first, endsAt: now() })
    await tocsin.emulator.waitFor(keys[0] ?? '', 'resolved', 20_000)
    assert.equal(tocsin.emulator.incidents('triggered').length, 2)
    for (const other of others) await push(alertmanager.url, { ...other, endsAt: now() })
    for (const key of keys) await tocsin.emulator.waitFor(key, 'resolved', 20_000)
    for (const key of keys) assert.deepEqual(toldOf(tocsin, key), ['trigger', 'resolve'])
  })

  test('is let in with its token, and with a wrong one is refused for good and changes nothing', async () => {
    const token = 'the-token-of-alertmanager'
    await using tocsin = await openTocsin({ server: { tokens: [{ token, for: 'alertmanager' }] } })
    const url = `${tocsin.url}/intake/alertmanager`
    const webhook = (credentials: string): object => ({
      url,
      http_config: { authorization: { credentials } },
    })
    await using alertmanager = await openAlertmanager({
      route: {
        receiver: 'wrong',
        routes: [{ receiver: 'right', matchers: ['instance="db-1"'] }],
        repeat_interval: '1h',
      },
      receivers: [
        { name: 'right', webhook_configs: [webhook(token)] },
        { name: 'wrong', webhook_configs: [webhook('a-token-of-somebody-else')] },
      ],
    })
    await push(alertmanager.url, DISK_FULL, { labels: { ...DISK_FULL.labels, instance: 'db-2' } })
    await incidentOf(tocsin, 'db-1')
    await untilTrue('Alertmanager has given up on one', () =>
      /unrecoverable error.*401/.test(alertmanager.log()),
    )
    assert.equal(tocsin.emulator.incidents().length, 1)
  })

  test('loses nothing over a kill of ours and a restart of its own in between', async () => {
    await using tocsin = await openTocsin()
    await using alertmanager = await openTelling(tocsin)
    const before = { ...DISK_FULL, startsAt: now() }
    await push(alertmanager.url, before)
    const { dedup_key } = await incidentOf(tocsin, 'db-1')

    await tocsin.stop('SIGKILL')
    const ended = { ...before, endsAt: now() }
    const during = { ...DISK_FULL, labels: { ...DISK_FULL.labels, instance: 'db-2' }, startsAt: now() }
    await push(alertmanager.url, ended, during)
    await untilTrue('Alertmanager has not reached us', () => /connection refused/.test(alertmanager.log()))
    await alertmanager.restart()
    // Alertmanager keeps no alerts over a restart: Prometheus sends them again, those that are over too.
    await push(alertmanager.url, ended, during)
    await tocsin.start()

    await tocsin.emulator.waitFor(dedup_key, 'resolved', 20_000)
    const second = await incidentOf(tocsin, 'db-2')
    await push(alertmanager.url, { ...during, endsAt: now() })
    await tocsin.emulator.waitFor(second.dedup_key, 'resolved', 20_000)
    // An answer that a kill has lost is asked for again, under the same key: that is one incident and one page.
    assert.deepEqual(
      tocsin.emulator.incidents().map(({ alert, pages }) => [alert.source, pages]),
      [
        ['db-2', 1],
        ['db-1', 1],
      ],
    )
  })
})
