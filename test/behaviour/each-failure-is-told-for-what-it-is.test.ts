import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import { change, keyed, labelled } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY } from './house.ts'

const HELD = { destinations: { oncall: ONCALL } }

suite('the severity of an incident is that of its alert', () => {
  const ROWS: readonly (readonly [name: string, alert: Partial<Alert>, severity: string])[] = [
    ['critical stays critical without any classifier', { severity: 'critical' }, 'critical'],
    ['error is not lost between warning and critical', { severity: 'error' }, 'error'],
    [
      'a classifier that thinks less of it lowers nothing',
      { severity: 'critical', classification: { label: 'Noise', severity: 'info' } },
      'critical',
    ],
    [
      'a classifier that thinks worse of it raises it',
      { severity: 'warning', classification: { label: 'Disk', severity: 'critical' } },
      'critical',
    ],
  ]
  for (const [name, alert, severity] of ROWS) {
    test(name, async () => {
      await using house = await openHouse()
      await house.accept(keyed('a', 'firing', alert))
      await house.advance(1_000)
      assert.equal(house.emulator.incident('a')?.severity, severity)
    })
  }
})

suite('a failure that came and went before it was told', () => {
  test('is told to nobody', async () => {
    await using house = await openHouse({ config: { ...HELD, unsent_pair: 'drop' } })
    house.network.isUp = false
    await house.accept(keyed('a'))
    await house.advance(30_000)
    assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['never-told'])
    house.network.isUp = true
    await house.advance(60_000)
    assert.deepEqual(house.sent(), [])
  })

  test('is told, with its end, where that is wanted', async () => {
    await using house = await openHouse({ config: { ...HELD, unsent_pair: 'tell' } })
    house.network.isUp = false
    await house.accept(keyed('a'))
    await house.advance(30_000)
    await house.accept(keyed('a', 'resolved'))
    house.network.isUp = true
    await house.advance(60_000)
    assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
  })
})

suite('every event about an incident', () => {
  test('carries the whole content, its end too', async () => {
    await using house = await openHouse()
    const links = [{ href: 'https://runbooks.example/disk' }]
    await house.accept(labelled({ alertname: 'DiskFull', instance: 'db-1' }, 'firing', { links }))
    await house.advance(1_000)
    await house.accept(labelled({ alertname: 'DiskFull', instance: 'db-1' }, 'resolved', { summary: 'fine' }))
    await house.advance(1_000)
    const [trigger, resolve] = house.sent().map(({ event }) => event as Readonly<Record<string, unknown>>)
    assert.equal(resolve?.['event_action'], 'resolve')
    assert.deepEqual(resolve?.['payload'], trigger?.['payload'])
    assert.deepEqual(resolve?.['links'], links)
  })

  test('is made from the newest that was said, though what is no update is not told by itself', async () => {
    await using house = await openHouse()
    const said = (percent: string, summary: string): ReturnType<typeof labelled> =>
      labelled({ alertname: 'DiskFull' }, 'firing', { annotations: { percent }, summary })
    await house.accept(said('91', 'Disk full'))
    await house.advance(1_000)
    assert.deepEqual(await house.accept(said('95', 'Disk full')), ['refreshed'])
    await house.advance(1_000)
    assert.equal(house.sent().length, 1)
    await house.accept(said('97', 'Disk fuller'))
    await house.advance(1_000)
    const [, update] = house.sent()
    assert.match(JSON.stringify(update?.event), /"percent":"97"/)
  })
})

test('an acknowledgement is told after its trigger and once, and an update leaves it', async () => {
  await using house = await openHouse()
  await house.accept(keyed('a'), keyed('a', 'acknowledged'), keyed('a', 'acknowledged'))
  await house.advance(1_000)
  await house.accept(keyed('a', 'firing', { summary: 'Worse' }))
  await house.advance(1_000)
  assert.deepEqual(house.effects('a'), ['opened', 'acknowledged', 'updated'])
  assert.equal(house.emulator.incident('a')?.status, 'acknowledged')
})

test('an acknowledgement of what nobody knows tells nobody anything', async () => {
  await using house = await openHouse()
  assert.deepEqual(await house.accept(keyed('a', 'acknowledged')), ['acknowledged-unseen'])
  await house.advance(1_000)
  assert.deepEqual(house.sent(), [])
})

test('a person who acknowledges and resolves through us is heard at once', async () => {
  await using house = await openHouse()
  await house.accept(keyed('a', 'firing', { startsAt: 1 }))
  await house.advance(1_000)
  const [view] = await house.store.incidents({})
  const id = view?.incident.id ?? 0
  assert.equal(await house.pipeline.acknowledge(id), 'acknowledged-by-person')
  await house.advance(50)
  assert.equal(house.emulator.incident('a')?.status, 'acknowledged')
  assert.equal(await house.pipeline.resolve(id), 'resolved-by-person')
  await house.advance(50)
  assert.equal(house.emulator.incident('a')?.status, 'resolved')
  assert.deepEqual(await house.accept(keyed('a', 'firing', { startsAt: 1 })), ['ended-by-person'])
  assert.equal(await house.pipeline.resolve(99), undefined)
})

test('one alert for two destinations is an incident at each, and both end', async () => {
  const destinations = { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } }
  await using house = await openHouse({ config: { destinations } })
  assert.deepEqual(await house.accept(keyed('a')), ['first-firing', 'first-firing'])
  await house.advance(1_000)
  assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['resolved', 'resolved'])
  await house.advance(1_000)
  assert.deepEqual(house.effects('a'), ['opened', 'opened', 'resolved', 'resolved'])
})

test('a sender who addresses one of them speaks of that one alone', async () => {
  const destinations = { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } }
  await using house = await openHouse({ config: { destinations } })
  const to = (name: string): Partial<Alert> => ({ to: name, fingerprint: `key@${name}:a` })
  await house.accept(keyed('a', 'firing', to('oncall')), keyed('a', 'firing', to('ops')))
  await house.advance(1_000)
  await house.accept(keyed('a', 'resolved', to('ops')))
  await house.advance(1_000)
  const statuses = house.emulator.incidents().map(({ routing_key, status }) => [routing_key, status])
  assert.equal(statuses.filter(([, status]) => status === 'resolved').length, 1)
  const open = await house.store.incidents({ status: 'open' })
  assert.deepEqual(
    open.map(({ incident }) => incident.destination),
    ['oncall'],
  )
})

suite('a change event', () => {
  test('is told once, however often it is sent', async () => {
    await using house = await openHouse()
    assert.deepEqual(await house.accept(change('Deployed', 'deploy 1')), ['sent-once'])
    await house.advance(1_000)
    await house.accept(change('Deployed', 'deploy 1'))
    await house.stop()
    await house.start()
    await house.accept(change('Deployed', 'deploy 1'))
    await house.advance(5_000)
    assert.deepEqual(
      house.sent().map(({ outcome }) => outcome),
      ['recorded'],
    )
  })

  test('that goes nowhere says so', async () => {
    const routes = [{ match: { source: 'elsewhere' }, to: 'oncall' }]
    await using house = await openHouse({ config: { ...HELD, routes } })
    assert.deepEqual(await house.accept(change('Deployed'), keyed('a')), ['unrouted', 'unrouted'])
  })
})

test('a house in which nothing happens tells nobody anything, at its start and for an hour', async () => {
  await using house = await openHouse()
  await house.advance(3_600_000)
  assert.deepEqual(house.network.arrivals, [])
  assert.deepEqual(house.world.lines, [])
})
