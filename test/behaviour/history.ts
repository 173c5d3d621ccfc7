import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { AlertStatus, Item, Severity } from '../../src/alert/alert.ts'
import type { Faults } from '../../src/emulator/emulator.ts'
import { change, keyed, labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

/** What a sender says: of which failure, and how it stands. */
export interface Said {
  readonly does: 'say'
  /** Keyed failures have an incident each; those of a group share one, by the route's key template. */
  readonly failure: string
  readonly status: AlertStatus
  readonly severity: Severity
  /** Undefined: it lasts until its sender ends it. */
  readonly lastsMs: number | undefined
}

/** One step of a history. */
export type Step =
  | Said
  | { readonly does: 'change' }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'fail'; readonly faults: Faults }
  | { readonly does: 'unplug' }
  | { readonly does: 'heal' }
  | { readonly does: 'restart' }
  | { readonly does: 'crash'; readonly downMs: number }
  /** A crash in the middle of taking an alert in, before or after its commit; its sender says it again. */
  | { readonly does: 'crash-over'; readonly said: Said; readonly isCommitted: boolean }

/** Few keys, so that much happens to each. */
export const KEYS: readonly string[] = ['k0', 'k1', 'k2']
export const GROUP = 'group'
const FAILURES = [...KEYS, 'group/a', 'group/b', 'group/c']

/** A window small enough to matter, and a failure that comes back within 15 s is the same one. */
export const LIMIT = 20
const ROUTES = [
  { match: { alertname: GROUP }, dedup_key: '{{ alertname }}', to: 'oncall' },
  { match: ['severity=~"warning|info"'], to: 'oncall', hold: { trigger: '3s', resolve: '15s' } },
  { to: 'oncall' },
]
const CONFIG = {
  destinations: { oncall: { ...ONCALL, rate: { limit: LIMIT } } },
  routes: ROUTES,
}

const said = fc.record({
  does: fc.constant('say' as const),
  failure: fc.constantFrom(...FAILURES),
  status: fc.constantFrom<AlertStatus>('firing', 'firing', 'firing', 'acknowledged', 'resolved', 'resolved'),
  severity: fc.constantFrom<Severity>('critical', 'error', 'warning', 'info'),
  lastsMs: fc.constantFrom(undefined, undefined, undefined, 20_000, 40_000),
})

const faults = fc.oneof(
  fc.record({
    status: fc.constantFrom(429, 500, 503),
    retry_after: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    share: fc.constantFrom(0.3, 1),
  }),
  fc.record({ cut: fc.constantFrom('before' as const, 'after' as const), share: fc.constantFrom(0.3, 1) }),
  fc.record({ hang: fc.constant(true), share: fc.constantFrom(0.3, 1) }),
  fc.record({ delay_ms: fc.integer({ min: 1, max: 4_000 }), share: fc.constantFrom(0.3, 1) }),
)

const wait = fc.record({
  does: fc.constant('wait' as const),
  ms: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 50, max: 8_000 })),
})
const quietly: fc.WeightedArbitrary<Step>[] = [
  { weight: 12, arbitrary: said },
  { weight: 1, arbitrary: fc.constant({ does: 'change' }) },
  { weight: 7, arbitrary: wait },
]
const badly: fc.WeightedArbitrary<Step>[] = [
  ...quietly,
  { weight: 2, arbitrary: fc.record({ does: fc.constant('fail' as const), faults }) },
  { weight: 1, arbitrary: fc.constant({ does: 'unplug' }) },
  { weight: 2, arbitrary: fc.constant({ does: 'heal' }) },
  { weight: 1, arbitrary: fc.constant({ does: 'restart' }) },
  {
    weight: 1,
    // A request that a fault delays has arrived by then: what is slower than a restart nobody can call back.
    arbitrary: fc.record({
      does: fc.constant('crash' as const),
      downMs: fc.integer({ min: 4_100, max: 30_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('crash-over' as const), said, isCommitted: fc.boolean() }),
  },
]

/** Histories in which nothing goes wrong, and histories in which everything does. */
export const quietHistories: fc.Arbitrary<readonly Step[]> = fc.array(fc.oneof(...quietly), {
  minLength: 5,
  maxLength: 40,
  size: 'max',
})
export const badHistories: fc.Arbitrary<readonly Step[]> = fc.array(fc.oneof(...badly), {
  minLength: 5,
  maxLength: 45,
  size: 'max',
})

/** What came of a history: the house at its end, and what its senders believe. */
export interface Played extends AsyncDisposable {
  readonly house: House
  /** By key: whether something of it fires by its senders' word. */
  readonly firing: ReadonlyMap<string, boolean>
  readonly changes: number
  readonly isTold: boolean
}

/** Longer than any alert of a history lasts, and than its events take through the window. */
const END_MS = 600_000

/** Plays a history, then lets everything heal. Each alert's summary begins with its place in the history. */
export async function play(steps: readonly Step[], seed: number): Promise<Played> {
  const house = await openHouse({ config: CONFIG, seed, limit: LIMIT })
  const play = new Play(house)
  for (const step of steps) await play.step(step)
  house.faults({})
  house.network.isUp = true
  await house.advance(60_000)
  const isTold = await house.told(END_MS)
  return {
    house,
    firing: play.firing(),
    changes: play.changes,
    isTold,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
}

class Play {
  readonly #house: House
  /** Alerts that fire by their senders' word, without those that end by themselves. */
  readonly #lasting = new Set<string>()
  #place = 0
  changes = 0

  constructor(house: House) {
    this.#house = house
  }

  firing(): Map<string, boolean> {
    const isFiring = (key: string): boolean => [...this.#lasting].some((failure) => keyOf(failure) === key)
    return new Map([...KEYS, GROUP].map((key) => [key, isFiring(key)]))
  }

  async step(step: Step): Promise<void> {
    const house = this.#house
    switch (step.does) {
      case 'say':
        await house.accept(this.#item(step))
        return this.#believe(step)
      case 'change':
        await house.accept(change(`change ${++this.changes}`, `once ${this.changes}`))
        return
      case 'wait':
        return house.advance(step.ms)
      case 'fail':
        return house.faults(step.faults)
      case 'unplug':
        house.network.isUp = false
        return
      case 'heal':
        house.faults({})
        house.network.isUp = true
        return
      case 'restart':
        await house.stop()
        return house.start()
      case 'crash':
        return this.#crash(step.downMs)
      case 'crash-over': {
        const isAnswered = house.offer(this.#item(step.said))
        if (step.isCommitted) await house.world.settle()
        assert.equal(isAnswered(), step.isCommitted)
        await this.#crash(5_000)
        await house.accept(this.#item(step.said))
        return this.#believe(step.said)
      }
      default:
        step satisfies never
    }
  }

  async #crash(downMs: number): Promise<void> {
    this.#house.crash()
    await this.#house.advance(downMs)
    await this.#house.start()
  }

  #believe({ failure, status, lastsMs }: Said): void {
    if (status === 'firing' && lastsMs === undefined) this.#lasting.add(failure)
    else if (status !== 'acknowledged') this.#lasting.delete(failure)
  }

  #item({ failure, status, severity, lastsMs }: Said): Item {
    const now = this.#house.world.clock.now()
    const summary = `${String(++this.#place).padStart(4, '0')} ${failure}`
    const more = { severity, summary, ...(lastsMs === undefined ? {} : { expiresAt: now + lastsMs }) }
    const [alertname = '', instance] = failure.split('/')
    return instance === undefined
      ? keyed(failure, status, more)
      : labelled({ alertname, instance }, status, more)
  }
}

function keyOf(failure: string): string {
  return failure.split('/')[0] ?? ''
}
