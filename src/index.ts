/**
 * Tocsin in your own process: alerts in, incidents told durably.
 *
 * ```ts
 * import { createTocsin } from 'tocsin'
 *
 * await using tocsin = await createTocsin({
 *   store: 'sqlite:./tocsin.db',
 *   destinations: { oncall: { type: 'pagerduty', routing_key: process.env.PAGERDUTY_ROUTING_KEY } },
 * })
 * await tocsin.accept({ dedup_key: 'db-1', summary: 'db-1 is down', severity: 'critical' })
 * await tocsin.resolve('db-1')
 * ```
 */
export { ConfigError, type Config, type ConfigProblem } from './config/config.ts'
export { REASONS, type Reason } from './decide/decide.ts'
export type { Problem } from './intake/intake.ts'
export type { Notice } from './pipeline/pipeline.ts'
export {
  StoreError,
  type Delivery,
  type DeliveryState,
  type IncidentView,
  type Store,
} from './store/store.ts'
export { systemWorld, type World } from './world/world.ts'

import { parseSeverity, type Item, type JsonObject } from './alert/alert.ts'
import { ConfigError, fromObject, type Config, type Settings } from './config/config.ts'
import type { Reason } from './decide/decide.ts'
import { DEFAULT_LIMITS, own, type Problem } from './intake/intake.ts'
import { wire, type Accepted, type Notice, type Pipeline } from './pipeline/pipeline.ts'
import type { Delivery, IncidentView, Store } from './store/store.ts'
import { systemWorld, type World } from './world/world.ts'

export interface TocsinOptions {
  /** Time, chance, network and log. @default this machine's, with a log on standard error */
  readonly world?: World
  /** Told of everything that happens: decisions, attempts, breakers. */
  readonly onNotice?: (notice: Notice) => void
  /** Whether deliveries begin at once. @default true */
  readonly start?: boolean
}

/** What became of one alert. */
export interface AcceptedAlert {
  readonly fingerprint: string
  readonly dedupKey: string
  /** One for each incident that it touches. */
  readonly reasons: readonly Reason[]
}

/** Alerts that cannot be taken: nothing of them was. */
export class AlertError extends Error {
  override readonly name = 'AlertError'
  readonly code = 'TOCSIN_BAD_REQUEST'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(`Nothing was taken. ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`)
    this.problems = problems
  }
}

/** Opens a Tocsin. Throws a `ConfigError` with everything that is wrong, or a `StoreError`. */
export async function createTocsin(config: Config, options: TocsinOptions = {}): Promise<Tocsin> {
  let secrets: readonly string[] = []
  const world = options.world ?? systemWorld({ secrets: () => secrets })
  const parsed = fromObject(config, { now: () => world.clock.now() })
  if (!parsed.ok) throw new ConfigError('The config given to createTocsin', parsed.problems)
  secrets = parsed.settings.secrets
  const { pipeline, store } = await wire(parsed.settings, world, options.onNotice ?? (() => {}))
  const tocsin = new Tocsin(parsed.settings, pipeline, store, world, options.world === undefined)
  if (options.start !== false) await tocsin.start()
  return tocsin
}

/** A Tocsin in your process. */
export class Tocsin implements AsyncDisposable {
  readonly #settings: Settings
  readonly #pipeline: Pipeline
  readonly #store: Store
  readonly #world: World
  readonly #ownsWorld: boolean
  #closed: Promise<void> | undefined

  constructor(settings: Settings, pipeline: Pipeline, store: Store, world: World, ownsWorld: boolean) {
    this.#settings = settings
    this.#pipeline = pipeline
    this.#store = store
    this.#world = world
    this.#ownsWorld = ownsWorld
  }

  /** Begins to deliver what waits, and what is accepted from now on. Needed only after `start: false`. */
  start(): Promise<void> {
    return this.#pipeline.start()
  }

  /**
   * Takes one alert or many, in the form of POST /v1/alerts (docs/http-api.md). Resolves once their effect is durable.
   * Throws an `AlertError` with everything that is wrong, or a `StoreError`; then nothing of them was taken.
   */
  async accept(alerts: JsonObject | readonly JsonObject[]): Promise<readonly AcceptedAlert[]> {
    const { severityWords, resolveTimeoutMs } = this.#settings
    const parsed = own.parse(alerts, {
      source: 'library',
      now: this.#world.clock.now(),
      resolveTimeoutMs,
      severity: (word) =>
        word === undefined
          ? undefined
          : (severityWords.get(word.trim().toLowerCase()) ?? parseSeverity(word)),
      limits: DEFAULT_LIMITS,
    })
    if (!parsed.ok) throw new AlertError(parsed.problems)
    const accepted = await this.#pipeline.accept(parsed.items)
    return parsed.items.map((item, index) => acceptedAlert(item, accepted[index]))
  }

  /** Acknowledges by the dedup key, or by an incident's id as a person does. Undefined: there is no such incident. */
  acknowledge(incident: string | number): Promise<Reason | undefined> {
    return this.#tell(incident, 'acknowledged')
  }

  /** Resolves by the dedup key, or by an incident's id as a person does. Undefined: there is no such incident. */
  resolve(incident: string | number): Promise<Reason | undefined> {
    return this.#tell(incident, 'resolved')
  }

  /** Incidents, newest first. @default the open ones */
  incidents(
    filter: Parameters<Store['incidents']>[0] = { status: 'open' },
  ): Promise<readonly IncidentView[]> {
    return this.#store.incidents(filter)
  }

  /** Deliveries, newest first. @default all */
  deliveries(filter: Parameters<Store['deliveries']>[0] = {}): Promise<readonly Delivery[]> {
    return this.#store.deliveries(filter)
  }

  /** Resolves once nothing is due and nothing in flight. For tests; while a destination is away it does not resolve. */
  settled(): Promise<void> {
    return this.#pipeline.settled()
  }

  /** Waits for what is in flight, at most the configured `drain`, and closes. What is left goes out after the next start. */
  drain(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.drain()
  }

  async #close(): Promise<void> {
    await this.#pipeline.drain(this.#settings.drainMs)
    await this.#store.close()
    if (this.#ownsWorld) await this.#world.http.close()
  }

  async #tell(incident: string | number, status: 'acknowledged' | 'resolved'): Promise<Reason | undefined> {
    if (typeof incident === 'string') {
      const [accepted] = await this.accept({ dedup_key: incident, status })
      return accepted?.reasons[0]
    }
    return status === 'resolved' ? this.#pipeline.resolve(incident) : this.#pipeline.acknowledge(incident)
  }
}

function acceptedAlert(item: Item, accepted: Accepted | undefined): AcceptedAlert {
  const reasons = accepted?.reasons ?? []
  if (item.kind === 'change') return { fingerprint: '', dedupKey: '', reasons }
  const { fingerprint, dedupKey = fingerprint } = item.alert
  return { fingerprint, dedupKey, reasons }
}
