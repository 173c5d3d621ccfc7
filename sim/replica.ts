import type { Item } from '../src/alert/alert.ts'
import { fromObject, type Settings } from '../src/config/config.ts'
import { wire, type Pipeline } from '../src/pipeline/pipeline.ts'
import type { Store } from '../src/store/store.ts'
import type { Draw } from './draw.ts'
import { written, type HouseConfig } from './house-config.ts'
import type { Plan } from './plan.ts'
import { Process, type Surroundings } from './process.ts'
import { record } from './recorded-store.ts'
import type { Plant } from './canary/plant.ts'

/** What a sender was told. `unanswered`: whoever it spoke to died before saying anything. */
export type Answer = 'accepted' | 'refused' | 'unanswered'

export interface ReplicaOptions {
  readonly slot: number
  readonly plan: Plan
  readonly path: string
  readonly around: Surroundings
  readonly draw: Draw
  readonly plant: Plant
  /** The config that a process starts with, by now. */
  readonly config: () => HouseConfig
}

/** How long a supervisor waits before it starts again what could not start. */
const START_AGAIN_MS = 5_000

/** As `serve` has it. */
const DRAIN_MS = 20_000

interface Life {
  readonly process: Process
  readonly config: HouseConfig
  pipeline: Pipeline | undefined
  isTaking: boolean
}

/** A place where one process runs at a time, and is started again by its supervisor. */
export class Replica {
  readonly #options: ReplicaOptions
  readonly #unanswered = new Set<(answer: Answer) => void>()
  readonly #stores: Store[] = []
  /** Settings by the version of the config: to read one takes longer than to run a second of it. */
  readonly #read = new Map<number, Settings>()
  readonly #endedAt = new Map<string, number>()
  #lives = 0
  #life: Life | undefined
  #isAway = false

  constructor(options: ReplicaOptions) {
    this.#options = options
  }

  /** Whether senders are led here. */
  get isTaking(): boolean {
    return this.#life?.isTaking === true && this.#life.process.isRunning
  }

  get version(): number {
    return this.#life?.config.version ?? 0
  }

  get config(): HouseConfig {
    return this.#life?.config ?? this.#options.config()
  }

  get name(): string {
    return this.#life?.process.name ?? ''
  }

  /** The pipeline that runs here, for what people do through it. */
  get pipeline(): Pipeline | undefined {
    return this.isTaking ? this.#life?.pipeline : undefined
  }

  /** When the process of that name ended; undefined when none of that name did here. */
  endedAt(name: string): number | undefined {
    return this.#endedAt.get(name)
  }

  start(): void {
    if (this.#life !== undefined || this.#isAway) return
    const { slot, around, draw } = this.#options
    const name = `virtual/${slot}.${++this.#lives}`
    const process = new Process(name, around, draw.fork(name))
    const life: Life = { process, config: this.#options.config(), pipeline: undefined, isTaking: false }
    this.#life = life
    this.#note(life, 'starts')
    this.#run(life).then(
      () => this.#note(life, 'runs'),
      () => {
        if (this.#life !== life) return
        this.#note(life, 'cannot start')
        this.#end(life)
        around.clock.after(START_AGAIN_MS, () => this.start())
      },
    )
  }

  /** Hands items over, as a sender does over HTTP. */
  accept(items: readonly Item[]): Promise<Answer> {
    const life = this.#life
    const pipeline = life?.pipeline
    if (life === undefined || pipeline === undefined) return Promise.resolve('refused')
    return new Promise((resolve) => {
      this.#unanswered.add(resolve)
      life.process
        .through(() => pipeline.accept(items))
        .then(
          () => this.#answer(resolve, 'accepted'),
          () => this.#answer(resolve, 'refused'),
        )
    })
  }

  #answer(resolve: (answer: Answer) => void, answer: Answer): void {
    this.#unanswered.delete(resolve)
    resolve(answer)
  }

  /** After so many more steps of its process, it is killed, and started again later. */
  crash(steps: number, downMs: number, staysDown: boolean): void {
    this.#life?.process.after(steps, () => {
      const life = this.#life
      if (life === undefined) return
      this.#note(life, 'crashes')
      this.#isAway = staysDown
      this.#end(life)
      this.#options.around.clock.after(downMs, () => this.start())
    })
  }

  /** After so many more steps of its process, it stands still for so long. */
  pause(steps: number, forMs: number): void {
    const life = this.#life
    life?.process.after(steps, () => {
      this.#note(life, 'pauses')
      life.process.pause()
      this.#options.around.clock.after(forMs, () => {
        if (life.process.isDead) return
        this.#note(life, 'goes on')
        life.process.goOn()
      })
    })
  }

  /** Nothing more happens to it. */
  spare(): void {
    this.#life?.process.after(Infinity, () => {})
  }

  /** Stops as on a signal, and starts again with the config as it is by then. */
  async restart(): Promise<void> {
    const life = this.#life
    if (life?.pipeline === undefined || !life.isTaking) return
    const { pipeline, process } = life
    life.isTaking = false
    this.#note(life, 'stops')
    // The server answers what it has taken before anything else ends.
    while (this.#unanswered.size > 0 && !process.isDead)
      await new Promise<void>((resolve) => void this.#options.around.clock.after(10, resolve))
    await process.through(() => pipeline.drain(DRAIN_MS))
    await process.through(() => pipeline.store.close())
    this.#note(life, 'stopped')
    this.#end(life)
    this.start()
  }

  /** Ends everything, once nobody looks any more. */
  async close(): Promise<void> {
    this.#life?.process.kill()
    for (const store of this.#stores) await store.close()
  }

  async #run(life: Life): Promise<void> {
    const { around, plant } = this.#options
    const { process, config } = life
    const settings = this.#settings(config)
    const world = plant.world?.(process.world) ?? process.world
    const { pipeline, store } = await process.through(() =>
      wire(settings, world, (notice) => {
        if (notice.kind !== 'decided')
          around.trace.add({ kind: 'noticed', process: process.name, notice: JSON.stringify(notice) })
      }),
    )
    this.#stores.push(store)
    plant.store?.(store)
    record(store, process, around.trace)
    life.pipeline = pipeline
    await process.through(() => pipeline.start())
    life.isTaking = true
  }

  #settings(config: HouseConfig): Settings {
    const { plan, path } = this.#options
    const known = this.#read.get(config.version)
    if (known !== undefined) return known
    const parsed = fromObject({ ...written(config, plan), store: `sqlite:${path}` })
    if (!parsed.ok)
      throw new Error(`The config of a simulation is refused: ${JSON.stringify(parsed.problems)}`)
    this.#read.set(config.version, parsed.settings)
    return parsed.settings
  }

  #end(life: Life): void {
    life.process.kill()
    this.#endedAt.set(life.process.name, this.#options.around.clock.now())
    this.#life = undefined
    const unanswered = [...this.#unanswered]
    this.#unanswered.clear()
    for (const resolve of unanswered) resolve('unanswered')
  }

  #note(
    { process, config }: Life,
    what: 'starts' | 'runs' | 'stops' | 'stopped' | 'crashes' | 'cannot start' | 'pauses' | 'goes on',
  ): void {
    this.#options.around.trace.add({ kind: 'process', process: process.name, what, version: config.version })
  }
}
