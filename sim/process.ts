import { NO_CERTIFICATES, NO_PROGRAMS, playedMail } from '../src/world/world.ts'
import type { Clock, Http, HttpFailure, Log, Mail, World } from '../src/world/world.ts'
import type { Disk } from './faults/disk.ts'
import type { Draw } from './draw.ts'
import { toMailAnswer, type Network } from './faults/network.ts'
import type { Letter } from './places/places.ts'
import type { Trace } from './trace.ts'

/** What is around every process. */
export interface Surroundings {
  /** True time, which no fault touches. */
  readonly clock: Clock
  /** By how much the clock of the machine is wrong, in milliseconds. */
  readonly skewMs: () => number
  readonly network: Network
  readonly disk: Disk
  readonly trace: Trace
  /** Where the store lies, which is different each time: it is left out of what is noted. */
  readonly directory: string
  /** Whether the process of that name is known to be gone. */
  readonly isGone: (name: string) => boolean
}

const LATE: HttpFailure = { failure: 'timeout', sent: true, reason: 'no answer in time' }

/**
 * One process and its world. Whatever it does passes through `enter`: each timer, each turn of its loop, each request and
 * each answer, each call of its store and what comes of it. There, and nowhere else, it can be killed or stand still.
 *
 * running: everything enters.
 * paused: what would enter is kept, in order, until it goes on: as a machine that sleeps, or SIGSTOP.
 * dead: nothing enters any more. What was not committed is gone, answers find nobody.
 */
export class Process {
  readonly name: string
  readonly world: World
  readonly #around: Surroundings
  #state: 'running' | 'paused' | 'dead' = 'running'
  #held: (() => void)[] = []
  #fuse: { left: number; readonly act: () => void } | undefined

  constructor(name: string, around: Surroundings, draw: Draw) {
    this.name = name
    this.#around = around
    this.world = {
      self: { name, host: 'virtual', isGone: around.isGone },
      clock: this.#clock(),
      http: this.#http(),
      mail: this.#mail(),
      programs: NO_PROGRAMS,
      certificates: NO_CERTIFICATES,
      log: this.#log(),
      random: draw.fork('random').next,
      id: draw.fork('id').id,
    }
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  /** Does something after so many more steps of this process, in the middle of whatever it is at then. */
  after(steps: number, act: () => void): void {
    this.#fuse = { left: steps, act }
  }

  kill(): void {
    this.#state = 'dead'
    this.#held = []
  }

  pause(): void {
    if (this.isRunning) this.#state = 'paused'
  }

  goOn(): void {
    if (this.#state !== 'paused') return
    this.#state = 'running'
    const held = this.#held
    this.#held = []
    for (const action of held) this.enter(action)
  }

  /** One step of the process; before it, the process may be stopped. */
  enter(action: () => void): void {
    if (this.isRunning) this.#burn()
    if (this.isRunning) action()
    else if (!this.isDead) this.#held.push(action)
  }

  /** Work whose beginning and end are steps. Of a process that dies meanwhile it never ends. */
  through<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.enter(() => {
        work().then(
          (value) => this.enter(() => resolve(value)),
          (error: unknown) =>
            this.enter(() => reject(error instanceof Error ? error : new Error(String(error)))),
        )
      })
    })
  }

  #burn(): void {
    if (this.#fuse === undefined || this.#fuse.left-- > 0) return
    const { act } = this.#fuse
    this.#fuse = undefined
    act()
  }

  #clock(): Clock {
    const { clock, skewMs, disk } = this.#around
    return {
      now: () => clock.now() + skewMs(),
      after: (delayMs, action) => {
        let isCancelled = false
        const cancel = clock.after(delayMs, () => {
          this.enter(() => {
            if (!isCancelled) action()
          })
        })
        return () => {
          isCancelled = true
          cancel()
        }
      },
      // It is what the store waits for before each commit, so that is where a slow disk is slow.
      soon: (action) => {
        const delayMs = disk.commitMs()
        if (delayMs > 0) clock.after(delayMs, () => this.enter(action))
        else clock.soon(() => this.enter(action))
      },
    }
  }

  #http(): Http {
    const { clock, network } = this.#around
    return {
      request: (request) => {
        const deadlineAt = clock.now() + request.deadlineMs
        return this.through(async () => {
          // Who stood still before it left is late first: timers come before the network.
          if (clock.now() >= deadlineAt) return LATE
          return network.request(request, this.name)
        })
      },
      close: async () => {},
    }
  }

  #mail(): Mail {
    const { network } = this.#around
    return playedMail((message, { host, port }) =>
      this.through(async () => {
        const { messageId, text, headers } = message
        const letter: Letter = { messageId, text, headers }
        return toMailAnswer(await network.mail(letter, `smtp://${host}:${port}`, this.name))
      }),
    )
  }

  #log(): Log {
    const write =
      (level: keyof Log) =>
      (message: string, data: object = {}): void => {
        if (!this.isDead)
          this.#around.trace.add({
            kind: 'logged',
            process: this.name,
            level,
            message,
            data: JSON.stringify(data).replaceAll(this.#around.directory, ''),
          })
      }
    return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  }
}
