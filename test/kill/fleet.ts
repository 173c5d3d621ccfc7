import assert from 'node:assert/strict'
import { ask, isTaken } from '../process/sender.ts'
import { listening, spawnService, type Command } from '../process/service-process.ts'
import { pass } from '../process/until.ts'
import type { Balancer } from './insist.ts'

/** Something that was done to a replica, or to the database of all of them. A kill ends when it begins. */
export interface Mishap {
  readonly kind: 'kill' | 'pause' | 'database'
  readonly from: number
  /** Infinity while it lasts. */
  until: number
}

export interface Replica {
  command: Command
  spawnedAt: number
  /** Where it listens; undefined while it does not. */
  url: string | undefined
}

export interface FleetOptions {
  readonly config: string
  readonly size: number
  readonly random: () => number
}

const LOG_LENGTH_MAX = 2_000
const WAITED_IN_VAIN = /^\{.*"why":"[^"]*no answer within.*\}$/gm
const PROBE_MS = 500
const PROBE_EVERY_MS = 100

/** So many processes on one store, and a balancer before them. */
export class Fleet implements Balancer {
  readonly mishaps: Mishap[] = []
  /** How long the starts took, in milliseconds. */
  readonly starts: number[] = []
  readonly #options: FleetOptions
  readonly #replicas: Replica[] = []
  readonly #avoided = new Set<string>()
  readonly #commands: Command[] = []

  constructor(options: FleetOptions) {
    this.#options = options
  }

  get all(): readonly Replica[] {
    return this.#replicas
  }

  /** The end of what each of them has said last. */
  get logs(): string {
    return this.#replicas
      .map(({ command, url }) => `${url ?? 'gone'}:\n${command.output.slice(-LOG_LENGTH_MAX)}`)
      .join('\n')
  }

  /** When a process logged that it waited for an answer in vain, by dedup key. */
  gaveUp(): Map<string, number[]> {
    const times = new Map<string, number[]>()
    for (const { output } of this.#commands) {
      for (const [line] of output.matchAll(WAITED_IN_VAIN)) {
        const { key, time } = JSON.parse(line) as { key: string; time: string }
        times.set(key, [...(times.get(key) ?? []), Date.parse(time)])
      }
    }
    return times
  }

  /** From one to all of them, by chance. */
  some(): readonly Replica[] {
    const { random } = this.#options
    const count = 1 + Math.floor(random() * this.#replicas.length)
    return this.#replicas
      .map((replica) => ({ replica, draw: random() }))
      .sort((a, b) => a.draw - b.draw)
      .slice(0, count)
      .map(({ replica }) => replica)
  }

  pick(): string | undefined {
    const urls = this.#replicas.flatMap(({ url }) => url ?? [])
    const well = urls.filter((url) => !this.#avoided.has(url))
    const among = well.length > 0 ? well : urls
    return among[Math.floor(this.#options.random() * among.length)]
  }

  avoid(url: string): void {
    if (this.#avoided.has(url)) return
    this.#avoided.add(url)
    void this.#untilWell(url)
  }

  async #untilWell(url: string): Promise<void> {
    const isWell = async (): Promise<boolean> =>
      isTaken(await ask(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) }))
    while (this.#replicas.some((replica) => replica.url === url) && !(await isWell()))
      await pass(PROBE_EVERY_MS)
    this.#avoided.delete(url)
  }

  /** Starts as many as there are to be, and waits until all of them listen. */
  async open(): Promise<void> {
    while (this.#replicas.length < this.#options.size) this.#replicas.push(this.#spawn())
    await Promise.all(this.#replicas.map((replica) => this.#listen(replica)))
  }

  /** Starts those that were killed, and waits until they listen. */
  async start(killed: readonly Replica[]): Promise<void> {
    for (const replica of killed) Object.assign(replica, this.#spawn())
    await Promise.all(killed.map((replica) => this.#listen(replica)))
  }

  /** Starts those that were killed, and kills them again before they listen, if they take as long as the last one did. */
  async startInVain(killed: readonly Replica[]): Promise<void> {
    for (const replica of killed) Object.assign(replica, this.#spawn())
    await pass(this.#options.random() * (this.starts.at(-1) ?? 0))
    await this.kill(killed)
  }

  /** SIGKILL, to all of them at once. */
  async kill(replicas: readonly Replica[]): Promise<void> {
    const now = Date.now()
    for (const replica of replicas) {
      replica.url = undefined
      replica.command.signal('SIGKILL')
      this.mishaps.push({ kind: 'kill', from: now, until: now })
    }
    for (const replica of replicas) {
      const { signal } = await replica.command.exited
      const isWell = signal === 'SIGKILL' || this.#hasStartedInVain(replica)
      assert.ok(isWell, `It ended before it was killed:\n${replica.command.output}`)
    }
  }

  /** SIGSTOP, and SIGCONT when `isOver` resolves. It keeps its address and its connections, and answers nobody. */
  async pause({ command }: Replica, isOver: Promise<unknown>): Promise<void> {
    await this.suffer('pause', async () => {
      command.signal('SIGSTOP')
      await isOver
      command.signal('SIGCONT')
    })
  }

  /** Notes down when something was done, and does it. */
  async suffer(kind: Mishap['kind'], deed: () => Promise<void>): Promise<void> {
    const mishap: Mishap = { kind, from: Date.now(), until: Infinity }
    this.mishaps.push(mishap)
    await deed()
    mishap.until = Date.now()
  }

  /** SIGTERM, to all of them. */
  async stop(): Promise<void> {
    for (const { command } of this.#replicas) command.signal('SIGTERM')
    for (const { command } of this.#replicas)
      assert.equal((await command.exited).code, 0, `It did not stop well:\n${command.output}`)
  }

  #spawn(): Replica {
    const command = spawnService(this.#options.config)
    this.#commands.push(command)
    return { command, spawnedAt: Date.now(), url: undefined }
  }

  async #listen(replica: Replica): Promise<void> {
    for (;;) {
      try {
        const { url, startMs } = await listening(replica.command, performance.now())
        this.starts.push(Math.round(startMs))
        replica.url = url
        return
      } catch (error) {
        if (!replica.command.hasExited || !this.#hasStartedInVain(replica)) throw error
        await pass(PROBE_EVERY_MS)
        Object.assign(replica, this.#spawn())
      }
    }
  }

  /** Its database was away while it started: then it may end instead of listening, and whoever runs it starts it again. */
  #hasStartedInVain({ url, spawnedAt }: Replica): boolean {
    return (
      url === undefined && this.mishaps.some(({ kind, until }) => kind === 'database' && until >= spawnedAt)
    )
  }
}
