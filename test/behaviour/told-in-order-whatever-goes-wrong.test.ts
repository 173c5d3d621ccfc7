import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { badHistories, GROUP, KEYS, LIMIT, play, quietHistories, type Played } from './history.ts'
import type { SentEvent } from './house.ts'

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 })

test('whatever fails and crashes, in the end all is told, in order, in the window, and each failure paged once', async () => {
  const property = fc.asyncProperty(badHistories, seeds, async (steps, seed) => {
    await using played = await play(steps, seed)
    await checkEnd(played)
    for (const key of [...KEYS, GROUP]) {
      await checkPages(played, key)
      checkOrder(played.house.sent(key), key)
    }
    checkWindow(played)
  })
  await fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 30) })
})

test('while nothing fails, nothing is told twice', async () => {
  const property = fc.asyncProperty(quietHistories, seeds, async (steps, seed) => {
    await using played = await play(steps, seed)
    await checkEnd(played)
    const { house } = played
    for (const key of [...KEYS, GROUP]) {
      await checkPages(played, key)
      const sent = house.sent(key)
      checkOrder(sent, key)
      for (const [index, event] of sent.entries()) {
        assert.equal(event.status, 202)
        const before = sent[index - 1]
        // Of several alerts the worst is shown: when another changes, what is shown may be the same.
        if (before !== undefined && key !== GROUP) assert.notDeepEqual(event.event, before.event)
      }
    }
    const changes = house.sent().filter(({ endpoint }) => endpoint === '/v2/change/enqueue')
    assert.equal(changes.length, played.changes)
    checkWindow(played)
  })
  await fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 30) })
})

/** What the store wants, what the senders believe and what the emulator shows are one. */
async function checkEnd({ house, firing, changes, isTold }: Played): Promise<void> {
  assert.ok(isTold, 'everything is told in the end')
  assert.deepEqual(await house.store.deliveries({ state: 'dead' }), [])
  for (const [key, isFiring] of firing) {
    const [view] = await house.store.incidents({ key })
    const shown = house.emulator.incident(key)?.status ?? 'resolved'
    const { status, told } = view?.incident ?? { status: 'resolved', told: { status: 'nothing' } }
    assert.equal(status !== 'resolved', isFiring, `${key} fires as its senders believe`)
    assert.equal(shown !== 'resolved', isFiring, `${key} is shown as its senders believe`)
    // One that was acknowledged and came back stays so where its end was never heard of, which nobody can know here.
    const wasAcknowledged = house.effects(key).includes('acknowledged')
    if (isFiring && !wasAcknowledged) assert.equal(shown, told.status, `${key} is shown as we think it is`)
    if (status === 'acknowledged') assert.equal(shown, 'acknowledged')
  }
  const summaries = house
    .sent()
    .filter(({ endpoint, outcome }) => endpoint === '/v2/change/enqueue' && outcome === 'recorded')
  assert.equal(new Set(summaries.map(({ summary }) => summary)).size, changes, 'every change was recorded')
}

/** A failure opens one incident, however often its trigger had to be sent. */
async function checkPages({ house }: Played, key: string): Promise<void> {
  const [view] = await house.store.incidents({ key })
  if (view === undefined) return
  const entries = await house.store.ledger({ incidentId: view.incident.id, limit: 1_000 })
  const failures = entries.filter(({ reason }) => reason === 'first-firing' || reason === 'firing-again')
  const opened = house.sent(key).filter(({ outcome }) => outcome === 'opened')
  assert.ok(
    opened.length <= failures.length,
    `${key}: ${opened.length} pages for ${failures.length} failures`,
  )
}

/** No trigger comes after the resolve that was decided later, and no acknowledgement before its trigger. */
function checkOrder(sent: readonly SentEvent[], key: string): void {
  let ended = ''
  for (const { action, outcome, summary } of sent) {
    if (outcome === 'resolved' && key !== GROUP) ended = summary
    if (outcome === 'opened' || outcome === 'updated')
      assert.ok(summary > ended, `"${summary}" came after the end of "${ended}"`)
    assert.ok(action !== 'acknowledge' || outcome !== 'dropped', `${key}: nobody knew what was acknowledged`)
  }
}

/** Every request counts, whatever became of it: at most so many in any 60 s. */
function checkWindow({ house }: Played): void {
  const { arrivals } = house.network
  for (const [index, at] of arrivals.entries()) {
    const first = arrivals[index - LIMIT]
    assert.ok(first === undefined || at - first >= 60_000, `${LIMIT + 1} within ${at - (first ?? 0)} ms`)
  }
  assert.deepEqual(
    house.sent().filter(({ outcome }) => outcome === 'limited'),
    [],
  )
}
