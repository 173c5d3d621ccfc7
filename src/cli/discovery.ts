import { Targets, type Discovered, type DiscoverSettings } from '../config/config.ts'
import { watchSecrets, type Cancel, type KubernetesSecret, type World } from '../world/world.ts'

/** What changes together is told together: an operator's `kubectl apply` of ten Secrets is one change. */
const GATHER_MS = 500
/** The first alerts are to be routed right, and a service that cannot ask must take alerts all the same. */
const FIRST_LIST_MS_MAX = 10_000

/**
 * Finds destinations in the Secrets of Kubernetes, and follows them. What was found last stays found while the API is away;
 * it is in memory only, since secrets are not written to disk.
 */
export class Discovery {
  readonly #settings: DiscoverSettings
  readonly #world: World
  readonly #targets = new Targets()
  /** As of the last word from the API. */
  #secrets: ReadonlyMap<string, KubernetesSecret> | undefined
  #trouble: string | undefined
  #onChange: (() => void) | undefined
  #onFirst: () => void = () => {}
  #stopWatching: Cancel = () => {}
  #cancelGathering: Cancel | undefined

  constructor(settings: DiscoverSettings, world: World) {
    this.#settings = settings
    this.#world = world
  }

  /** What there is now, for `loadConfig`. It holds secrets: nobody may print it. */
  get discovered(): Discovered {
    return this.#targets.discovered
  }

  /**
   * Begins to look, and resolves when `discovered` is what is there, or when the API has not told in time: it is asked on.
   * `onChange` is called each time that `discovered` has changed after that, at most twice a second.
   */
  async start(onChange: () => void): Promise<void> {
    const { clock, log, random } = this.#world
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const cancel = clock.after(FIRST_LIST_MS_MAX, () => resolve(false))
    this.#onFirst = () => resolve(true)
    this.#stopWatching = watchSecrets(
      { ...this.#settings.kubernetes, clock, random },
      {
        onSecrets: (secrets) => this.#take(secrets),
        onTrouble: (reason, retryInMs) => this.#worry(reason, retryInMs),
        onWatching: () => this.#relax(),
      },
    )
    const isListed = await promise
    cancel()
    this.#onChange = onChange
    if (!isListed)
      log.warn('Kubernetes has not told its Secrets yet: the service starts without them', {
        waitedMs: FIRST_LIST_MS_MAX,
      })
  }

  stop(): void {
    this.#stopWatching()
    this.#cancelGathering?.()
    this.#onFirst()
  }

  #take(secrets: ReadonlyMap<string, KubernetesSecret>): void {
    const isFirst = this.#secrets === undefined
    this.#secrets = secrets
    if (isFirst) {
      this.#read()
      this.#onFirst()
    } else
      this.#cancelGathering ??= this.#world.clock.after(GATHER_MS, () => {
        this.#cancelGathering = undefined
        this.#read()
      })
  }

  #read(): void {
    const { log } = this.#world
    const before = this.discovered
    for (const { secret, problems, isKept } of this.#targets.update(this.#secrets ?? new Map()))
      log.warn(
        isKept
          ? 'a Secret has become unfit: the destination stays what it was'
          : 'a Secret is no destination: it is left out',
        { secret, problems },
      )
    const changes = differences(before, this.discovered)
    if (changes.length === 0) return
    log.info('destinations were discovered', { changes, destinations: [...this.discovered.keys()] })
    this.#onChange?.()
  }

  /** The same trouble is told once: it is met again at each retry. */
  #worry(reason: string, retryInMs: number): void {
    const { log } = this.#world
    const data = { reason, retryInMs, kept: [...this.discovered.keys()] }
    if (this.#trouble === reason) log.debug('Kubernetes still cannot be asked', data)
    else log.warn('Kubernetes cannot be asked for Secrets: what is known stays in use', data)
    this.#trouble = reason
  }

  #relax(): void {
    if (this.#trouble !== undefined) this.#world.log.info('Kubernetes tells its Secrets again')
    this.#trouble = undefined
  }
}

/** What happened to whom: names, and never what changed. */
function differences(before: Discovered, after: Discovered): readonly string[] {
  const changes: string[] = []
  for (const [name, { secret, written }] of after) {
    const old = before.get(name)
    if (old === undefined) changes.push(`${name} is new`)
    else if (old.secret !== secret || JSON.stringify(old.written) !== JSON.stringify(written))
      changes.push(`${name} has changed`)
  }
  for (const name of before.keys()) if (!after.has(name)) changes.push(`${name} is gone`)
  return changes
}
