import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createEmulator, type EmulatorCore } from '../src/emulator/emulator.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { virtualWorld, type Clock, type VirtualWorld } from '../src/world/world.ts'
import { NOTHING_PLANTED, type Plant } from './canary/plant.ts'
import { boundMs } from './check/all-told-in-time.ts'
import { tellChanges } from './change-events.ts'
import { Draw } from './draw.ts'
import { Effects } from './effects.ts'
import { isTold, lookAt, type End } from './end.ts'
import type { Failure } from './failure.ts'
import { Disk } from './faults/disk.ts'
import { befall, spoil } from './faults/misfortune.ts'
import { Network } from './faults/network.ts'
import { unsettle } from './faults/spells.ts'
import { WrongClock } from './faults/wrong-clock.ts'
import { houseConfigs, kindOf, KEYS, type HouseConfig } from './house-config.ts'
import { act } from './people.ts'
import { makePlace, type Place } from './places/places.ts'
import type { Plan } from './plan.ts'
import { Replica } from './replica.ts'
import { speak } from './sender.ts'
import { failuresOf } from './workload/workload.ts'
import { reload } from './workload/reloads.ts'
import { BEGAN_AT, Trace, type Happening } from './trace.ts'

/** All there is to know of a run once it is over. */
export interface Played {
  readonly plan: Plan
  readonly configs: readonly HouseConfig[]
  readonly failures: readonly Failure[]
  readonly happenings: readonly Happening[]
  readonly end: End
}

/** How often it is looked whether everything is told. */
const LOOK_MS = 2_000

/** Runs a plan: a time in which everything goes wrong, then one in which nothing does, until everything is told. */
export async function play(plan: Plan, plant: Plant = NOTHING_PLANTED): Promise<Played> {
  const directory = mkdtempSync(join(memoryDirectory(), 'tocsin-sim-'))
  const run = new Run(plan, plant, join(directory, 'tocsin.db'))
  try {
    return await run.play()
  } finally {
    await run.close()
    rmSync(directory, { recursive: true })
  }
}

/** Where a commit costs no disk. */
function memoryDirectory(): string {
  return statSync('/dev/shm', { throwIfNoEntry: false })?.isDirectory() === true ? '/dev/shm' : tmpdir()
}

class Run {
  readonly #plan: Plan
  readonly #draw: Draw
  readonly #path: string
  readonly #world: VirtualWorld
  readonly #trace: Trace
  readonly #emulator: EmulatorCore
  readonly #places: readonly Place[]
  readonly #network: Network
  readonly #disk: Disk
  readonly #wrongClock = new WrongClock()
  readonly #configs: readonly HouseConfig[]
  readonly #replicas: readonly Replica[]
  #version = 0
  #view: Store | undefined

  constructor(plan: Plan, plant: Plant, path: string) {
    const draw = new Draw(`${plan.seed}/run`)
    this.#plan = plan
    this.#draw = draw
    this.#path = path
    this.#world = virtualWorld({ seed: plan.seed, now: BEGAN_AT })
    const { clock } = this.#world
    this.#trace = new Trace(() => clock.now() - BEGAN_AT)
    const effects = new Effects()
    const chance = draw.fork('emulator')
    this.#emulator = createEmulator({
      id: chance.id,
      random: chance.next,
      limit: plan.emulatorLimit,
      onChange: effects.note,
    })
    this.#disk = new Disk(draw.fork('disk'))
    const trace = this.#trace
    const shared = { emulator: this.#emulator, effects, keys: KEYS }
    this.#places = KEYS.map((_, line) => makePlace(kindOf(plan, line), line, shared))
    this.#network = new Network({
      places: this.#places,
      clock,
      trace,
      plan,
      draw: draw.fork('network'),
      keys: KEYS,
      plant,
    })
    this.#configs = houseConfigs(plan, draw.fork('config'))
    this.#replicas = this.#makeReplicas(plant)
  }

  async play(): Promise<Played> {
    const { clock } = this.#world
    this.#view = await openStore(`sqlite:${this.#path}`, { clock })
    for (const replica of this.#replicas) replica.start()
    await this.#world.advance(100)
    const failures = failuresOf(this.#plan, this.#draw.fork('workload'))
    const senders = this.#begin(failures)
    const healMs = Math.max(this.#plan.safetyMs, this.#misfortunes(failures))
    await this.#world.advance(healMs)
    this.#heal()
    const healedAt = this.#now()
    const toldAt = await this.#untilTold(senders)
    const end = await this.#end(healedAt, toldAt)
    // What is closed after this still writes down what nobody waits for.
    const happenings = [...this.#trace.happenings]
    return { plan: this.#plan, configs: this.#configs, failures, happenings, end }
  }

  #makeReplicas(plant: Plant): readonly Replica[] {
    const plan = this.#plan
    const { clock } = this.#world
    const replicas: Replica[] = []
    // Only once what it sent last has arrived: nobody can call that back, and to speak of the same before would be too soon.
    const isGone = (name: string): boolean => {
      const endedAt = replicas.map((replica) => replica.endedAt(name)).find((at) => at !== undefined)
      return plan.knowsTheGone && endedAt !== undefined && clock.now() - endedAt >= plan.timeoutMs
    }
    const skewMs = (): number => this.#wrongClock.skewMs
    const [network, disk, trace] = [this.#network, this.#disk, this.#trace]
    const around = { clock, skewMs, network, disk, trace, isGone, directory: dirname(this.#path) }
    const config = (): HouseConfig => this.#config()
    for (let slot = 0; slot < plan.replicas; slot++) {
      const draw = this.#draw.fork(`replica ${slot}`)
      replicas.push(new Replica({ slot, plan, path: this.#path, around, draw, plant, config }))
    }
    return replicas
  }

  /** Whoever speaks begins to. Returns how many are not done yet. */
  #begin(failures: readonly Failure[]): () => number {
    const plan = this.#plan
    const { clock } = this.#world
    const skewMs = (): number => this.#wrongClock.skewMs
    const common = {
      clock,
      skewMs,
      replicas: this.#replicas,
      trace: this.#trace,
      sloppiness: plan.sloppiness,
    }
    const draw = this.#draw.fork('senders')
    const speaking = [
      ...failures.map((failure) => speak(failure, { ...common, draw: draw.fork(failure.name) })),
      ...tellChanges(plan, draw.fork('changes'), { ...common, draw }),
    ]
    let left = speaking.length
    for (const speaker of speaking) void speaker.then(() => left--)
    act(plan, draw.fork('people'), clock, this.#replicas, this.#store())
    return () => left
  }

  /** Everything goes wrong from now on, by the plan. Returns when the last outage is over, in milliseconds from now. */
  #misfortunes(failures: readonly Failure[]): number {
    const [plan, trace] = [this.#plan, this.#trace]
    const { clock } = this.#world
    const draw = this.#draw.fork('faults')
    const about = (name: string): { plan: Plan; trace: Trace; clock: Clock; draw: Draw } => ({
      plan,
      trace,
      clock,
      draw: draw.fork(name),
    })
    const moments = failures
      .flatMap(({ steps }) => steps.map(({ atMs }) => atMs))
      .filter((atMs) => atMs < plan.safetyMs)
    befall(this.#replicas, moments, about('processes'))
    spoil(this.#disk, about('disk'))
    this.#wrongClock.disturb(about('clock'))
    reload(this.#replicas, (version) => (this.#version = version), about('reloads'))
    return unsettle(this.#network, about('network'))
  }

  /** All faults stop: what was begun ends, nothing new begins. */
  #heal(): void {
    this.#network.heal()
    this.#disk.fault = undefined
    for (const replica of this.#replicas) replica.spare()
    this.#trace.add({ kind: 'healed' })
  }

  async #untilTold(senders: () => number): Promise<number | undefined> {
    const limitMs = boundMs(this.#plan, this.#configs)
    const end = this.#now() + limitMs
    while (this.#now() < end) {
      if (senders() === 0 && (await this.#isTold())) {
        const toldAt = this.#now()
        // What watches over the rest looks once more.
        await this.#world.advance(LOOK_MS)
        if (await this.#isTold()) return toldAt
      }
      await this.#world.advance(LOOK_MS)
    }
    return undefined
  }

  #isTold(): Promise<boolean> {
    return isTold(this.#store(), this.#world.clock.now() + this.#wrongClock.skewMs)
  }

  async #end(healedAt: number, toldAt: number | undefined): Promise<End> {
    const times = { healedAt, toldAt, endedAt: this.#now() }
    const now = this.#world.clock.now() + this.#wrongClock.skewMs
    const seen = await lookAt(this.#store(), { path: this.#path, plan: this.#plan, now })
    return { ...times, ...seen, shown: this.#places.flatMap((place) => place.shown()) }
  }

  #config(): HouseConfig {
    const config = this.#configs[Math.min(this.#version, this.#configs.length - 1)]
    assert.ok(config !== undefined, 'a run has a config')
    return config
  }

  #store(): Store {
    assert.ok(this.#view !== undefined, 'the run has begun')
    return this.#view
  }

  #now(): number {
    return this.#world.clock.now() - BEGAN_AT
  }

  async close(): Promise<void> {
    this.#disk.fault = undefined
    for (const replica of this.#replicas) await replica.close()
    await this.#view?.close()
    this.#disk[Symbol.dispose]()
  }
}
