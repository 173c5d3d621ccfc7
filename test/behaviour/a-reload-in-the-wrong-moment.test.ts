import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromObject, type Config } from '../../src/config/config.ts'
import { pipelineRules } from '../../src/pipeline/pipeline.ts'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

type Written = Omit<Config, 'store'>

const ops = { ...ONCALL, routing_key: OTHER_KEY }
const destinations = { oncall: ONCALL, ops }

async function reload(house: House, config: Written): Promise<void> {
  const parsed = fromObject({ ...config, store: `sqlite:${house.path}` })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  await house.pipeline.reload(pipelineRules(parsed.settings, house.world, () => {}))
}

test('while it drains, nothing more is sent', async () => {
  await using house = await openHouse({ config: { destinations: { oncall: ONCALL } } })
  const draining = house.pipeline.drain(1_000)
  await reload(house, { destinations: { oncall: ONCALL } })
  await house.advance(2_000)
  await draining
  await house.accept(keyed('a'))
  await house.advance(3_000)
  assert.deepEqual(house.sent(), [])
})

test('two at once, the first of which takes a destination out while something is sent there: it is told once, and its end', async () => {
  await using house = await openHouse({ config: { destinations, routes: [{ to: 'oncall' }] } })
  house.faults({ delay_ms: 3_000 })
  await house.accept(keyed('a'))
  await house.advance(100)
  await Promise.all([
    reload(house, { destinations: { ops }, routes: [{ to: 'ops' }] }),
    reload(house, { destinations, routes: [{ to: 'ops' }] }),
  ])
  await house.accept(keyed('a', 'resolved'))
  await house.advance(20_000)
  assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
})
