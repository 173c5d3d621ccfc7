import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { suite, test } from 'node:test'
import type { HttpAnswer, HttpFailure } from '../../src/world/world.ts'
import { change, keyed } from './alerts.ts'
import { openHouse, ROUTING_KEY, type House } from './house.ts'

/** What the other side may make of it, quoting the key wherever it can. */
const ANSWERS: readonly (readonly [name: string, answer: HttpAnswer | HttpFailure])[] = [
  ['takes it', { status: 202, headers: {}, body: `{"status":"success","message":"${ROUTING_KEY}"}` }],
  ['refuses it', { status: 400, headers: {}, body: `{"errors":["'${ROUTING_KEY}' is no routing key"]}` }],
  ['refuses it in plain text', { status: 403, headers: {}, body: `Forbidden: ${ROUTING_KEY.toUpperCase()}` }],
  ['is too busy', { status: 429, headers: { 'retry-after': ROUTING_KEY }, body: ROUTING_KEY }],
  ['fails', { status: 500, headers: {}, body: `<html>${ROUTING_KEY}</html>` }],
  ['cannot be reached', { failure: 'connection', sent: false, reason: `https://${ROUTING_KEY}@host` }],
  ['never answers', { failure: 'timeout', sent: true, reason: ROUTING_KEY }],
]

/** Everything that a person, a log or a metric is ever shown. */
async function everythingShown(house: House): Promise<string> {
  const { store, world, notices, pipeline } = house
  const shown = [
    world.lines,
    notices,
    await store.incidents({}),
    await store.deliveries({}),
    await store.ledger({}),
    await store.alerts(),
    await store.backlog(world.clock.now()),
    await store.check(),
    pipeline.breakers(),
  ]
  return `${JSON.stringify(shown)}${inspect(shown, { depth: 12 })}${inspect(house.pipeline, { depth: 12 })}`
}

suite('the routing key is in no log line, notice, view or row, when the other side', () => {
  for (const [name, answer] of ANSWERS) {
    test(name, async () => {
      await using house = await openHouse()
      house.network.answer = answer
      await house.accept(keyed('a', 'firing', { severity: 'critical' }), change('Deployed'))
      await house.advance(30_000)
      await house.accept(keyed('a', 'resolved'))
      await house.advance(90_000)
      assert.ok(
        house.notices.some(({ kind }) => kind === 'told'),
        'something was told',
      )
      const shown = (await everythingShown(house)).toLowerCase()
      assert.ok(!shown.includes(ROUTING_KEY.slice(0, 20)), 'it is shown')
      await house.stop()
      const bytes = readFileSync(house.path).toString('latin1').toLowerCase()
      assert.ok(!bytes.includes(ROUTING_KEY.slice(0, 20)), 'it is in the file of the store')
    })
  }
})
