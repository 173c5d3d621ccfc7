import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { keyed, labelled } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY } from './house.ts'

const DAY_MS = 86_400_000
const LABELS = { alertname: 'NonceBehind', type: 'mismatches' }
const DESTINATIONS = { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } }

function routed(routes: Config['routes']): Omit<Config, 'store'> {
  return { destinations: DESTINATIONS, ...(routes === undefined ? {} : { routes }) }
}

suite('the end of a failure is told', () => {
  test('by another process than the one that told its beginning', async () => {
    await using house = await openHouse()
    await house.accept(keyed('a'))
    await house.advance(1_000)
    await house.stop()
    await house.start()
    assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['resolved'])
    await house.advance(1_000)
    assert.equal(house.emulator.incident('a')?.status, 'resolved')
  })

  test('a week later', async () => {
    await using house = await openHouse()
    await house.accept(keyed('a'))
    await house.advance(1_000)
    await house.stop()
    await house.advance(7 * DAY_MS)
    await house.start()
    await house.accept(keyed('a', 'resolved'))
    await house.advance(1_000)
    assert.equal(house.emulator.incident('a')?.status, 'resolved')
  })

  test('under the key of the day on which it began', async () => {
    const config = routed([{ to: 'oncall', dedup_key: 'nonce-validation-{{ today }}-{{ type }}' }])
    await using house = await openHouse({ config })
    await house.accept(labelled(LABELS))
    await house.advance(1_000)
    await house.stop()
    await house.advance(DAY_MS)
    await house.start()
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(1_000)
    assert.deepEqual(
      house.sent().map(({ dedup_key, outcome }) => [dedup_key, outcome]),
      [
        ['nonce-validation-2023-11-14-mismatches', 'opened'],
        ['nonce-validation-2023-11-14-mismatches', 'resolved'],
      ],
    )
  })

  test('even if it began before our memory does, for somebody else may have opened it', async () => {
    await using house = await openHouse()
    assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['resolved-unseen'])
    await house.advance(1_000)
    assert.deepEqual(house.effects('a'), ['dropped'])
    assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['already-resolved'])
    assert.deepEqual(await house.accept(keyed('a')), ['firing-again'])
    await house.advance(1_000)
    assert.deepEqual(house.effects('a'), ['dropped', 'opened'])
  })

  test('after a day on which nothing could be told', async () => {
    await using house = await openHouse()
    await house.accept(keyed('a'), keyed('b'))
    await house.advance(1_000)
    house.faults({ status: 503 })
    await house.accept(keyed('a', 'resolved'), keyed('c'))
    await house.advance(600_000)
    await house.accept(keyed('b', 'resolved'), keyed('c', 'resolved'), keyed('d'))
    await house.stop()
    await house.advance(DAY_MS)
    await house.start()
    await house.advance(60_000)
    house.faults({})
    assert.ok(await house.told(120_000))
    assert.deepEqual(
      house.emulator.incidents('open').map(({ dedup_key }) => dedup_key),
      ['d'],
    )
  })

  test('and can never pass the trigger, however slow that is', async () => {
    await using house = await openHouse()
    house.faults({ delay_ms: 9_000 })
    await house.accept(keyed('a', 'firing', { severity: 'critical' }))
    await house.advance(20)
    await house.accept(keyed('a', 'resolved'))
    assert.ok(await house.told(60_000))
    assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
  })
})

suite('a change of the config tells nobody anything and leaves nothing open', () => {
  const CHANGES: readonly (readonly [name: string, config: Omit<Config, 'store'>])[] = [
    ['other routes', routed([{ match: { alertname: 'Other' }, to: 'ops' }])],
    ['another key', routed([{ to: 'oncall', dedup_key: '{{ alertname }}-v2' }])],
    ['another destination', routed([{ to: 'ops' }])],
    ['one more destination', routed([{ to: ['oncall', 'ops'] }])],
    ['a route that drops it', routed([{ to: [] }])],
    ['other severities', { ...routed(undefined), severity: { default: 'critical' } }],
    ['other things that are updates', { ...routed([{ to: 'oncall' }]), update_on: ['details', 'summary'] }],
    [
      'another rotation of the key',
      {
        destinations: {
          ...DESTINATIONS,
          oncall: { ...ONCALL, rate: { limit: 60 }, default_severity: 'critical' },
        },
        routes: [{ to: 'oncall' }],
      },
    ],
  ]
  for (const [name, config] of CHANGES) {
    test(name, async () => {
      await using house = await openHouse({
        config: routed([{ to: 'oncall', dedup_key: '{{ alertname }}' }]),
      })
      const alert = (status: 'firing' | 'resolved') => labelled(LABELS, status)
      await house.accept(alert('firing'))
      await house.advance(1_000)
      await house.stop()
      await house.start(config)
      assert.deepEqual(await house.accept(alert('firing')), ['unchanged'])
      await house.advance(60_000)
      assert.deepEqual(house.effects('NonceBehind'), ['opened'])
      assert.deepEqual(await house.accept(alert('resolved')), ['resolved'])
      await house.advance(1_000)
      assert.deepEqual(house.effects('NonceBehind'), ['opened', 'resolved'])
      assert.equal(house.sent().length, 2)
    })
  }

  test('a destination that was taken out: its incidents wait, a warning says so, and they end once it is back', async () => {
    const both = routed([{ to: ['oncall', 'ops'] }])
    await using house = await openHouse({ config: both })
    await house.accept(labelled(LABELS))
    await house.advance(1_000)
    await house.stop()
    await house.start({ destinations: { oncall: ONCALL } })
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(60_000)
    assert.equal(house.emulator.incidents('open').length, 1)
    await house.stop()
    await house.start()
    const warned = house.world.lines.filter(({ level }) => level === 'warn')
    assert.deepEqual(
      warned.map(({ data }) => data),
      [
        { destination: 'ops', openIncidents: 1 },
        { destination: 'ops', openIncidents: 0 },
      ],
    )
    await house.stop()
    await house.start(both)
    await house.advance(1_000)
    assert.deepEqual(house.emulator.incidents('open'), [])
  })
})
