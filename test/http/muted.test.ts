/** What is muted or held back says so, and by what, wherever it is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../process/until.ts'
import { openService, post, type Service } from './service.ts'

interface Shown {
  readonly dedup_key: string
  readonly gate: string | null
  readonly muted_by: string | null
  readonly muted_alerts: number
}

interface Gettable {
  readonly labels: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly status: { readonly state: string; readonly silencedBy: string[]; readonly inhibitedBy: string[] }
}

const get = async <T>(service: Service, path: string): Promise<T> =>
  (await (await fetch(service.url + path)).json()) as T

async function push(service: Service, ...alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const answer = await post(
    `${service.url}/api/v2/alerts`,
    alerts.map((labels) => ({ labels })),
  )
  assert.equal(answer.status, 200)
}

test("alerts are suppressed by silences and by alerts, and listed by that as Alertmanager's are", async () => {
  const service = await openService({
    inhibit: [
      { source: { alertname: 'ClusterDown' }, target: { severity: ['error', 'warning'] }, equal: 'cluster' },
    ],
  })
  try {
    await push(
      service,
      { alertname: 'ClusterDown', cluster: 'a', severity: 'critical' },
      { alertname: 'Slow', cluster: 'a', severity: 'warning' },
      { alertname: 'Slow', cluster: 'b', severity: 'warning' },
      { alertname: 'Disk', cluster: 'a', severity: 'warning' },
    )
    const silences = await Promise.all(
      [
        ['alertname=Disk'],
        ['cluster=~"a|c"', 'severity=warning', 'alertname!=Slow'],
        ['alertname=Other'],
      ].map(async (matchers) => {
        const body = { matchers, author: 'maria', reason: 'why', duration: '1h' }
        return (await (await post(`${service.url}/v1/silences`, body)).json()) as { id: string }
      }),
    )
    const named = (alerts: readonly Gettable[]): string[] =>
      alerts.map(({ labels }) => `${labels['alertname']} ${labels['cluster']}`).sort()
    const alerts = await get<Gettable[]>(service, '/api/v2/alerts')
    const [down, slow, disk] = ['ClusterDown', 'Slow', 'Disk'].map((name) =>
      alerts.find(({ labels }) => labels['alertname'] === name && labels['cluster'] === 'a'),
    )
    assert.deepEqual(down?.status, { state: 'active', silencedBy: [], inhibitedBy: [] })
    assert.deepEqual(slow?.status, {
      state: 'suppressed',
      silencedBy: [],
      inhibitedBy: [down.fingerprint],
    })
    assert.equal(disk?.status.state, 'suppressed')
    assert.deepEqual(
      disk.status.silencedBy.toSorted(),
      silences
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    )
    assert.deepEqual(disk.status.inhibitedBy, [down.fingerprint])
    const list = async (query: string): Promise<string[]> =>
      named(await get<Gettable[]>(service, `/api/v2/alerts?${query}`))
    assert.deepEqual(await list('active=false'), ['Disk a', 'Slow a'])
    assert.deepEqual(await list('silenced=false'), ['ClusterDown a', 'Slow a', 'Slow b'])
    assert.deepEqual(await list('inhibited=false'), ['ClusterDown a', 'Slow b'])
    assert.deepEqual(await list('active=false&silenced=false'), ['Slow a'])
    assert.deepEqual(await list('active=false&silenced=false&inhibited=false'), [])
    assert.equal((await fetch(`${service.url}/api/v2/alerts?silenced=perhaps`)).status, 400)
  } finally {
    await service.close()
  }
})

test('an incident says what mutes it and why it is held back, in the API and on the page', async () => {
  const service = await openService({
    routes: [
      { match: { team: 'few' }, when: { count: { at_least: 3 } }, group_by: 'team', to: 'oncall' },
      { to: 'oncall' },
    ],
  })
  try {
    await post(`${service.url}/v1/alerts`, [
      { dedup_key: 'plain', summary: 'Plain' },
      { dedup_key: 'muted', summary: 'Muted', labels: { team: 'db' } },
      { summary: 'Few', labels: { team: 'few' } },
    ])
    const body = { matchers: ['team=db'], author: 'maria <b>', reason: 'why', duration: '1h' }
    const { id } = (await (await post(`${service.url}/v1/silences`, body)).json()) as { id: string }
    const incidents = async (): Promise<Shown[]> =>
      (await get<{ incidents: Shown[] }>(service, '/v1/incidents')).incidents
    const muted = await until('it is muted', 10_000, async () =>
      (await incidents()).find(({ muted_by }) => muted_by !== null),
    )
    assert.deepEqual(
      [muted.dedup_key, muted.muted_by, muted.muted_alerts],
      ['muted', `silence ${id} by maria <b>: why`, 1],
    )
    const gates = (await incidents()).map(({ gate }) => gate)
    assert.deepEqual(gates, ['too-few', null, null])
    const page = await (await fetch(service.url)).text()
    assert.match(page, new RegExp(`Muted</span.*silence ${id} by maria &lt;b&gt;`, 's'))
    assert.match(page, /Held back<\/span.*too few alerts fire in it/s)
    assert.match(page, /id="silences"/)
    const single = await (await fetch(`${service.url}/incidents/2`)).text()
    assert.match(single, /Muted by<\/th>\s*<td>silence/)
    assert.equal((await post(`${service.url}/v1/silences/${id}/expire`, '')).status, 200)
    await until('it is muted no more', 10_000, async () =>
      (await incidents()).every(({ muted_by }) => muted_by === null),
    )
    assert.doesNotMatch(await (await fetch(service.url)).text(), /id="silences"/)
  } finally {
    await service.close()
  }
})
