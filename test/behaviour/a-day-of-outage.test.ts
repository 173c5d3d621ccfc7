/**
 * A day on which nobody can be told, while 100,000 alerts come and go. `npm test` plays an hour of it with 5,000;
 * TOCSIN_LONG plays the day.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item, Severity } from '../../src/alert/alert.ts'
import { seededRandom } from '../../src/world/virtual.ts'
import { keyed } from './alerts.ts'
import { openHouse, type House, type SentEvent } from './house.ts'

const IS_LONG = process.env['TOCSIN_LONG'] === '1'
const HOURS = IS_LONG ? 24 : 1
const ALERTS = IS_LONG ? 100_000 : 5_000
const STEP_MS = 60_000
const BOUND = { timeout: 600_000 }
const STEPS = HOURS * 60

const STORM = 'tocsin-storm:oncall'

/** Told before the outage. Half of them end during it. */
const BEFORE = Array.from({ length: 40 }, (_, index) => `before-${index}`)
const ENDED = BEFORE.slice(0, 20)

/** Of the alerts that come, a few are critical, and some of all are still there at the end. */
const CRITICAL_SHARE = IS_LONG ? 0.001 : 0.01
const LASTING_SHARE = IS_LONG ? 0.05 : 0.2

/** What fires at the end by its sender's word, by severity. */
interface Left {
  readonly critical: Set<string>
  readonly other: Set<string>
}

test(
  `after ${HOURS} h of outage with ${ALERTS} alerts: criticals, resolves, one storm, nothing that is over`,
  BOUND,
  async (t) => {
    await using house = await openHouse()
    await house.accept(...BEFORE.map((key) => keyed(key, 'firing', { severity: 'warning' })))
    assert.ok(await house.told(60_000))
    const before = house.sent().length
    house.network.isUp = false
    const left = await comeAndGo(house)
    house.network.isUp = true
    const healedAt = house.world.clock.now()
    await house.advance(10 * 60_000)

    const sent = house.sent().slice(before)
    const openKeys = new Set(house.emulator.incidents('open').map(({ dedup_key }) => dedup_key))
    for (const key of left.critical) assert.ok(openKeys.has(key), `${key} is critical and told`)
    for (const key of ENDED) assert.equal(house.emulator.incident(key)?.status, 'resolved', key)
    for (const key of BEFORE.slice(20)) assert.ok(openKeys.has(key), `${key} goes on`)
    assert.ok(openKeys.has(STORM))
    assert.match(house.sent(STORM).at(-1)?.summary ?? '', new RegExp(`${left.other.size} incidents`))
    const news = sent.filter(({ action }) => action === 'trigger').map(keyOf)
    assert.deepEqual(
      news.filter((key) => !left.critical.has(key) && !key.startsWith('tocsin-')),
      [],
      'nothing that came and went, and nothing that is folded, is told',
    )
    const arrivedAt = (event: SentEvent): number => Date.parse(event.at) - healedAt
    const order = sent.map((event) => ({ at: arrivedAt(event), lane: laneOf(event, left) }))
    const lastCritical = Math.max(...order.filter(({ lane }) => lane === 'critical').map(({ at }) => at))
    const stormAt = order.find(({ lane }) => lane === 'storm')?.at ?? Number.NaN
    const lastResolve = Math.max(...order.filter(({ lane }) => lane === 'resolve').map(({ at }) => at))
    t.diagnostic(
      `told after it: ${sent.length} events: ${left.critical.size} critical, ${ENDED.length} resolves, one storm of ${left.other.size}`,
    )
    t.diagnostic(
      `ms after it healed: last critical ${lastCritical}, storm ${stormAt}, last resolve ${lastResolve}`,
    )
    t.diagnostic(`in order: ${summaryOf(order.map(({ lane }) => lane))}`)
    assert.ok(lastCritical <= 120_000 && lastResolve <= 120_000)

    await house.accept(...[...left.critical, ...left.other, ...BEFORE].map((key) => keyed(key, 'resolved')))
    await house.advance(10 * 60_000)
    assert.deepEqual(house.emulator.incidents('open'), [], 'nothing outlives its trouble')
  },
)

async function comeAndGo(house: House): Promise<Left> {
  const random = seededRandom(7)
  const left: Left = { critical: new Set(), other: new Set() }
  let going: string[] = []
  let number = 0
  for (let step = 1; step <= STEPS; step++) {
    const items: Item[] = going.map((key) => keyed(key, 'resolved'))
    going = []
    if (step === Math.floor(STEPS / 2)) items.push(...ENDED.map((key) => keyed(key, 'resolved')))
    for (; number < (ALERTS * step) / STEPS; number++) {
      const key = `k${number}`
      const severity: Severity = random() < CRITICAL_SHARE ? 'critical' : 'warning'
      items.push(keyed(key, 'firing', { severity }))
      if (random() >= LASTING_SHARE) going.push(key)
      else left[severity === 'critical' ? 'critical' : 'other'].add(key)
    }
    await house.accept(...items)
    await house.advance(STEP_MS)
  }
  await house.accept(...going.map((key) => keyed(key, 'resolved')))
  return left
}

function keyOf({ event }: SentEvent): string {
  return (event as { readonly dedup_key?: string } | null)?.dedup_key ?? ''
}

function laneOf(event: SentEvent, left: Left): string {
  if (keyOf(event) === STORM) return 'storm'
  if (event.action === 'resolve') return 'resolve'
  return left.critical.has(keyOf(event)) ? 'critical' : 'other'
}

/** Runs of the same: "5 critical, 20 resolve, 1 storm". */
function summaryOf(lanes: readonly string[]): string {
  const runs: [string, number][] = []
  for (const lane of lanes) {
    const last = runs.at(-1)
    if (last?.[0] === lane) last[1]++
    else runs.push([lane, 1])
  }
  return runs.map(([lane, count]) => `${count} ${lane}`).join(', ')
}
