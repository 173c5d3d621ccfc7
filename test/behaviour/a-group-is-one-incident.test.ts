import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Config, RouteConfig } from '../../src/config/config.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

const MINUTE_MS = 60_000

function config(route: Omit<RouteConfig, 'to'>): Omit<Config, 'store'> {
  return { destinations: { oncall: ONCALL }, routes: [{ to: 'oncall', ...route }] }
}

function member(instance: string): Readonly<Record<string, string>> {
  return { alertname: 'DiskFull', instance, rack: 'r1' }
}

function events(house: House): readonly string[] {
  return house.sent().map(({ action, outcome }) => `${action}: ${outcome}`)
}

interface Payload {
  readonly summary: string
  readonly custom_details: Readonly<Record<string, unknown>>
}

/** What was sent at that place in the order. */
function payloadOf(house: House, at: number): Payload {
  const event = house.sent().at(at)?.event as { readonly payload?: Payload } | undefined
  assert.ok(event?.payload !== undefined, 'an event was sent')
  return event.payload
}

suite('a group', () => {
  test('is one incident that lists its members, and ends with the last of them', async () => {
    await using house = await openHouse({ config: config({ group_by: ['rack'] }) })
    await house.accept(...['a', 'b', 'c'].map((name) => labelled(member(name))))
    await house.advance(2_000)
    const last = payloadOf(house, -1)
    assert.match(last.summary, / \(and 2 more\)$/)
    for (const name of ['a', 'b', 'c'])
      assert.match(JSON.stringify(last.custom_details), new RegExp(`"instance":"${name}"`))
    await house.accept(labelled(member('a'), 'resolved'), labelled(member('b'), 'resolved'))
    await house.advance(2_000)
    assert.equal(house.emulator.incidents('open').length, 1)
    await house.accept(labelled(member('c'), 'resolved'))
    await house.advance(2_000)
    assert.deepEqual(house.emulator.incidents('open'), [])
    assert.equal(house.emulator.incidents().length, 1)
  })

  test('is told once, as it is when it is told: what joins while it waits adds no event', async () => {
    await using house = await openHouse({ config: config({ group_by: ['rack'] }) })
    house.network.isUp = false
    for (let index = 0; index < 50; index++) await house.accept(labelled(member(`h${index}`)))
    house.network.isUp = true
    assert.ok(await house.told(5 * MINUTE_MS))
    assert.deepEqual(events(house), ['trigger: opened'])
    assert.match(payloadOf(house, 0).summary, / \(and 49 more\)$/)
  })

  test('keeps its incident when its route is renamed, or matched by another way of writing it', async () => {
    await using house = await openHouse({ config: config({ name: 'racks', group_by: ['rack'] }) })
    await house.accept(labelled(member('a')))
    await house.advance(2_000)
    await house.stop()
    await house.start(config({ name: 'shelves', group_by: ['rack'] }))
    await house.accept(labelled(member('a')), labelled(member('b')))
    await house.advance(2_000)
    assert.equal(house.emulator.incidents().length, 1)
  })

  test('pages again for a new member where its route asks for that, and not otherwise', async () => {
    for (const [onJoin, pages] of [
      ['update', 1],
      ['page', 2],
    ] as const) {
      await using house = await openHouse({ config: config({ group_by: ['rack'], on_join: onJoin }) })
      await house.accept(labelled(member('a')))
      await house.advance(2_000)
      await house.accept(labelled(member('b')))
      await house.advance(2_000)
      const paged = house.emulator.incidents().reduce((sum, incident) => sum + incident.pages, 0)
      assert.equal(paged, pages, onJoin)
      assert.equal(house.emulator.incidents('open').length, 1, onJoin)
    }
  })
})

suite('a threshold', () => {
  test('on how many fire holds a group back until it is reached, and then tells all of it', async () => {
    await using house = await openHouse({
      config: config({ group_by: ['rack'], when: { count: { at_least: 3 } } }),
    })
    assert.deepEqual(await house.accept(labelled(member('a'))), ['too-few'])
    assert.deepEqual(await house.accept(labelled(member('b'))), ['joined'])
    await house.advance(MINUTE_MS)
    assert.deepEqual(events(house), [])
    assert.deepEqual(await house.accept(labelled(member('c'))), ['threshold-reached'])
    await house.advance(2_000)
    assert.deepEqual(events(house), ['trigger: opened'])
  })

  test('of each destination is its own: one from 10, another from 100', async () => {
    const small = { value: { field: 'slots_behind', at_least: 10 } }
    const large = { value: { field: 'slots_behind', at_least: 100 } }
    await using house = await openHouse({
      config: {
        destinations: {
          chat: { ...ONCALL, when: small },
          oncall: { ...ONCALL, routing_key: OTHER_KEY, when: large },
        },
      },
    })
    const behind = (slots: number): ReturnType<typeof labelled> =>
      labelled({ alertname: 'Nonce', pid: 'p1' }, 'firing', { details: { slots_behind: slots } })
    const told = (): readonly number[] =>
      ['chat', 'oncall'].map(
        (name) => house.notices.filter((one) => one.kind === 'told' && one.told.destination === name).length,
      )
    assert.deepEqual(await house.accept(behind(5)), ['below-threshold', 'below-threshold'])
    await house.advance(2_000)
    assert.deepEqual(told(), [0, 0])
    await house.accept(behind(50))
    await house.advance(2_000)
    assert.deepEqual(told(), [1, 0])
    await house.accept(behind(150))
    await house.advance(2_000)
    assert.deepEqual(told(), [1, 1])
    await house.accept(labelled({ alertname: 'Nonce', pid: 'p1' }, 'resolved'))
    await house.advance(2_000)
    assert.deepEqual(house.emulator.incidents('open'), [])
  })

  test('on a trend waits until a number has grown so many times in a row', async () => {
    const when = { trend: { field: 'backlog', checks: 3 } }
    await using house = await openHouse({ config: config({ when }) })
    const seen: string[] = []
    for (const backlog of [5, 6, 6, 7, 8, 9])
      seen.push(
        ...(await house.accept(labelled({ alertname: 'Backlog' }, 'firing', { details: { backlog } }))),
      )
    assert.equal(seen[0], 'no-trend')
    assert.equal(seen.at(-1), 'threshold-reached')
    assert.equal(seen.filter((reason) => reason === 'threshold-reached').length, 1)
  })

  test('that is lowered is reached also by what was said once and never again', async () => {
    const asking = (atLeast: number): Omit<Config, 'store'> =>
      config({ group_by: ['rack'], when: { count: { at_least: atLeast } } })
    await using house = await openHouse({ config: asking(5) })
    await house.accept(labelled(member('a')), labelled(member('b')))
    await house.advance(2_000)
    assert.deepEqual(events(house), [])
    await house.stop()
    await house.start(asking(2))
    await house.advance(2_000)
    assert.deepEqual(events(house), ['trigger: opened'])
  })

  test('is not forgotten by a crash, nor by a route that is renamed', async () => {
    const route = { group_by: ['rack'], when: { count: { at_least: 2 } } } as const
    await using house = await openHouse({ config: config({ name: 'a', ...route }) })
    await house.accept(labelled(member('a')))
    house.crash()
    await house.start(config({ name: 'b', ...route }))
    await house.accept(labelled(member('b')))
    await house.advance(2_000)
    assert.deepEqual(events(house), ['trigger: opened'])
  })
})

suite('an incident that nobody is on', () => {
  test('is told again as often as its route asks, until somebody is', async () => {
    await using house = await openHouse({ config: config({ repeat: '10m' }) })
    await house.accept(labelled(member('a')))
    await house.advance(31 * MINUTE_MS)
    assert.deepEqual(events(house).length, 4)
    assert.equal(house.emulator.incidents()[0]?.pages, 1, 'a reminder pages nobody')
    const [view] = await house.store.incidents({ status: 'open' })
    await house.pipeline.acknowledge(view?.incident.id ?? 0)
    await house.advance(31 * MINUTE_MS)
    assert.deepEqual(events(house).length, 5, 'the acknowledgement, and no more')
  })

  test('is told again after a reminder that was refused', async () => {
    await using house = await openHouse({ config: config({ repeat: '10m' }) })
    await house.accept(labelled(member('a')))
    await house.advance(9 * MINUTE_MS)
    house.faults({ status: 400 })
    await house.advance(2 * MINUTE_MS)
    house.faults({})
    await house.advance(10 * MINUTE_MS)
    const key = house.sent()[0]?.dedup_key ?? ''
    assert.deepEqual(house.effects(key).slice(0, 3), ['opened', 'fault', 'updated'])
  })

  test('pages again as often as its route asks', async () => {
    await using house = await openHouse({ config: config({ repeat: { every: '10m', how: 'page' } }) })
    await house.accept(labelled(member('a')))
    await house.advance(21 * MINUTE_MS)
    assert.deepEqual(events(house), [
      'trigger: opened',
      'resolve: resolved',
      'trigger: opened',
      'resolve: resolved',
      'trigger: opened',
    ])
    assert.equal(house.emulator.incidents('open').length, 1)
  })
})
