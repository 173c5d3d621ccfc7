import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert, Json } from '../../src/alert/alert.ts'
import type { Watched } from '../../src/store/store.ts'
import { alertOf, now, NOW, policyOf, routeOf } from './memory.ts'
import type { WithStore } from './store.contract.ts'
import type { Workbench } from './workbench.ts'

const HOUR_MS = 3_600_000
const FORGOTTEN: Watched = { record: undefined, looks: new Map(), firing: [] }
const ODD_JSON: Json = { 'a\0"': ['\ud800', '\ufdd00000', '😀', 1.5, true, null, { deep: [] }] }

function looks<Look>(...entries: readonly (readonly [fingerprint: string, look: Look])[]): Map<string, Look> {
  return new Map(entries)
}

function of(source: string, subject: string, more: Partial<Alert> = {}): Alert {
  return alertOf({ source, labels: { monitor: source, subject }, ...more })
}

function byFingerprint(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
}

async function firingOf({ store }: Workbench, monitor: string): Promise<readonly Alert[]> {
  return byFingerprint((await store.watched(monitor)).firing)
}

/** What a store promises of monitors and heartbeats: what they remember, and who looks. */
export function monitorsContract(withStore: WithStore): void {
  remembering(withStore)
  taking(withStore)
  listing(withStore)
}

function remembering(withStore: WithStore): void {
  test(
    'what a monitor has seen is known after a restart, and of another nothing is',
    withStore(async (bench, reopen) => {
      assert.deepEqual(await bench.store.watched('nonces'), FORGOTTEN)
      const seen = looks<Json>(['f1', ODD_JSON], ['f2', null], ['f3', 'x'])
      const news = { ranAt: NOW, memory: ODD_JSON, isServed: true, looks: seen }
      await bench.store.watch('nonces', news)
      const { store } = await reopen()
      const { looks: _looks, ...rest } = news
      const known = { record: { name: 'nonces', ...rest }, looks: seen, firing: [] }
      assert.deepEqual(await store.watched('nonces'), known)
      assert.deepEqual(await store.watched('nonce'), FORGOTTEN)
      assert.deepEqual(await store.monitors(), [known.record])
      assert.deepEqual(await store.check(), [])
    }),
  )

  test(
    'what the news does not name stays as it was, and null is something to remember',
    withStore(async ({ store }) => {
      const seen = looks(['f1', 1], ['f2', 2])
      await store.watch('a', { ranAt: NOW, memory: { etag: 'x' }, isServed: true, looks: seen })
      await store.takeRun('a', NOW - 5)
      await store.watch('a', { ranAt: NOW + 1 })
      const kept = { name: 'a', slotAt: NOW - 5, ranAt: NOW + 1, memory: { etag: 'x' }, isServed: true }
      assert.deepEqual(await store.watched('a'), { record: kept, looks: seen, firing: [] })
      await store.watch('a', { memory: null })
      await store.watch('a', { isServed: false })
      const changed = { ...kept, memory: null, isServed: false }
      assert.deepEqual((await store.watched('a')).record, changed)
      await store.watch('a', { looks: looks(['f3', 3]) })
      const more = looks(['f1', 1], ['f2', 2], ['f3', 3])
      assert.deepEqual(await store.watched('a'), { record: changed, looks: more, firing: [] })
    }),
  )

  test(
    'of a subject the latest look is remembered, and nothing any more once it is to be forgotten',
    withStore(async ({ store }) => {
      await store.watch('a', { looks: looks(['f1', 'x'], ['f2', 'x'], ['f3', 'x']) })
      await store.watch('b', { looks: looks(['f1', 'of b']) })
      await store.watch('a', {
        looks: looks<Json | undefined>(['f1', undefined], ['f2', 'xx'], ['f4', undefined]),
      })
      assert.deepEqual((await store.watched('a')).looks, looks(['f2', 'xx'], ['f3', 'x']))
      assert.deepEqual((await store.watched('b')).looks, looks(['f1', 'of b']))
    }),
  )

  test(
    'no news leaves no trace',
    withStore(async ({ store }) => {
      await store.watch('a', {})
      await store.watch('a', { looks: looks() })
      assert.deepEqual(await store.monitors(), [])
    }),
  )

  test(
    'ten thousand looks are written together, read back, changed and forgotten',
    withStore(async (bench, reopen) => {
      const names = Array.from({ length: 10_000 }, (_, index) => `fingerprint ${index}`)
      const first = new Map<string, Json>(
        names.map((name, index) => [name, { seen: 'x', since: NOW + index }]),
      )
      await bench.store.watch('nonces', { ranAt: NOW, looks: first })
      const { store } = await reopen()
      assert.deepEqual((await store.watched('nonces')).looks, first)
      const half = names.map((name, index) => [name, index % 2 === 0 ? undefined : 'xx'] as const)
      await store.watch('nonces', { looks: new Map(half) })
      const left = new Map(half.filter(([, look]) => look !== undefined))
      assert.deepEqual((await store.watched('nonces')).looks, left)
    }),
  )

  test(
    'monitors are listed by name, and one that is forgotten takes nothing of others with it',
    withStore(async (bench, reopen) => {
      const { store } = bench
      await bench.take(of('b', '1'))
      for (const name of ['b', 'a', 'B'])
        await store.watch(name, { ranAt: NOW, looks: looks([`of ${name}`, 1]) })
      await store.takeRun('c', NOW)
      const names = async (): Promise<readonly string[]> => (await store.monitors()).map(({ name }) => name)
      assert.deepEqual(await names(), ['B', 'a', 'b', 'c'])
      await store.forgetMonitor('b')
      await store.forgetMonitor('unheard of')
      assert.deepEqual(await names(), ['B', 'a', 'c'])
      const again = await reopen()
      assert.deepEqual(await again.store.watched('b'), { ...FORGOTTEN, firing: [of('b', '1')] })
      assert.deepEqual((await again.store.watched('a')).looks, looks(['of a', 1]))
    }),
  )

  test(
    'a monitor is never forgotten by age',
    withStore(async ({ store }) => {
      await store.watch('a', { ranAt: 0, looks: looks(['f', 1]) })
      const late = NOW + 1_000 * HOUR_MS
      assert.equal(await store.prune({ ledger: late, ended: late }, 100), 0)
      const record = { name: 'a', ranAt: 0, isServed: false }
      assert.deepEqual(await store.watched('a'), { record, looks: looks(['f', 1]), firing: [] })
    }),
  )
}

function taking(withStore: WithStore): void {
  test(
    'a run is taken once: not again, not by several at once, and not after a later one',
    withStore(async (bench, reopen) => {
      const { store } = bench
      const takers = Array.from({ length: 8 }, () => store.takeRun('a', NOW))
      assert.equal((await Promise.all(takers)).filter((isTaken) => isTaken).length, 1)
      const again = await reopen()
      assert.equal(await again.store.takeRun('a', NOW), false)
      assert.equal(await again.store.takeRun('a', NOW - 1), false)
      assert.equal(await again.store.takeRun('b', NOW - 1), true, 'another monitor has runs of its own')
      assert.equal(await again.store.takeRun('a', NOW + 1), true)
      assert.deepEqual((await again.store.watched('a')).record, {
        name: 'a',
        slotAt: NOW + 1,
        isServed: false,
      })
    }),
  )

  test(
    'of one that looked by hand before, the first run is taken, and what it remembers stays',
    withStore(async ({ store }) => {
      await store.watch('a', { ranAt: NOW, memory: 'm', isServed: true })
      assert.equal(await store.takeRun('a', NOW - 1), true)
      const record = { name: 'a', slotAt: NOW - 1, ranAt: NOW, memory: 'm', isServed: true }
      assert.deepEqual((await store.watched('a')).record, record)
    }),
  )

  test(
    'when the clock is set back, runs are taken from there on, and what was heard ahead of it is no longer ahead',
    withStore(async (bench) => {
      const { store } = bench
      await store.takeRun('fast', NOW + HOUR_MS - 10)
      await store.watch('fast', { ranAt: NOW + HOUR_MS - 5 })
      await store.takeRun('slow', NOW - 10)
      await store.watch('slow', { ranAt: NOW - 5 })
      await bench.setBack(HOUR_MS, NOW)
      for (const name of ['fast', 'slow']) {
        const record = { name, slotAt: NOW - 10, ranAt: NOW - 5, isServed: false }
        assert.deepEqual((await store.watched(name)).record, record)
        assert.equal(await store.takeRun(name, NOW), true)
      }
    }),
  )
}

function listing(withStore: WithStore): void {
  test(
    'of the alerts those of that source fire, whole, and each once however many incidents it is part of',
    withStore(async (bench, reopen) => {
      bench.policy = policyOf({ routes: [routeOf({ continue: true }), routeOf({ to: ['ops'] })] })
      const whole = of('nonces', '1', {
        details: { odd: ODD_JSON, big: '1208925819614629174706176' },
        links: [{ href: 'https://example.org/1', text: 'Look' }],
        annotations: { note: 'n' },
        startsAt: NOW - 1,
        event: { component: 'c', class: 'mismatch', source: 'push-1' },
      })
      const alerts = [whole, of('nonces', '2', { severity: 'warning' })]
      await bench.take(...alerts, of('nonce', '1'), of('Nonces', '1'), of('prometheus', '1'))
      assert.equal((await bench.store.incidents({})).length, 10)
      const again = await reopen()
      assert.deepEqual(await firingOf(again, 'nonces'), byFingerprint(alerts))
      assert.deepEqual(await firingOf(again, 'nonce'), [of('nonce', '1')])
      assert.deepEqual(await firingOf(again, 'monitor'), [])
    }),
  )

  test(
    'what changed is listed as it is now, what is over is not, and it is again when it fires again',
    withStore(async (bench) => {
      const alert = of('nonces', '1')
      const other = of('nonces', '2')
      await bench.take(alert, other)
      const worse = { ...alert, severity: 'critical', summary: 'Further behind' } as const
      bench.time += 1
      await bench.take(worse)
      assert.deepEqual(await firingOf(bench, 'nonces'), byFingerprint([worse, other]))
      await bench.take(now(alert, 'resolved'))
      assert.deepEqual(await firingOf(bench, 'nonces'), [other])
      await bench.take(alert)
      assert.deepEqual(await firingOf(bench, 'nonces'), byFingerprint([alert, other]))
    }),
  )
}
