import type { Clock } from '../src/world/world.ts'
import type { Draw } from './draw.ts'
import { sayingOf, type Failure, type Said } from './failure.ts'
import type { Answer, Replica } from './replica.ts'
import type { Trace } from './trace.ts'

export interface SenderOptions {
  readonly clock: Clock
  /** By how much the clock of everybody's machine is wrong. */
  readonly skewMs: () => number
  readonly replicas: readonly Replica[]
  readonly trace: Trace
  readonly draw: Draw
  /** Share of statements that are said once, whatever comes of it. */
  readonly sloppiness: number
}

/** How long a sender waits before it says again what nobody took. */
const AGAIN_MS = [200, 5_000] as const

/** Speaks of one failure: one statement after the other, each until it is taken, unless it is sloppy about it. */
export async function speak(failure: Failure, options: SenderOptions): Promise<void> {
  const { clock, skewMs, trace, draw, sloppiness } = options
  const startedAt = clock.now()
  let content = 0
  let startsAt = 0
  let isFiring = false
  for (const step of failure.steps) {
    await until(clock, startedAt + step.atMs)
    if (step.isNews || content === 0) content++
    if (step.status === 'firing' && !isFiring) startsAt = clock.now() + skewMs()
    if (step.status !== 'acknowledged') isFiring = step.status === 'firing'
    const isSloppy = draw.is(sloppiness)
    for (;;) {
      const said = sayingOf(failure, step, { content, startsAt, now: clock.now() + skewMs() })
      const answer = await say(said, options, trace)
      if (answer === 'accepted' || isSloppy) break
      await wait(clock, draw.int(...AGAIN_MS))
    }
  }
}

async function say(
  { statement, item }: Said,
  { replicas, draw }: SenderOptions,
  trace: Trace,
): Promise<Answer> {
  const replica = someone(replicas, draw)
  if (replica === undefined) return 'refused'
  const process = replica.name
  trace.add({ kind: 'said', process, statement, config: replica.version })
  const answer = await replica.accept([item])
  trace.add({ kind: 'answered', process, statement, answer })
  return answer
}

/** Who takes it, as behind a load balancer; undefined while nobody does. */
export function someone(replicas: readonly Replica[], draw: Draw): Replica | undefined {
  const taking = replicas.filter(({ isTaking }) => isTaking)
  return taking.length === 0 ? undefined : draw.pick(taking)
}

export function until(clock: Clock, at: number): Promise<void> {
  return wait(clock, at - clock.now())
}

export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(Math.max(0, ms), resolve))
}
