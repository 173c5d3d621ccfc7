import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { fromObject, type Config } from '../../src/config/config.ts'
import { pipelineRules } from '../../src/pipeline/pipeline.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, ROUTING_KEY, type House } from './house.ts'

type Written = Omit<Config, 'store'>

const SOURCE = { alertname: 'HostDown', host: 'db-1' }
const TARGET = { alertname: 'DiskFull', host: 'db-1' }
const RULE = { source: { alertname: 'HostDown' }, target: { alertname: 'DiskFull' }, equal: ['host'] }
const INHIBITING: Written = {
  destinations: { oncall: ONCALL },
  routes: [{ to: 'oncall' }],
  inhibit: [RULE],
}
/** The same is muted, in other words. */
const REWORDED: Written = { ...INHIBITING, inhibit: [{ ...RULE, equal: [] }] }

async function reload(house: House, config: Written): Promise<void> {
  const parsed = fromObject({ ...config, store: `sqlite:${house.path}` })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  await house.pipeline.reload(pipelineRules(parsed.settings, house.world, () => {}))
}

async function silence(house: House, label: string, value: string, lastsMs = 3_600_000): Promise<void> {
  const now = house.world.clock.now()
  await house.store.putSilence({
    id: `${label}-${value}`,
    matchers: [{ name: label, comparison: '=', values: [value] }],
    author: 'ada',
    reason: 'known',
    startsAt: now,
    endsAt: now + lastsMs,
    createdAt: now,
    updatedAt: now,
  })
  await house.pipeline.lookAtMutes()
  await house.advance(1_000)
}

suite('what inhibits, inhibits only while it fires', () => {
  test('what came with an alert that no route takes is told within seconds', async () => {
    const routes = [{ match: { alertname: 'HostDown' }, to: [] }, { to: 'oncall' }]
    await using house = await openHouse({ config: { ...INHIBITING, routes } })
    await house.accept(labelled(SOURCE), labelled(TARGET))
    await house.advance(3_000)
    assert.deepEqual(
      house.sent().map(({ outcome }) => outcome),
      ['opened'],
    )
  })

  test('what came with an alert that a rule made harmless is told at once', async () => {
    const severity = { rules: [{ match: { alertname: 'HostDown' }, set: 'warning' as const }] }
    const inhibit = [{ source: { severity: 'critical' }, target: { alertname: 'DiskFull' } }]
    await using house = await openHouse({ config: { ...INHIBITING, severity, inhibit } })
    assert.deepEqual(
      await house.accept(labelled(SOURCE, 'firing', { severity: 'critical' }), labelled(TARGET)),
      ['first-firing', 'first-firing'],
    )
  })

  test('what is below a threshold keeps nobody else from being told, until it is told itself', async () => {
    const routes = [
      {
        match: { alertname: 'HostDown' },
        to: 'oncall',
        group_by: ['host'],
        when: { count: { at_least: 2 } },
      },
      { to: 'oncall' },
    ]
    await using house = await openHouse({ config: { ...INHIBITING, routes } })
    await house.accept(labelled(SOURCE), labelled(TARGET))
    await house.advance(3_000)
    assert.equal(house.sent().length, 1)
    await house.accept(labelled({ ...SOURCE, probe: '2' }))
    await house.advance(3_000)
    assert.deepEqual(await house.accept(labelled({ ...TARGET, disk: 'sda' })), ['muted'])
  })

  test('what came with an alert that was over before anybody looked is told', async () => {
    await using house = await openHouse({ config: INHIBITING })
    await Promise.all([
      house.accept(labelled(SOURCE), labelled(TARGET)),
      house.accept(labelled(SOURCE, 'resolved')),
    ])
    await house.advance(3_000)
    const open = await house.store.incidents({ status: 'open' })
    assert.deepEqual(
      open.map(({ incident }) => [incident.told.status, incident.mutedBy]),
      [['triggered', undefined]],
    )
  })
})

suite('a config that mutes the same in other words wakes nobody', () => {
  for (const [name, change] of [
    ['by a reload', reload],
    [
      'by a restart',
      async (house: House, config: Written) => {
        await house.stop()
        await house.start(config)
      },
    ],
  ] as const) {
    test(`${name}: what is inhibited stays so`, async () => {
      await using house = await openHouse({ config: INHIBITING })
      await house.accept(labelled(SOURCE), labelled(TARGET))
      await house.advance(3_000)
      await change(house, REWORDED)
      await house.advance(5_000)
      assert.equal(house.sent().length, 1)
      await house.accept(labelled(SOURCE, 'resolved'))
      await house.advance(3_000)
      assert.equal(house.emulator.incidents('open').length, 1, 'and it is told when that is over')
    })

    test(`${name}: a route that moves to another place in the file keeps its times`, async () => {
      // The house begins at 22:13 UTC.
      const config = {
        destinations: { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } },
        times: { night: { hours: ['20:00-06:00'] } },
        routes: [{ match: { team: 'a' }, to: 'oncall', not_during: 'night' }, { to: 'ops' }],
      }
      await using house = await openHouse({ config })
      await house.accept(labelled({ team: 'a' }), labelled({ team: 'b' }))
      await house.advance(2_000)
      await change(house, { ...config, routes: [{ match: { team: 'z' }, to: 'oncall' }, ...config.routes] })
      await house.advance(3_000)
      assert.equal(house.sent().length, 1)
      const open = await house.store.incidents({ status: 'open' })
      assert.deepEqual(
        Object.fromEntries(open.map(({ incident }) => [incident.destination, incident.mutedBy])),
        {
          oncall: 'during night',
          ops: undefined,
        },
      )
    })
  }
})

test('a fallback is told of a group whose worst alert alone is silenced', async () => {
  const oncall = { ...ONCALL, fallback: { to: 'ops', after: '60s' } }
  const destinations = { oncall, ops: { ...ONCALL, routing_key: OTHER_KEY } }
  await using house = await openHouse({
    config: { destinations, routes: [{ to: 'oncall', group_by: ['host'] }] },
  })
  house.network.cutOff.add(ROUTING_KEY)
  await silence(house, 'alertname', 'HostDown')
  await house.accept(
    labelled(SOURCE, 'firing', { severity: 'critical' }),
    labelled(TARGET, 'firing', { severity: 'warning', summary: 'the disk is full' }),
  )
  await house.advance(70_000)
  assert.deepEqual(
    house.emulator.incidents('open').map(({ title }) => title),
    ['[for oncall] the disk is full'],
  )
})

test('a silence that lasts a moment does not cut short how long a failure has to last', async () => {
  const routes = [{ to: 'oncall', hold: { trigger: '30s' } }]
  await using house = await openHouse({ config: { destinations: { oncall: ONCALL }, routes } })
  await house.accept(labelled(TARGET))
  await silence(house, 'alertname', 'DiskFull', 3_000)
  await house.advance(20_000)
  assert.deepEqual(house.sent(), [])
  await house.advance(12_000)
  assert.equal(house.sent().length, 1)
})
