import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromObject, type Config } from '../../src/config/config.ts'
import { pipelineRules } from '../../src/pipeline/pipeline.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

type Written = Omit<Config, 'store'>

const WHEN = { count: { at_least: 3 } }
const LABELS = { alertname: 'DiskFull', host: 'db-1' }
const ops = { ...ONCALL, routing_key: OTHER_KEY }
const destinations = { oncall: ONCALL, ops }
const ASKING: Written = { destinations, routes: [{ to: 'oncall', group_by: ['alertname'], when: WHEN }] }

async function reload(house: House, config: Written): Promise<void> {
  const parsed = fromObject({ ...config, store: `sqlite:${house.path}` })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  await house.pipeline.reload(pipelineRules(parsed.settings, house.world, () => {}))
}

/** A house with a failure below its threshold, which repeats itself under another config. */
async function repeated(config: Written): Promise<House> {
  const house = await openHouse({ config: ASKING })
  await house.accept(labelled(LABELS))
  await house.advance(2_000)
  assert.deepEqual(house.sent(), [])
  await reload(house, config)
  await house.advance(2_000)
  for (let minute = 0; minute < 2; minute++) {
    await house.accept(labelled(LABELS))
    await house.advance(60_000)
  }
  return house
}

test('what is below a threshold is told where its routes lead after a reload, once', async () => {
  await using house = await repeated({ destinations, routes: [{ to: 'ops' }] })
  assert.deepEqual(
    house.sent().map(({ outcome }) => outcome),
    ['opened'],
  )
  await house.accept(labelled(LABELS, 'resolved'))
  await house.advance(2_000)
  assert.deepEqual(house.emulator.incidents('open'), [])
  assert.deepEqual(await house.store.incidents({ status: 'open' }), [])
})

test('also when the reload takes its destination out', async () => {
  await using house = await repeated({ destinations: { ops }, routes: [{ to: 'ops' }] })
  assert.deepEqual(
    house.sent().map(({ outcome }) => outcome),
    ['opened'],
  )
})

test('and when its routes drop it by now, nobody is told', async () => {
  await using house = await repeated({ destinations, routes: [{ to: [] }] })
  assert.deepEqual(house.sent(), [])
})

test('what becomes milder than its route asks for is told by the route that it takes then', async () => {
  const routes = [{ match: { severity: 'critical' }, to: 'oncall', when: WHEN }, { to: 'ops' }]
  await using house = await openHouse({ config: { destinations, routes } })
  await house.accept(labelled(LABELS, 'firing', { severity: 'critical' }))
  await house.advance(2_000)
  assert.deepEqual(house.sent(), [])
  await house.accept(labelled(LABELS, 'firing', { severity: 'warning' }))
  await house.advance(2_000)
  assert.deepEqual(
    house.sent().map(({ severity }) => severity),
    ['warning'],
  )
})
