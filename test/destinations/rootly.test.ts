import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromObject } from '../../src/config/config.ts'
import type { Outcome } from '../../src/decide/decide.ts'
import { rootlyDestination, type RootlyPlace, type Telling } from '../../src/destinations/destinations.ts'
import { makeDestination } from '../../src/pipeline/make-destination.ts'
import { compileTelling } from '../../src/templates/templates.ts'
import { systemWorld } from '../../src/world/world.ts'
import { telling } from '../contracts/destination-kind.ts'
import { alertOf, NOW } from '../contracts/memory.ts'
import type { HttpVendor } from '../vendors/http-vendor.ts'
import { openRootly, type KnownAlert } from '../vendors/rootly.ts'

const TOKEN = 'rootly_S3cretKeyOfTheWholeOrganization'
const NOWHERE: RootlyPlace = { serviceIds: [], groupIds: [], environmentIds: [], urgencyIds: {} }

interface Stage {
  readonly vendor: HttpVendor
  readonly alerts: ReadonlyMap<string, KnownAlert>
  /** Tells as a process of its own: all that it knows is what it is given. */
  readonly tell: (
    told: Telling,
    more?: { place?: Partial<RootlyPlace>; timeoutMs?: number },
  ) => Promise<Outcome>
}

function staged(run: (stage: Stage) => Promise<void>, routes = true): () => Promise<void> {
  return async () => {
    const alerts = new Map<string, KnownAlert>()
    await using vendor = await openRootly({ token: TOKEN, alerts, routes })
    await run({
      vendor,
      alerts,
      tell: async (told, { place = {}, timeoutMs = 20_000 } = {}) => {
        const world = systemWorld({ logLevel: 'silent' })
        const destination = rootlyDestination({
          name: 'rota',
          token: () => TOKEN,
          url: `${vendor.origin}/`,
          place: { ...NOWHERE, ...place },
          timeoutMs,
          world,
        })
        const outcome = await destination.tell(told)
        await world.http.close()
        assert.ok(!JSON.stringify(outcome).includes(TOKEN))
        return outcome
      },
    })
  }
}

function referenceOf(outcome: Outcome): string {
  assert.ok(outcome.kind === 'accepted', outcome.message)
  return outcome.reference ?? assert.fail('it has no reference')
}

function only(alerts: ReadonlyMap<string, KnownAlert>): KnownAlert {
  assert.equal(alerts.size, 1)
  return [...alerts.values()][0] ?? assert.fail('there is none')
}

test(
  'an alert carries what is known of the incident, where Rootly looks for it',
  staged(async ({ alerts, tell }) => {
    const lead = {
      labels: { alertname: 'DiskFull', instance: 'db-1', severity: 'page' },
      annotations: { description: 'No byte is free.' },
      details: { free: 0 },
      links: [{ href: 'https://runbooks.example/disk', text: 'Runbook' }],
      startsAt: NOW - 60_000,
    }
    const place = {
      serviceIds: ['s-1'],
      groupIds: ['g-1'],
      environmentIds: ['e-1'],
      urgencyIds: { critical: 'u-high', warning: 'u-low' },
      target: { type: 'EscalationPolicy', id: 'p-1' },
    } as const
    await tell(telling('trigger', {}, lead), { place })
    const { status, attributes } = only(alerts)
    assert.equal(status, 'triggered')
    assert.deepEqual(attributes, {
      summary: 'Disk full',
      description: [
        'No byte is free.',
        'Severity: critical',
        'Affected: db-1',
        'Reported by: prometheus',
        'Runbook: https://runbooks.example/disk',
      ].join('\n'),
      labels: [
        { key: 'alertname', value: 'DiskFull' },
        { key: 'instance', value: 'db-1' },
        { key: 'severity', value: 'critical' },
      ],
      data: {
        details: { free: 0 },
        annotations: { description: 'No byte is free.' },
        links: [{ href: 'https://runbooks.example/disk', text: 'Runbook' }],
        key: 'disk-db-1',
        destination: 'oncall',
        route: 'routes[0]',
        severity: 'critical',
        firing: { critical: 1, error: 0, warning: 0, info: 0 },
        fingerprint: alertOf(lead).fingerprint,
        source: 'prometheus',
      },
      external_url: 'https://runbooks.example/disk',
      alert_urgency_id: 'u-high',
      service_ids: ['s-1'],
      group_ids: ['g-1'],
      environment_ids: ['e-1'],
      status: 'triggered',
      started_at: new Date(NOW - 60_000).toISOString(),
      deduplication_key: 'disk-db-1',
      external_id: 'disk-db-1',
      notification_target_type: 'EscalationPolicy',
      notification_target_id: 'p-1',
    })
  }),
)

test(
  'the next process acknowledges, changes and ends what this one began',
  staged(async ({ vendor, alerts, tell }) => {
    const reference = referenceOf(await tell(telling()))
    await tell(telling('update', { reference, severity: 'error' }, { summary: 'Disk fuller' }))
    assert.equal(only(alerts).attributes.summary, 'Disk fuller')
    await tell(telling('acknowledge', { reference, status: 'acknowledged' }))
    assert.equal(only(alerts).status, 'acknowledged')
    assert.equal(referenceOf(await tell(telling('resolve', { reference, status: 'resolved' }))), reference)
    assert.deepEqual(
      [only(alerts).status, only(alerts).resolutionMessage],
      ['resolved', 'None of its alerts fires any more.'],
    )
    assert.deepEqual(
      vendor.arrivals.map(({ method, path }) => `${method} ${path.replace(reference, 'ID')}`),
      [
        'POST /v1/alerts',
        'PATCH /v1/alerts/ID',
        'POST /v1/alerts/ID/acknowledge',
        'POST /v1/alerts/ID/resolve',
      ],
    )
    assert.deepEqual(vendor.complaints, [])
  }),
)

for (const action of ['resolve', 'acknowledge'] as const)
  test(
    `when the answer to the trigger was lost, the step to ${action} reaches the alert that is there`,
    staged(async ({ vendor, alerts, tell }) => {
      vendor.behaviour = 'cut-after'
      assert.equal((await tell(telling())).kind, 'retry')
      vendor.behaviour = 'take'
      const { id } = only(alerts)
      assert.equal(referenceOf(await tell(telling(action))), id)
      assert.equal(only(alerts).status, `${action}d`)
    }),
  )

test(
  'when the trigger never arrived, a resolve leaves nothing open',
  staged(async ({ alerts, tell }) => {
    referenceOf(await tell(telling('resolve', { status: 'resolved' })))
    assert.equal(only(alerts).status, 'resolved')
  }),
)

test(
  'a trigger told again brings the alert up to date that is there, and opens no other',
  staged(async ({ alerts, tell }) => {
    const reference = referenceOf(await tell(telling()))
    assert.equal(referenceOf(await tell(telling('trigger', {}, { summary: 'Again' }))), reference)
    assert.equal(referenceOf(await tell(telling('trigger', { reference }, { summary: 'Fuller' }))), reference)
    assert.equal(only(alerts).attributes.summary, 'Fuller')
  }),
)

for (const action of ['trigger', 'update'] as const)
  test(
    `a ${action} opens another alert when the one that is known is over, or gone`,
    staged(async ({ alerts, tell }) => {
      const reference = referenceOf(await tell(telling()))
      await tell(telling('resolve', { reference }))
      assert.equal(alerts.get(reference)?.resolutionMessage, 'It goes on, and is told anew.')
      const second = referenceOf(await tell(telling(action, { reference })))
      assert.notEqual(second, reference)
      assert.equal(alerts.get(second)?.status, 'triggered')
      const third = referenceOf(await tell(telling(action, { reference: 'gone' })))
      assert.equal(third, second, 'by its key it is the same')
    }),
  )

test(
  'one that we have ended and that comes back is another alert, and the old one stays as it was',
  staged(async ({ vendor, alerts, tell }) => {
    const reference = referenceOf(await tell(telling('trigger')))
    await tell(telling('resolve', { reference, status: 'resolved' }))
    const old = only(alerts)
    const told = { status: 'resolved', digest: 'aaaaaaaaaaaaaaaa', severity: 'critical' } as const
    const again = telling('trigger', { reference, told }, { summary: 'Disk full again' })
    const next = referenceOf(await tell(again))
    assert.notEqual(next, reference)
    assert.deepEqual(alerts.get(reference), old)
    assert.equal(alerts.get(next)?.status, 'triggered')
    assert.ok(vendor.arrivals.every(({ method }) => method === 'POST'))
  }),
)

test(
  'a trigger opens an alert where the one that is known cannot be changed any more',
  staged(async ({ vendor, alerts, tell }) => {
    const reference = referenceOf(await tell(telling('trigger')))
    await tell(telling('resolve', { reference, status: 'resolved' }))
    vendor.behavesFor = ({ method }) => method === 'PATCH'
    for (const status of [400, 404, 409, 410, 422]) {
      vendor.behaviour = { status, body: '{"errors":[{"title":"Alert is resolved"}]}' }
      const told = { status: 'unknown', digest: 'aaaaaaaaaaaaaaaa', severity: 'critical' } as const
      const next = referenceOf(await tell(telling('trigger', { reference, told })))
      assert.equal(alerts.get(next)?.status, 'triggered')
    }
    assert.equal(alerts.size, 2)
    vendor.behaviour = { status: 403 }
    assert.equal((await tell(telling('trigger', { reference }))).kind, 'rejected')
    vendor.behaviour = { status: 422 }
    assert.equal((await tell(telling('update', { reference }))).kind, 'rejected')
  }),
)

test(
  'one that is gone is as good as resolved, and cannot be acknowledged',
  staged(async ({ tell }) => {
    const resolved = await tell(telling('resolve', { reference: 'gone' }))
    assert.ok(resolved.kind === 'accepted')
    assert.deepEqual(resolved.notes, ['it was gone there already'])
    const acknowledged = await tell(telling('acknowledge', { reference: 'gone' }))
    assert.ok(acknowledged.kind === 'rejected')
    assert.match(
      acknowledged.message,
      /\(404: Not found or unauthorized\)\. Check url; if that is right, the/,
    )
  }),
)

test(
  'where nobody was notified, there is nothing to acknowledge',
  staged(async ({ vendor, alerts, tell }) => {
    const reference = referenceOf(await tell(telling()))
    assert.equal(only(alerts).status, 'open')
    const outcome = await tell(telling('acknowledge', { reference }))
    assert.ok(outcome.kind === 'accepted')
    assert.match((outcome.notes ?? []).join(), /nobody was notified/)
    assert.deepEqual(vendor.complaints, [])
  }, false),
)

test(
  'a limit that is reached says when it ends',
  staged(async ({ vendor, tell }) => {
    const limited = async (headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
      const body = '{"error":"Rate limit exceeded. Try again later."}'
      vendor.behaviour = { status: 429, headers, body }
      const outcome = await tell(telling())
      assert.ok(outcome.kind === 'retry' && !outcome.maybeAccepted)
      assert.match(outcome.message, /\(429: Rate limit exceeded\. Try again later\.\)/)
      return outcome.afterMs
    }
    const inSeconds = (seconds: number): string => `${Math.floor(Date.now() / 1_000) + seconds}`
    const afterMs = await limited({ 'x-ratelimit-reset': inSeconds(30) })
    assert.ok(afterMs !== undefined && afterMs > 20_000 && afterMs <= 30_000, `${afterMs}`)
    assert.equal(await limited({ 'x-ratelimit-reset': inSeconds(86_400) }), 300_000)
    assert.equal(await limited({ 'x-ratelimit-reset': inSeconds(-5) }), 0)
    assert.equal(await limited({ 'x-ratelimit-reset': inSeconds(30), 'retry-after': '7' }), 7_000)
    assert.equal(await limited({ 'x-ratelimit-reset': 'soon' }), undefined)
  }),
)

test(
  'a refusal says what Rootly said, and what to do',
  staged(async ({ vendor, tell }) => {
    const said = async (status: number, title: string): Promise<string> => {
      vendor.behaviour = { status, body: JSON.stringify({ errors: [{ title, status: `${status}` }] }) }
      const outcome = await tell(telling())
      assert.equal(outcome.kind, 'rejected')
      return outcome.message
    }
    assert.match(await said(401, `Invalid token ${TOKEN}`), /\(401: Invalid token \[secret\]\)\. Check token/)
    assert.match(await said(403, 'Forbidden'), /\(403: Forbidden\)\. Check token: its key may not/)
    assert.match(await said(422, "Service can't be found"), /\(422: Service can't be found\)\. Check the ids/)
  }),
)

test(
  'a step that fails after the alert was told again may have changed something',
  staged(async ({ vendor, tell }) => {
    const told = tell(telling('resolve'), { timeoutMs: 500 })
    while (vendor.arrivals.length === 0) await new Promise((resolve) => setImmediate(resolve))
    vendor.behaviour = 'hang'
    const outcome = await told
    assert.ok(outcome.kind === 'retry', outcome.message)
    assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['timeout', true])
  }),
)

test(
  'an answer that names no alert ends nothing, and says so',
  staged(async ({ vendor, tell }) => {
    vendor.behaviour = { status: 200, body: '<html>Welcome</html>' }
    const told = await tell(telling())
    assert.ok(told.kind === 'accepted' && told.reference === undefined)
    assert.match((told.notes ?? []).join(), /not Rootly's own/)
    const ended = await tell(telling('resolve'))
    assert.ok(ended.kind === 'rejected')
    assert.match(ended.message, /names no alert/)
  }),
)

test(
  'a description is made by its template, and by us when that comes to nothing',
  staged(async ({ alerts, tell }) => {
    const place = { description: compileTelling('{{ summary }} at {{ instance }} ({{ count }})') }
    await tell(telling(), { place })
    assert.equal(only(alerts).attributes.description, 'Disk full at db-1 (1)')
    const failing = { description: compileTelling('{{ nothing }}') }
    const outcome = await tell(telling('trigger', { reference: only(alerts).id }), { place: failing })
    assert.ok(outcome.kind === 'accepted')
    assert.deepEqual(outcome.notes, ['the template for description failed; the built-in text was sent'])
    assert.match(only(alerts).attributes.description ?? '', /^Severity: critical\nAffected: db-1/)
  }),
)

test(
  'an emoji is never cut in half, and what is left out is said',
  staged(async ({ alerts, tell }) => {
    const labels = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`l${at}`, `${at}`]))
    const lead = { summary: `x${'\u{1F525}'.repeat(1_000)}`, labels, details: { log: '火'.repeat(100_000) } }
    const outcome = await tell(telling('trigger', {}, lead))
    assert.ok(outcome.kind === 'accepted')
    assert.deepEqual(outcome.notes, [
      'cut summary to 1024 characters',
      'left out 51 labels',
      'more than 131072 bytes of data: left out details',
    ])
    const { attributes } = only(alerts)
    assert.equal(attributes.summary, `x${'\u{1F525}'.repeat(511)}…`)
    assert.deepEqual(attributes.labels?.at(-1), { key: 'severity', value: 'critical' })
  }),
)

test(
  'members are listed, with how many more there are',
  staged(async ({ alerts, tell }) => {
    const members = ['db-1', 'db-2'].map((instance) => ({
      alert: alertOf({ labels: { instance } }),
      severity: 'critical' as const,
    }))
    const firing = { critical: 5, error: 0, warning: 0, info: 0 }
    await tell({ ...telling('trigger', { firing }), members })
    const { description = '', data } = only(alerts).attributes
    assert.match(
      description,
      /Firing:\n- critical: Disk full \(db-1\)\n- critical: Disk full \(db-2\)\n- and 3 more$/,
    )
    assert.deepEqual(data?.['members'], [
      { severity: 'critical', summary: 'Disk full', labels: { instance: 'db-1' } },
      { severity: 'critical', summary: 'Disk full', labels: { instance: 'db-2' } },
    ])
  }),
)

test('destinations with one API key share its limit, under a name that tells nothing of it', () => {
  const names = [TOKEN, TOKEN, `${TOKEN}2`].map((token, at) => {
    const parsed = fromObject({ destinations: { [`rota-${at}`]: { type: 'rootly', token } } })
    assert.ok(parsed.ok, JSON.stringify(parsed))
    const [settings = assert.fail()] = parsed.settings.destinations
    const { rate } = makeDestination(settings, systemWorld({ logLevel: 'silent' }))
    assert.deepEqual([rate?.limit, rate?.windowMs], [3_000, 60_000])
    return rate?.name ?? assert.fail('it has no limit')
  })
  assert.equal(new Set(names).size, 2)
  assert.equal(names[0], names[1])
  assert.ok(!names.some((name) => TOKEN.includes(name) || name.includes('rootly')))
})
