import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ao } from '../vendors/ao.ts'
import type { Condition } from './nonce-days.ts'

const ROUTER_NONCE = 1_000_000

/** AO processes on state servers, and the files that name them for a monitor. They do well until something else is said. */
export class WatchedProcesses implements AsyncDisposable {
  readonly ao: Ao
  readonly #folder = mkdtempSync(join(tmpdir(), 'tocsin-processes-'))
  readonly #servers: readonly (readonly string[])[]

  private constructor(ao: Ao, servers: readonly (readonly string[])[]) {
    this.ao = ao
    this.#servers = servers
    for (const id of servers.flat()) this.set(id, 0)
    this.list()
  }

  /** `servers`: the ids of those at each state server. */
  static async open(servers: readonly (readonly string[])[]): Promise<WatchedProcesses> {
    return new WatchedProcesses(await Ao.open(Math.max(1, servers.length)), servers)
  }

  set(id: string, condition: Condition): void {
    const router = String(ROUTER_NONCE)
    this.ao.say(id, condition === 'away' ? { status: 503 } : String(ROUTER_NONCE - condition), router)
  }

  /** Where a file stands that a config calls `name`. */
  path(name: string): string {
    return join(this.#folder, name)
  }

  /** Writes the files that monitors read. */
  list(): void {
    const hosts = this.#servers.flatMap((ids, at) => ids.map((id) => [id, this.ao.states[at]?.url] as const))
    writeFileSync(this.path('process-map.json'), JSON.stringify(Object.fromEntries(hosts)))
    writeFileSync(this.path('process-ids.txt'), this.#servers.flat().join('\n'))
  }

  /** The files are gone. */
  unlist(): void {
    for (const name of ['process-map.json', 'process-ids.txt']) rmSync(this.path(name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true })
    await this.ao[Symbol.asyncDispose]()
  }
}
