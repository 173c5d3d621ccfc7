import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert, Change } from '../../alert/alert.ts'
import type { Incident } from '../../decide/decide.ts'
import { checkEvent } from '../../pagerduty/check.ts'
import { INCIDENT } from '../../../test/contracts/destination-kind.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import { virtualWorld } from '../../world/world.ts'
import { eventOf, pagerDutyDestination } from './pagerduty.ts'

function eventFrom(more: Partial<Alert>, incident: Partial<Incident> = {}): ReturnType<typeof eventOf> {
  return eventOf({ action: 'trigger', incident: { ...INCIDENT, ...incident }, lead: alertOf(more) })
}

test('each action is an event of its own kind, with the same content and the key of the incident', () => {
  const tell = (action: 'trigger' | 'update' | 'acknowledge' | 'resolve'): ReturnType<typeof eventOf> =>
    eventOf({ action, incident: INCIDENT, lead: alertOf() })
  const content = {
    dedupKey: 'disk-db-1',
    summary: 'Disk full',
    source: 'db-1',
    severity: 'critical',
    customDetails: { labels: { alertname: 'DiskFull', instance: 'db-1' }, reported_by: 'prometheus' },
  }
  assert.deepEqual(tell('trigger'), { action: 'trigger', ...content })
  assert.deepEqual(tell('update'), { action: 'trigger', ...content })
  assert.deepEqual(tell('acknowledge'), { action: 'acknowledge', ...content })
  assert.deepEqual(tell('resolve'), { action: 'resolve', ...content })
})

test('notes are for those who have a token', async () => {
  const world = virtualWorld({ now: NOW, respond: async () => ({ status: 200, headers: {}, body: '' }) })
  const bare = {
    name: 'oncall',
    routingKey: () => 'K'.repeat(32),
    region: 'us',
    timeoutMs: 1_000,
    world,
  } as const
  const without = pagerDutyDestination(bare)
  assert.equal(without.capabilities.notes, false)
  assert.equal((await without.tell({ note: { incidentId: 1, key: 'a', text: 'b' } })).kind, 'rejected')
  const api = { token: () => 'a-token', from: 'tocsin@example.org' }
  assert.equal(pagerDutyDestination({ ...bare, api }).capabilities.notes, true)
})

test('notes go to the region of the account', async () => {
  for (const [region, origin] of [
    ['us', 'https://api.pagerduty.com'],
    ['eu', 'https://api.eu.pagerduty.com'],
  ] as const) {
    const asked: string[] = []
    const world = virtualWorld({
      now: NOW,
      respond: async ({ url }) => {
        asked.push(new URL(url).origin)
        return { status: 200, headers: {}, body: '{"incidents":[]}' }
      },
    })
    const api = { token: () => 'a-token', from: 'tocsin@example.org' }
    const routingKey = (): string => 'K'.repeat(32)
    const destination = pagerDutyDestination({
      name: 'oncall',
      routingKey,
      region,
      api,
      timeoutMs: 1_000,
      world,
    })
    await destination.tell({ note: { incidentId: 1, key: 'a', text: 'b' } })
    assert.deepEqual(new Set(asked), new Set([origin]))
  }
})

test('the severity told is that of the incident, not of the alert that is shown', () => {
  const event = eventFrom({ severity: 'info' })
  assert.equal('severity' in event && event.severity, 'critical')
})

const AFFECTED: readonly (readonly [name: string, more: Partial<Alert>, source: string])[] = [
  ['its own source before all', { event: { source: 'db-9' } }, 'db-9'],
  ['the instance', { labels: { job: 'node', instance: 'db-1' } }, 'db-1'],
  ['the host', { labels: { host: 'db-2', service: 'sql' } }, 'db-2'],
  ['the service', { labels: { service: 'sql', job: 'node' } }, 'sql'],
  ['the job', { labels: { job: 'node' } }, 'node'],
  ['the namespace', { labels: { namespace: 'prod' } }, 'prod'],
  ['who reported it, where nothing is named', { labels: {} }, 'prometheus'],
  ['who reported it, where what is named is blank', { labels: { instance: ' ' } }, 'prometheus'],
  ['us, where nobody is', { labels: {}, source: '' }, 'tocsin'],
]

suite('what is affected is', () => {
  for (const [name, more, source] of AFFECTED)
    test(name, () => assert.equal({ ...eventFrom(more) }['source'], source))
})

const ODD: readonly (readonly [name: string, more: Partial<Alert>])[] = [
  ['no summary', { summary: ' ' }],
  ['no source at all', { source: '', labels: {} }],
  ['a beginning before time', { startsAt: -1 }],
  ['a beginning beyond all calendars', { startsAt: 8.64e15 }],
  ['a beginning that is no number', { startsAt: Number.NaN }],
  [
    'everything',
    { startsAt: NOW, links: [{ href: 'https://a.example' }], images: [{ src: 'https://a.example' }] },
  ],
]

suite('an event is one that PagerDuty takes, though the alert has', () => {
  for (const [name, more] of ODD) test(name, () => assert.deepEqual(checkEvent(eventFrom(more)), []))
})

suite('the details', () => {
  const details = (event: ReturnType<typeof eventOf>): unknown => ({ ...event })['customDetails']

  test('of a whole event are its sender`s, with nothing of ours', () => {
    const more = { dedupKey: 'k', event: { source: 'db-1' }, labels: { source: 'db-1' }, details: { a: 1 } }
    assert.deepEqual(details(eventFrom(more)), { a: 1 })
    const { details: _details, ...without } = more
    assert.equal(details(eventFrom(without)), undefined)
  })

  test('say how many alerts fire, when there are several', () => {
    const firing = { critical: 1, error: 2, warning: 0, info: 0 }
    const said = details(eventFrom({ labels: {} }, { firing }))
    assert.deepEqual(said, { firing_alerts: 3, reported_by: 'prometheus' })
  })

  test('list them when they are told with it', () => {
    const members = [
      {
        alert: alertOf({ summary: 'Disk 1 full', labels: { instance: 'db-1' } }),
        severity: 'critical' as const,
      },
      { alert: alertOf({ summary: 'Disk 2 full', labels: {} }), severity: 'error' as const },
    ]
    const said = details(
      eventOf({ action: 'trigger', incident: INCIDENT, lead: alertOf({ labels: {} }), members }),
    )
    assert.deepEqual(said, {
      members: [
        { summary: 'Disk 1 full', severity: 'critical', labels: { instance: 'db-1' } },
        { summary: 'Disk 2 full', severity: 'error' },
      ],
      reported_by: 'prometheus',
    })
  })

  test('hold what a classifier thought', () => {
    const classification = { label: 'Disk', confidence: 0.9 }
    const said = details(eventFrom({ labels: {}, annotations: { a: 'b' }, classification }))
    assert.deepEqual(said, { annotations: { a: 'b' }, classification, reported_by: 'prometheus' })
  })
})

suite('a change event', () => {
  const change: Change = { source: 'deploys', summary: 'Deployed', labels: {}, links: [] }

  test('is told bare when there is nothing more to say', () => {
    assert.deepEqual(eventOf({ change }), { action: 'change', summary: 'Deployed', source: 'deploys' })
  })

  test('is told with all there is', () => {
    const links = [{ href: 'https://a.example' }]
    const more = {
      origin: 'ci',
      timestamp: '2026-08-22T08:42:58Z',
      labels: { team: 'db' },
      details: { build: 7 },
    }
    assert.deepEqual(eventOf({ change: { ...change, ...more, links } }), {
      action: 'change',
      summary: 'Deployed',
      source: 'ci',
      timestamp: '2026-08-22T08:42:58Z',
      customDetails: { build: 7, labels: { team: 'db' } },
      links,
    })
  })
})
