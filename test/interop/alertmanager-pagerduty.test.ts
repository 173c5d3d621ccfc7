import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Emulator, EmulatorEvent } from '../../src/emulator/emulator.ts'
import { ALERTMANAGER_PROGRAMS, openAlertmanager, push, type Pushed } from './alertmanager.ts'
import { readMetric } from './metric.ts'
import { missing } from './peer.ts'
import { ONCALL_KEY, openTocsin } from './tocsin.ts'
import { until, untilTrue } from './until.ts'

// The emulator shows the first four characters of a key and no more.
const OPS_KEY = 'ops0000000000000000000000000001x'
const DIRECT_KEY = 'direct00000000000000000000000001'
const ISSUED_KEY = 'issued00000000000000000000000001'

const DISK_FULL: Pushed = {
  labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'critical', cluster: 'eu "1" <&>' },
  annotations: { summary: 'Die Platte von db-1 ist voll: 100 % ✗' },
  generatorURL: 'http://prometheus.example/graph?g0.expr=disk&g0.tab=1',
}

/** What Alertmanager can say in its `pagerduty_configs`, beside where and with which key. */
const EVENT = {
  send_resolved: true,
  severity: '{{ .CommonLabels.severity }}',
  class: 'disk',
  component: '{{ .CommonLabels.instance }}',
  group: 'databases',
  description: '{{ .CommonAnnotations.summary }}',
  details: { cluster: '{{ .CommonLabels.cluster }}', runbook: 'http://runbooks.example/disk' },
  images: [{ src: 'https://images.example/disk.png', alt: 'the disk', href: 'https://images.example' }],
  links: [{ href: 'http://runbooks.example/disk', text: 'Runbook' }],
}

const now = (): string => new Date().toISOString()

/** What one key was told with one action, in order and without the key. */
function eventsOf(emulator: Emulator, key: string, action: string): object[] {
  return emulator
    .events()
    .filter(({ routing_key }) => routing_key === `${key.slice(0, 4)}…`)
    .map(withoutKey)
    .filter((event) => event['event_action'] === action)
}

function withoutKey({ event }: EmulatorEvent): Record<string, unknown> {
  const { routing_key: _, ...rest } = event as Record<string, unknown>
  return rest
}

suite(
  "Alertmanager's PagerDuty receiver",
  { concurrency: true, skip: missing(ALERTMANAGER_PROGRAMS) ?? false },
  () => {
    test('tells PagerDuty through us what it would tell it directly, whether a destination or a source is keyed', async () => {
      await using tocsin = await openTocsin(
        {
          sources: { 'alertmanager-eu': { routing_key: ISSUED_KEY } },
          routes: [{ match: { source: 'alertmanager-eu' }, to: 'ops' }],
        },
        { oncall: ONCALL_KEY, ops: OPS_KEY },
      )
      const { emulator } = tocsin
      await using alertmanager = await openAlertmanager({
        route: { receiver: 'all', group_by: ['alertname'] },
        receivers: [
          {
            name: 'all',
            pagerduty_configs: [
              { ...EVENT, routing_key: DIRECT_KEY, url: `${emulator.url}/v2/enqueue` },
              { ...EVENT, routing_key: ONCALL_KEY, url: `${tocsin.url}/v2/enqueue` },
              { ...EVENT, routing_key: ISSUED_KEY, url: `${tocsin.url}/v2/enqueue` },
            ],
          },
        ],
      })
      const alert = { ...DISK_FULL, startsAt: now() }
      await push(alertmanager.url, alert)
      const first = (key: string, action: string): Promise<object> =>
        until(`${key} is told to ${action}`, () => eventsOf(emulator, key, action)[0])

      const triggered = await first(DIRECT_KEY, 'trigger')
      assert.deepEqual(await first(ONCALL_KEY, 'trigger'), triggered)
      assert.deepEqual(await first(OPS_KEY, 'trigger'), triggered)
      await until('Alertmanager has repeated itself', () => eventsOf(emulator, DIRECT_KEY, 'trigger')[1])

      await push(alertmanager.url, { ...alert, endsAt: now() })
      // PagerDuty reads no payload in a resolve. Ours repeats what was told, so that event rules route both alike.
      const resolved = { ...triggered, event_action: 'resolve' }
      assert.deepEqual(await first(ONCALL_KEY, 'resolve'), resolved)
      assert.deepEqual(await first(OPS_KEY, 'resolve'), resolved)
      await first(DIRECT_KEY, 'resolve')

      // What Alertmanager repeats, PagerDuty hears once from us.
      for (const key of [ONCALL_KEY, OPS_KEY]) {
        assert.equal(eventsOf(emulator, key, 'trigger').length, 1)
        assert.equal(eventsOf(emulator, key, 'resolve').length, 1)
      }
      assert.deepEqual(
        emulator.incidents().map(({ status, pages }) => ({ status, pages })),
        Array.from({ length: 3 }, () => ({ status: 'resolved', pages: 1 })),
      )
      assert.equal(new Set(emulator.incidents().map(({ dedup_key }) => dedup_key)).size, 1)
    })

    test('brings a change of its group as an update of the same incident', async () => {
      await using tocsin = await openTocsin()
      const { emulator } = tocsin
      await using alertmanager = await openAlertmanager({
        route: { receiver: 'oncall', group_by: ['alertname'] },
        receivers: [
          {
            name: 'oncall',
            pagerduty_configs: [{ routing_key: ONCALL_KEY, url: `${tocsin.url}/v2/enqueue` }],
          },
        ],
      })
      const alert = { ...DISK_FULL, startsAt: now() }
      await push(alertmanager.url, alert)
      const { dedup_key, alert: before } = await until('there is an incident', () => emulator.incidents()[0])
      assert.equal(before.custom_details['num_firing'], '1')
      await push(alertmanager.url, { ...alert, labels: { ...alert.labels, instance: 'db-2' } })
      const updated = await until('the incident says that two are firing', () => {
        const incident = emulator.incident(dedup_key)
        return incident?.alert.custom_details['num_firing'] === '2' ? incident : undefined
      })
      assert.equal(updated.pages, 1)
      assert.equal(emulator.incidents().length, 1)
    })

    test('with a key that nobody was given is refused for good, and says so', async () => {
      await using tocsin = await openTocsin()
      await using alertmanager = await openAlertmanager({
        route: { receiver: 'unknown', repeat_interval: '1h' },
        receivers: [
          {
            name: 'unknown',
            pagerduty_configs: [{ routing_key: ISSUED_KEY, url: `${tocsin.url}/v2/enqueue` }],
          },
        ],
      })
      await push(alertmanager.url, DISK_FULL)
      await untilTrue('Alertmanager has given up', () => /unrecoverable error.*400/.test(alertmanager.log()))
      const labels = { integration: 'pagerduty' }
      const read = (name: string): Promise<number> => readMetric(alertmanager.url, name, labels)
      assert((await read('alertmanager_notifications_failed_total')) >= 1)
      assert.equal(
        await read('alertmanager_notification_requests_total'),
        await read('alertmanager_notifications_total'),
        'none was tried twice',
      )
      assert.equal(tocsin.emulator.events().length, 0)
      assert.doesNotMatch(alertmanager.log(), new RegExp(ISSUED_KEY))
    })
  },
)
