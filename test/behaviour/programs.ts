import type { Config } from '../../src/config/config.ts'
import type { ProgramEnd, World } from '../../src/world/world.ts'
import { ONCALL, openHouse, type House } from './house.ts'

export const WELL: ProgramEnd = { code: 0, output: 'OK' }
export const TROUBLE: ProgramEnd = { code: 2, output: 'it burns' }

type MonitorsConfig = NonNullable<Config['monitors']>

/** The programs of a house's monitors, played: what they say, how long they take, and when they were started. */
export class PlayedPrograms {
  /** By name. @default WELL */
  readonly says: Map<string, ProgramEnd> = new Map()
  /** By name, in milliseconds. @default 0 */
  readonly takes: Map<string, number> = new Map()
  /** What has a bug and throws. */
  readonly broken: Set<string> = new Set()
  readonly starts: { readonly name: string; readonly at: number }[] = []
  /** How many run at a time, at most. */
  most = 0
  #running = 0
  /** By which they take their time. */
  clock: World['clock'] | undefined

  /** A house with these monitors, whose programs these are. */
  async open(monitors: MonitorsConfig): Promise<House> {
    const house = await openHouse({ config: configOf(monitors), run: this.run })
    this.clock = house.world.clock
    return house
  }

  readonly run: World['programs']['run'] = async ({ command: [name = ''] }) => {
    const { clock } = this
    if (this.broken.has(name)) throw new Error('a bug')
    this.starts.push({ name, at: clock?.now() ?? 0 })
    this.most = Math.max(this.most, ++this.#running)
    const tookMs = this.takes.get(name) ?? 0
    if (tookMs > 0) await new Promise<void>((resolve) => void clock?.after(tookMs, resolve))
    this.#running--
    return this.says.get(name) ?? WELL
  }

  /** When a program was started, in order. */
  of(name: string): readonly number[] {
    return this.starts.filter((start) => start.name === name).map(({ at }) => at)
  }
}

/** One destination for everything, and these monitors. */
export function configOf(monitors: MonitorsConfig): Omit<Config, 'store'> {
  return { destinations: { oncall: ONCALL }, monitors }
}

/** A monitor that runs the program of that name; its alerts have keys such as `disk-exit`. */
export function exec(name: string, more: Partial<MonitorsConfig[string]> = {}): MonitorsConfig {
  const monitor = {
    type: 'exec',
    command: [name],
    every: '1m',
    dedup_key: '{{ source }}-{{ type }}',
    ...more,
  }
  return { [name]: monitor as MonitorsConfig[string] }
}
