import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { telling } from '../../../test/contracts/destination-kind.ts'
import { NOW } from '../../../test/contracts/memory.ts'
import type { Telling } from '../destination.ts'
import { webhookId } from './webhook-event.ts'

suite('the id', () => {
  const idOf = (told: Telling, name = 'tickets'): string => webhookId(told, name)

  test('is the same whenever the same is told', () => {
    const id = idOf(telling('trigger'))
    assert.match(id, /^msg_[0-9a-f]{32}$/)
    const told = { status: 'perhaps-nothing', digest: '0000000000000000', severity: 'info' } as const
    assert.equal(idOf(telling('trigger', { told, id: 5 })), id)
  })

  test('is that of the update whose answer was lost, when it is told as what may be the first', () => {
    assert.equal(idOf(telling('trigger')), idOf(telling('update')))
  })

  test('is another for each reminder, and the same when one is told again', () => {
    const told = { status: 'triggered', digest: 'aaaaaaaaaaaaaaaa', severity: 'critical' } as const
    const remindedAt = (at: number): string => idOf(telling('remind', { told: { ...told, at } }))
    assert.notEqual(remindedAt(NOW), remindedAt(NOW + 3_600_000))
    assert.equal(remindedAt(NOW), remindedAt(NOW))
  })

  test('is another for everything else', () => {
    const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
    const ids = [
      idOf(telling('trigger')),
      idOf(telling('acknowledge')),
      idOf(telling('resolve')),
      idOf(telling('trigger', { key: 'disk-db-2' })),
      idOf(telling('trigger', { openedAt: NOW + 1 })),
      idOf(telling('trigger', { updatedAt: NOW + 2_000 })),
      idOf(telling('trigger', { digest: 'bbbbbbbbbbbbbbbb' })),
      idOf(telling('trigger', { severity: 'error' })),
      idOf(telling('trigger'), 'others'),
      idOf({ change }),
      idOf({ note: { incidentId: 7, key: 'disk-db-1', text: 'A remark.' } }),
      idOf({ note: { incidentId: 7, key: 'disk-db-1', text: 'Another.' } }),
      idOf({ change: { ...change, once: 'a' } }),
    ]
    assert.equal(new Set(ids).size, ids.length)
  })
})
