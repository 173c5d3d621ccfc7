/**
 * What is open when another config comes is told as though none had come: the same events arrive, in the same order, for every
 * incident. Nothing is told anew, nothing is left open.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Alert, AlertStatus, Item, Severity } from '../../src/alert/alert.ts'
import { fromObject, type Config, type RouteConfig } from '../../src/config/config.ts'
import { pipelineRules } from '../../src/pipeline/pipeline.ts'
import { keyed, labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

type Written = Omit<Config, 'store'>

/** Told apart by what an emulator shows of a key: its first four characters. */
const keyOf = (name: string): string => `${name.slice(0, 4)}0ee00c0ffee00c0ffee00c0ffee0`
const DESTINATIONS = {
  oncall: { ...ONCALL, routing_key: keyOf('oncall') },
  other: { ...ONCALL, routing_key: keyOf('other') },
  third: { ...ONCALL, routing_key: keyOf('third') },
} as const
const NAMES = Object.keys(DESTINATIONS) as (keyof typeof DESTINATIONS)[]

/** Keyed failures have an incident each; those of a group may share one, by a key template. */
const FAILURES = ['k0', 'k1', 'k2', 'group/a', 'group/b', 'lone/c'] as const
type Failure = (typeof FAILURES)[number]

function said(failure: Failure, status: AlertStatus, severity: Severity, more: Partial<Alert> = {}): Item {
  const [alertname = '', instance] = failure.split('/')
  return instance === undefined
    ? keyed(failure, status, { severity, labels: { team: failure }, ...more })
    : labelled({ alertname, instance, team: alertname }, status, { severity, ...more })
}

const severity = fc.constantFrom<Severity>('critical', 'error', 'warning', 'info')

const opened = fc.record({
  failure: fc.constantFrom(...FAILURES),
  severity,
  lastsMs: fc.constantFrom(undefined, undefined, 30_000, 90_000),
})

/** What a sender or a person says later of something that is open: it never begins anew, and gets no worse. */
const later = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('repeat' as const), at: fc.nat(FAILURES.length - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('update' as const), at: fc.nat(FAILURES.length - 1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('acknowledge' as const), at: fc.nat(FAILURES.length - 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('resolve' as const), at: fc.nat(FAILURES.length - 1) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('reload' as const), which: fc.nat(3) }) },
)

type Later = typeof later extends fc.Arbitrary<infer T> ? T : never

function configs(names: readonly string[]): fc.Arbitrary<Written> {
  const route: fc.Arbitrary<RouteConfig> = fc.record(
    {
      name: fc.constantFrom('one', 'two', 'three', 'four'),
      match: fc.constantFrom(
        {},
        { team: 'k0' },
        { team: 'group' },
        { alertname: 'group' },
        { team: ['k1', 'lone'] },
      ),
      to: fc.subarray([...names], { minLength: 1 }),
      dedup_key: fc.constantFrom('{{ alertname }}', 'x-{{ alertname }}-{{ instance }}', '{{ fingerprint }}'),
      // Longer than a history: what is over because nobody repeated it begins anew when somebody does.
      ttl: fc.constantFrom('30m', '2h'),
      hold: fc.constantFrom({ trigger: '5s' }, { resolve: '10s' }, { trigger: '20s', resolve: '3s' }),
      continue: fc.boolean(),
    },
    { requiredKeys: ['match', 'to'] },
  )
  return fc
    .record({
      routes: fc.uniqueArray(route, { maxLength: 3, selector: ({ name }) => name ?? {} }),
      to: fc.constantFrom(...names),
    })
    .map(({ routes, to }) => ({
      destinations: Object.fromEntries(
        NAMES.filter((name) => names.includes(name)).map((name) => [name, DESTINATIONS[name]]),
      ),
      routes: [...routes, { to }],
    }))
}

const anyConfig = fc.subarray(NAMES, { minLength: 1 }).chain((names) => configs(names))

async function reload(house: House, config: Written): Promise<void> {
  const parsed = fromObject({ ...config, store: `sqlite:${house.path}` })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  await house.pipeline.reload(pipelineRules(parsed.settings, house.world, () => {}))
}

interface History {
  readonly before: Written
  readonly opens: readonly { failure: Failure; severity: Severity; lastsMs: number | undefined }[]
  readonly later: readonly Later[]
  readonly configs: readonly Written[]
}

/** What arrived of each incident, in order: the service, the action and what it said. */
async function arrivals(
  { before, opens, later, configs }: History,
  isReloading: boolean,
): Promise<Readonly<Record<string, readonly string[]>>> {
  await using house = await openHouse({ config: before, limit: 0 })
  const now = (): number => house.world.clock.now()
  const open = new Map<Failure, (typeof opens)[number]>()
  for (const one of opens) {
    open.set(one.failure, one)
    const expires = one.lastsMs === undefined ? {} : { expiresAt: now() + one.lastsMs }
    await house.accept(said(one.failure, 'firing', one.severity, expires))
  }
  let told = 0
  for (const step of later) {
    if (step.does === 'wait') await house.advance(step.ms)
    else if (step.does === 'reload') {
      const config = configs[step.which]
      if (isReloading && config !== undefined) await reload(house, config)
    } else await tell(house, step, open, ++told)
  }
  await house.advance(120_000)
  for (const [failure, { severity }] of open) await house.accept(said(failure, 'resolved', severity))
  assert.ok(await house.told(600_000), 'everything is told in the end')
  assert.deepEqual([...(await house.store.openByDestination()).values()], [], 'nothing is left open')
  const byIncident: Record<string, string[]> = {}
  for (const event of house.sent()) {
    const { event: body, action, severity, summary } = event
    const { dedup_key = '', routing_key = '' } = body as { dedup_key?: string; routing_key?: string }
    const key = `${routing_key} ${dedup_key}`
    byIncident[key] = [...(byIncident[key] ?? []), `${action} ${severity} ${summary}`]
  }
  return byIncident
}

/** One that is over, by its sender's word or because it was not repeated, is not spoken of again. */
async function tell(
  house: House,
  step: Extract<Later, { at: number }>,
  open: Map<Failure, History['opens'][number]>,
  number: number,
): Promise<void> {
  const failure = [...open.keys()][step.at]
  const one = failure === undefined ? undefined : open.get(failure)
  if (failure === undefined || one?.lastsMs !== undefined || one === undefined) return
  switch (step.does) {
    case 'repeat':
      return void (await house.accept(said(failure, 'firing', one.severity)))
    case 'update':
      return void (await house.accept(said(failure, 'firing', one.severity, { summary: `as of ${number}` })))
    case 'acknowledge':
      return void (await house.accept(said(failure, 'acknowledged', one.severity)))
    case 'resolve':
      open.delete(failure)
      return void (await house.accept(said(failure, 'resolved', one.severity)))
    default:
      step satisfies never
  }
}

test('whatever another config says, what was open before is told the same', async () => {
  const histories = fc.record({
    before: configs(NAMES),
    opens: fc.uniqueArray(opened, { minLength: 1, maxLength: 6, selector: ({ failure }) => failure }),
    later: fc.array(later, { minLength: 3, maxLength: 16 }),
    configs: fc.array(anyConfig, { minLength: 4, maxLength: 4 }),
  })
  let told = 0
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const arrived = await arrivals(history, true)
      assert.deepEqual(arrived, await arrivals(history, false))
      told += Object.keys(arrived).length
    }),
    { numRuns: Number(process.env['TOCSIN_RUNS'] ?? 10) },
  )
  assert.ok(told > 0, 'something was told at all')
})
