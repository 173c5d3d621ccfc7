import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHere, type Checked } from '../../src/cli/check-here.ts'
import { fromObject, type Config, type Settings } from '../../src/config/config.ts'
import { createEmulator, type EmulatorCore } from '../../src/emulator/emulator.ts'
import { makeWatch } from '../../src/pipeline/pipeline.ts'
import { virtualWorld, type VirtualWorld } from '../../src/world/world.ts'
import { ONCALL } from './house.ts'
import { openNetwork, type Network } from './network.ts'

type NoncesConfig = NonNullable<Config['monitors']>[string]
/** How a process does: so many slots behind (below 0: ahead), or its state cannot be had. */
export type Condition = number | 'away'

const ROUTER = 'http://127.0.0.1:9001'
const STATE = 'http://127.0.0.1:9002'
const ROUTER_NONCE = 1_000_000
/** Runs whose states are remembered, to be restored. */
const STATES_MAX = 5

export interface NonceDaysOptions {
  readonly processes: number
  readonly now: number
  readonly seed: number
  readonly monitor: Partial<NoncesConfig>
}

/**
 * Runs of `tocsin check` as a cron job or a workflow has them, on virtual time: each opens the store's file, looks at processes over
 * HTTP, tells PagerDuty's emulator, and ends. Between two runs the file may be lost, or an older one restored.
 */
export class NonceDays implements Disposable {
  readonly world: VirtualWorld
  readonly emulator: EmulatorCore
  readonly network: Network
  readonly ids: readonly string[]
  readonly conditions: Map<string, Condition> = new Map()
  #runs = 0
  readonly #folder = mkdtempSync(join(tmpdir(), 'tocsin-nonces-'))
  readonly #settings: Settings

  constructor({ processes, now, seed, monitor }: NonceDaysOptions) {
    this.world = virtualWorld({ now, seed, respond: (request) => this.#respond(request) })
    this.emulator = createEmulator({ id: this.world.id, random: this.world.random })
    this.network = openNetwork(this.emulator, this.world.clock)
    this.ids = Array.from(
      { length: processes },
      (_, index) => `${String(index).padStart(2, '0')}${'p'.repeat(41)}`,
    )
    for (const id of this.ids) this.conditions.set(id, 0)
    writeFileSync(
      this.#path('map.json'),
      JSON.stringify(Object.fromEntries(this.ids.map((id) => [id, STATE]))),
    )
    const parsed = fromObject({
      store: `sqlite:${this.#path('tocsin.db')}`,
      destinations: { oncall: ONCALL },
      monitors: {
        'nonce-monitor': {
          type: 'nonces',
          processes: this.#path('map.json'),
          router_url: ROUTER,
          retries: { max: 1, base: '100ms', max_delay: '1s' },
          ...monitor,
        } as NoncesConfig,
      },
    })
    assert.ok(parsed.ok, JSON.stringify(parsed))
    this.#settings = parsed.settings
  }

  get now(): number {
    return this.world.clock.now()
  }

  /** One run; with a number, as a workflow has them. */
  async run(numbered: boolean): Promise<Checked> {
    this.#runs++
    const run = checkHere({
      settings: this.#settings,
      world: this.world,
      timeout: '30s',
      watches: (store) => this.#settings.monitors.map((settings) => makeWatch(settings, store)),
      ...(numbered ? { runNumber: this.#runs } : {}),
    })
    const progress = { isDone: false }
    const done = run.finally(() => (progress.isDone = true))
    while (!progress.isDone) await this.world.advance(50)
    const checked = await done
    copyFileSync(this.#path('tocsin.db'), this.#path(`state-${this.#runs % STATES_MAX}`))
    return checked
  }

  /** What the last run remembered is gone. */
  lose(): void {
    rmSync(this.#path('tocsin.db'), { force: true })
  }

  /** What is remembered is what an earlier run left: so many before the last. */
  restore(back: number): void {
    const state = this.#path(`state-${(this.#runs - back) % STATES_MAX}`)
    if (back < this.#runs && existsSync(state)) copyFileSync(state, this.#path('tocsin.db'))
  }

  /** Keys of incidents that are open at PagerDuty. */
  open(): readonly string[] {
    return this.emulator
      .incidents()
      .filter(({ status }) => status !== 'resolved')
      .map(({ dedup_key: key }) => key)
      .toSorted()
  }

  /** How often each key has paged. */
  pages(): ReadonlyMap<string, number> {
    const pages = new Map<string, number>()
    for (const { dedup_key: key, pages: count } of this.emulator.incidents())
      pages.set(key, (pages.get(key) ?? 0) + count)
    return pages
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  async #respond(request: Parameters<Network['request']>[0]): ReturnType<Network['request']> {
    const { origin, pathname } = new URL(request.url)
    if (origin !== ROUTER && origin !== STATE) return this.network.request(request)
    await new Promise<void>((resolve) => void this.world.clock.after(20, resolve))
    const id = pathname.slice(1).replace(/(~process.*|\/latest)$/, '')
    const condition = this.conditions.get(id) ?? 'away'
    if (origin === ROUTER) return { status: 200, headers: {}, body: latest(id) }
    if (condition === 'away') return { status: 503, headers: {}, body: '' }
    return { status: 200, headers: {}, body: `${ROUTER_NONCE - condition}\n` }
  }
}

function latest(id: string): string {
  const tags = [
    { name: 'Process', value: id },
    { name: 'Nonce', value: String(ROUTER_NONCE) },
  ]
  return JSON.stringify({ assignment: { processes: [id], tags } })
}
