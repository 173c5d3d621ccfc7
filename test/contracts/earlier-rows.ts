import assert from 'node:assert/strict'
import { contentDigest, EVERYTHING, type Alert } from '../../src/alert/alert.ts'
import type { Store } from '../../src/store/store.ts'
import { alertOf, now, NOW } from './memory.ts'
import { Workbench } from './workbench.ts'

/** The alerts of the incidents below: one that is told, one that waits, one that is over. */
const ALERTS = ['told', 'waits', 'over'].map((dedupKey) => alertOf({ dedupKey, summary: `it's ${dedupKey}` }))

/** Rows as a Tocsin wrote them whose newest migrations were 0002 (SQLite) and 0001 (PostgreSQL), or one more. */
export const EARLIER_ROWS: string = ALERTS.map((alert, index) => rowsOf(alert, index + 1)).join('\n')

function rowsOf(alert: Alert, id: number): string {
  const digest = contentDigest(alert, EVERYTHING)
  const isOver = alert.dedupKey === 'over'
  const told = alert.dedupKey === 'told' ? 'triggered' : isOver ? 'resolved' : 'nothing'
  const [status, firing, closedAt] = isOver ? ['resolved', 0, NOW] : ['triggered', 1, 'null']
  const text = (value: string | undefined): string => `'${(value ?? '').replaceAll("'", "''")}'`
  const [delivered, settledAt] = told === 'nothing' ? ['waiting', 'null'] : ['delivered', NOW]
  return `
    insert into incidents (destination, key, status, digest, severity, told_status, told_digest, told_severity,
      firing_critical, firing_error, firing_warning, firing_info, route, hold_resolve_ms, ttl_ms, opened_at, updated_at,
      closed_at) values ('oncall', ${text(alert.dedupKey)}, '${status}', '${digest}', 'error', '${told}', '${digest}',
      'error', 0, ${firing}, 0, 0, 'routes[0]', 0, 0, ${NOW}, ${NOW}, ${closedAt});
    insert into alerts (fingerprint, incident_id, source, status, severity, digest, body_digest, updated_at, body)
      values (${text(alert.fingerprint)}, ${id}, 'prometheus', '${isOver ? 'resolved' : 'firing'}', 'error', '${digest}',
      '${digest}', ${NOW}, ${text(JSON.stringify(alert))});
    insert into deliveries (destination, incident_id, lane, state, due_at, created_at, settled_at)
      values ('oncall', ${id}, 2, '${delivered}', ${NOW}, ${NOW}, ${settledAt});`
}

/** What has to be so of them for a Tocsin of today. */
export async function keepsEarlierRows(store: Store): Promise<void> {
  assert.deepEqual(await store.check(), [])
  const bench = new Workbench(store)
  const views = await store.incidents({})
  assert.deepEqual(
    views.map(({ incident: { key, status, told, muted, gate, reference } }) => [
      key,
      status,
      told.status,
      told.at,
      muted,
      gate,
      reference,
    ]),
    [
      ['over', 'resolved', 'resolved', undefined, 0, undefined, undefined],
      ['waits', 'triggered', 'nothing', undefined, 0, undefined, undefined],
      ['told', 'triggered', 'triggered', undefined, 0, undefined, undefined],
    ],
  )
  assert.deepEqual(
    views.map(({ lead }) => lead),
    ALERTS.toReversed(),
  )
  const { firing } = await store.watched('prometheus')
  assert.deepEqual(new Set(firing), new Set(ALERTS.slice(0, 2)))
  assert.deepEqual(await bench.take(...ALERTS), ['unchanged', 'unchanged', 'firing-again'])
  await bench.tellAll()
  const ended = ALERTS.map((alert) => now(alert, 'resolved'))
  assert.deepEqual(await bench.take(...ended), ['resolved', 'resolved', 'resolved'])
  await bench.tellAll()
  const left = await store.incidents({})
  assert.ok(left.every(({ incident }) => incident.told.status === 'resolved'))
  assert.deepEqual(await store.check(), [])
}
