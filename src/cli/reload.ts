import {
  ConfigError,
  type ConfigProblem,
  type DestinationSettings,
  type LoadedConfig,
  type Settings,
} from '../config/config.ts'
import { pipelineRules, type Pipeline } from '../pipeline/pipeline.ts'
import type { Metrics, Reloaded, Reloading } from '../server/server.ts'
import type { World } from '../world/world.ts'
import type { HeldSecrets } from './held-secrets.ts'

export interface ReloaderOptions {
  /** What runs already. */
  readonly loaded: LoadedConfig
  /** Reads the config anew, with whatever was discovered by now. Throws a `ConfigError`. */
  readonly load: () => LoadedConfig
  readonly pipeline: Pipeline
  readonly metrics: Metrics
  readonly secrets: HeldSecrets
  readonly world: World
}

/**
 * Goes by another config without a restart: what is open keeps its key and its destination, and nothing is told anew. A config with
 * anything wrong in it changes nothing. Whatever may change the config asks here: a signal, the watched file, the API, and
 * destinations that are discovered.
 */
export class Reloader implements Reloading {
  readonly #options: ReloaderOptions
  #settings: Settings
  #last: Reloading['last']
  #running: Promise<unknown> = Promise.resolve()
  #waiting: Promise<Reloaded> | undefined
  #isStopped = false

  constructor(options: ReloaderOptions) {
    this.#options = options
    this.#settings = options.loaded.settings
    options.metrics.reloaded(true, options.world.clock.now())
  }

  /** Those in force. */
  get settings(): Settings {
    return this.#settings
  }

  get last(): Reloading['last'] {
    return this.#last
  }

  /** One after the other; who asks while one waits already is answered with it. */
  request(reason: string): Promise<Reloaded> {
    this.#waiting ??= this.#after(reason)
    return this.#waiting
  }

  /** Reloads no more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  async #after(reason: string): Promise<Reloaded> {
    const before = this.#running
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#running = promise
    await before
    this.#waiting = undefined
    const reloaded = await this.#reload(reason)
    resolve()
    return reloaded
  }

  async #reload(reason: string): Promise<Reloaded> {
    const { metrics, world } = this.#options
    if (this.#isStopped) return STOPPING
    const reloaded = await this.#tryReload(reason)
    const at = world.clock.now()
    this.#last = { ...reloaded, at }
    metrics.reloaded(reloaded.ok, at)
    if (reloaded.ok) world.log.info('another config is in force', { reason, warnings: reloaded.warnings })
    else
      world.log.error('the config was refused: the one before goes on', {
        reason,
        problems: reloaded.problems,
      })
    return reloaded
  }

  async #tryReload(reason: string): Promise<Reloaded> {
    const { load, metrics, pipeline, secrets, world } = this.#options
    try {
      const loaded = load()
      const { settings, warnings: pins } = pinned(loaded, this.#settings)
      const warnings = [...pins, ...(await moved(this.#settings, settings, pipeline))]
      secrets.hold(settings.secrets)
      const rules = pipelineRules(settings, world, (notice) => metrics.notice(notice))
      this.#settings = settings
      await pipeline.reload(rules).catch((error: unknown) => {
        // It is in force; what is muted by it is looked at again by the second.
        world.log.warn('the store was away during a reload', { reason, error: messageOf(error) })
      })
      return { ok: true, warnings }
    } catch (error) {
      if (error instanceof ConfigError) return { ok: false, problems: error.problems }
      return { ok: false, problems: [{ path: '', message: `A fault of ours: ${messageOf(error)}` }] }
    }
  }
}

const STOPPING: Reloaded = {
  ok: false,
  problems: [{ path: '', message: 'Tocsin is stopping: the config is not read any more.' }],
}

/** What a process has opened stays as it is until the next one; the rest applies. */
function pinned(
  { settings, warnings }: LoadedConfig,
  running: Settings,
): { readonly settings: Settings; readonly warnings: readonly ConfigProblem[] } {
  const { server } = settings
  const { host, port, limits } = running.server
  const { bodyBytesMax, requestMsMax } = limits
  const isElsewhere = server.host !== host || server.port !== port
  const isLarger = server.limits.bodyBytesMax !== bodyBytesMax || server.limits.requestMsMax !== requestMsMax
  const left = [
    ...(isElsewhere ? ['server.listen'] : []),
    ...(isLarger ? ['server.limits (body, request_timeout)'] : []),
    ...(settings.store === running.store ? [] : ['store']),
    ...(JSON.stringify(settings.discover) === JSON.stringify(running.discover) ? [] : ['discover']),
  ]
  const { usesEmulator: _, ...next } = settings
  return {
    settings: {
      ...next,
      store: running.store,
      server: { ...server, host, port, limits: { ...server.limits, bodyBytesMax, requestMsMax } },
      ...(running.usesEmulator === true && settings.usesEmulator === true ? { usesEmulator: true } : {}),
    },
    warnings: [
      ...warnings,
      ...left.map((path) => ({
        path,
        message: `${path} has changed, which takes a restart; the rest is in force.`,
      })),
    ],
  }
}

/** A destination that leads elsewhere under the name it had: what is open at the old place has nobody who would end it there. */
async function moved(
  before: Settings,
  after: Settings,
  { store }: Pipeline,
): Promise<readonly ConfigProblem[]> {
  const places = new Map(before.destinations.map((one) => [one.name, placeOf(one)]))
  const elsewhere = after.destinations.filter(
    (one) => (places.get(one.name) ?? placeOf(one)) !== placeOf(one),
  )
  if (elsewhere.length === 0) return []
  const open = await store.openByDestination().catch(() => new Map<string, number>())
  return elsewhere
    .filter(({ name }) => (open.get(name) ?? 0) > 0)
    .map(({ name }) => ({
      path: `destinations.${name}`,
      message:
        `destinations.${name} leads elsewhere now, and its ${open.get(name)} open incidents are told there from here on: ` +
        'end them by hand at the old place. A new name beside the old one would have had both told.',
    }))
}

/** Where a destination is. A token that was rotated is the same place; a routing key is another service. */
function placeOf(settings: DestinationSettings): string {
  switch (settings.type) {
    case 'pagerduty':
      return JSON.stringify([settings.type, settings.routingKey(), settings.region, settings.url])
    case 'webhook':
      return JSON.stringify([settings.type, settings.url()])
    case 'slack':
      return JSON.stringify([
        settings.type,
        settings.way.kind === 'bot' ? settings.way.channel : settings.way.url(),
      ])
    case 'rootly':
    case 'mir3':
      return JSON.stringify([settings.type, settings.url])
    case 'email':
      return JSON.stringify([settings.type, settings.to])
    default:
      return settings satisfies never
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
