import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Item } from '../../src/alert/alert.ts'
import { fromObject, type Config, type DestinationConfig, type Settings } from '../../src/config/config.ts'
import type { Reason } from '../../src/decide/decide.ts'
import {
  createEmulator,
  type EmulatorCore,
  type EmulatorEvent,
  type Faults,
} from '../../src/emulator/emulator.ts'
import { pipelineRules, wire, type Notice, type Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Store } from '../../src/store/store.ts'
import { virtualWorld, type VirtualWorld, type World } from '../../src/world/world.ts'
import { openNetwork, type Network } from './network.ts'

export const ROUTING_KEY = 'c0ffee00c0ffee00c0ffee00c0ffee01'
export const OTHER_KEY = 'c0ffee00c0ffee00c0ffee00c0ffee02'

const ONCALL_URL = 'http://127.0.0.1:8351'

/** A destination that is our emulator. */
export const ONCALL: DestinationConfig = {
  type: 'pagerduty',
  routing_key: ROUTING_KEY,
  url: ONCALL_URL,
}

export interface HouseOptions {
  /** @default one destination, `oncall`, for everything */
  readonly config?: Omit<Config, 'store'>
  readonly seed?: number
  /** When it begins, epoch milliseconds. @default 2023-11-14T22:13:20Z */
  readonly now?: number
  /** Events per routing key that the emulator takes in any 60 s. @default 120 */
  readonly limit?: number
  /** Runs the programs of its monitors. @default there are none */
  readonly run?: World['programs']['run']
  /** Answers for all addresses but the emulator's. @default nobody listens there */
  readonly web?: World['http']['request']
}

/** What the emulator was sent of an incident, in the order of arrival. */
export interface SentEvent extends EmulatorEvent {
  readonly action: string
  readonly summary: string
  readonly severity: string
}

/** The real pipeline on a real store file, told to an emulator, all on virtual time. */
export class House implements AsyncDisposable {
  readonly world: VirtualWorld
  readonly emulator: EmulatorCore
  readonly network: Network
  /** Everything that the pipelines noticed. */
  readonly notices: Notice[] = []
  readonly #directory = mkdtempSync(join(tmpdir(), 'tocsin-house-'))
  readonly #stores: Store[] = []
  #config: Omit<Config, 'store'>
  #processes = 0
  #running:
    | {
        readonly pipeline: Pipeline
        readonly store: Store
        readonly world: World
        readonly kill: () => void
      }
    | undefined

  constructor({ config, seed = 1, now, limit = 120, run, web }: HouseOptions) {
    this.#config = config ?? { destinations: { oncall: ONCALL } }
    this.world = virtualWorld({
      seed,
      ...(now === undefined ? {} : { now }),
      ...(run === undefined ? {} : { run }),
      respond: (request) =>
        web === undefined || request.url.startsWith(ONCALL_URL)
          ? this.network.request(request)
          : web(request),
    })
    this.emulator = createEmulator({ id: this.world.id, random: this.world.random, limit })
    this.network = openNetwork(this.emulator, this.world.clock)
  }

  get pipeline(): Pipeline {
    assert.ok(this.#running !== undefined, 'the house is running')
    return this.#running.pipeline
  }

  get store(): Store {
    assert.ok(this.#running !== undefined, 'the house is running')
    return this.#running.store
  }

  /** The file of the store. */
  get path(): string {
    return join(this.#directory, 'tocsin.db')
  }

  /** Starts a process on the store as it was left; with a config, on another one from now on. */
  async start(config?: Omit<Config, 'store'>): Promise<void> {
    assert.equal(this.#running, undefined, 'the house is not running')
    this.#config = config ?? this.#config
    const { world, kill } = mortal(this.world, `process ${++this.#processes}`)
    const { pipeline, store } = await wire(this.#settings, world, this.#notice)
    this.#stores.push(store)
    this.#running = { pipeline, store, world, kill }
    await pipeline.start()
  }

  /** Goes by another config from now on. */
  async reload(config: Omit<Config, 'store'>): Promise<void> {
    assert.ok(this.#running !== undefined, 'the house is running')
    this.#config = config
    const { pipeline, world } = this.#running
    await pipeline.reload(pipelineRules(this.#settings, world, this.#notice))
  }

  /** Takes items in, and says what was decided. */
  async accept(...items: readonly Item[]): Promise<readonly Reason[]> {
    const accepted = await this.pipeline.accept(items)
    return accepted.flatMap(({ reasons }) => reasons)
  }

  /** Hands items over without waiting for an answer. Says whether there was one. */
  offer(...items: readonly Item[]): () => boolean {
    let isAnswered = false
    this.pipeline.accept(items).then(
      () => (isAnswered = true),
      () => undefined,
    )
    return () => isAnswered
  }

  advance(ms: number): Promise<void> {
    return this.world.advance(ms)
  }

  faults(faults: Faults): void {
    this.emulator.faults(faults)
  }

  /** As on a signal: what is in flight is waited for. */
  async stop(): Promise<void> {
    const { pipeline, store } = this
    await this.#pass(pipeline.drain(20_000))
    await store.close()
    this.#running?.kill()
    this.#running = undefined
  }

  /** As with kill -9: nothing more happens in this process, what was not committed is gone, answers find nobody. */
  crash(): void {
    this.#running?.kill()
    this.#running = undefined
  }

  /** Lets time pass until everything is told, at most so long. Returns whether it was. */
  async told(withinMs: number): Promise<boolean> {
    const end = this.world.clock.now() + withinMs
    while (this.world.clock.now() < end) {
      if (await this.isTold()) return true
      await this.advance(1_000)
    }
    return this.isTold()
  }

  /** Whether every destination knows of every incident what it should know, and nothing else waits. */
  async isTold(): Promise<boolean> {
    const [waiting] = await this.store.deliveries({ state: 'waiting' })
    return waiting === undefined
  }

  /** What arrived about this key, or about all, in order. */
  sent(dedupKey?: string): readonly SentEvent[] {
    const events = this.emulator.events()
    return events.filter((event) => dedupKey === undefined || keyOf(event) === dedupKey).map(toSent)
  }

  /** The actions that took effect for this key, in order. */
  effects(dedupKey: string): readonly string[] {
    return this.sent(dedupKey).map(({ outcome }) => outcome)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.#running !== undefined) {
        assert.deepEqual(await this.store.check(), [], 'the store is sound')
        await this.stop()
      }
    } finally {
      for (const store of this.#stores) await store.close()
      rmSync(this.#directory, { recursive: true })
    }
  }

  get #settings(): Settings {
    const parsed = fromObject({ ...this.#config, store: `sqlite:${this.path}` })
    assert.ok(parsed.ok, JSON.stringify(parsed))
    return parsed.settings
  }

  readonly #notice = (notice: Notice): void => void this.notices.push(notice)

  async #pass(work: Promise<unknown>): Promise<void> {
    const progress = { isDone: false }
    const done = work.finally(() => (progress.isDone = true))
    while (!progress.isDone) await this.advance(50)
    await done
  }
}

/** A house with a process running in it. Dispose of it with `await using`. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const house = new House(options)
  await house.start()
  return house
}

/** The world of one process: once it is killed, its timers do nothing and answers find nobody. */
function mortal(world: World, name: string): { world: World; kill: () => void } {
  let isAlive = true
  const guard = (action: () => void) => () => {
    if (isAlive) action()
  }
  const clock: World['clock'] = {
    now: () => world.clock.now(),
    after: (delayMs, action) => world.clock.after(delayMs, guard(action)),
    soon: (action) => world.clock.soon(guard(action)),
  }
  const http: World['http'] = {
    request: async (request) => {
      const answer = await world.http.request(request)
      return isAlive ? answer : new Promise(() => {})
    },
    close: async () => {},
  }
  const programs: World['programs'] = {
    run: async (request) => {
      const end = await world.programs.run(request)
      return isAlive ? end : new Promise(() => {})
    },
  }
  const self = { name, host: 'virtual', isGone: (other: string) => other !== name }
  return { world: { ...world, self, clock, http, programs }, kill: () => void (isAlive = false) }
}

interface WireEvent {
  readonly event_action?: string
  readonly dedup_key?: string
  readonly payload?: { readonly summary?: string; readonly severity?: string }
}

function keyOf(event: EmulatorEvent): string | undefined {
  return (event.event as WireEvent | null)?.dedup_key
}

function toSent(event: EmulatorEvent): SentEvent {
  const { event_action = 'change', payload } = (event.event ?? {}) as WireEvent
  return {
    ...event,
    action: event_action,
    summary: payload?.summary ?? '',
    severity: payload?.severity ?? '',
  }
}
