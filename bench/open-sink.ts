import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Asked, Said } from './sink.ts'

/** A sink in a process of its own. Times are those of `monotonicMs`. */
export interface Sink extends AsyncDisposable {
  readonly url: string
  /** Forgets everything. Answers come after `delayMs` from now on. @default 0 */
  reset(delayMs?: number): Promise<void>
  /** When the `count`th distinct dedup key arrived. Rejects when that takes longer than `withinMs`. */
  until(count: number, withinMs: number): Promise<number>
  /** When each dedup key arrived first, and how many events came. */
  report(): Promise<{ readonly events: number; readonly arrivals: ReadonlyMap<string, number> }>
}

/** Starts a sink, over TLS when there is a certificate. */
export async function openSink(certificate?: { readonly cert: string; readonly key: string }): Promise<Sink> {
  const child = fork(join(import.meta.dirname, 'sink.ts'), [], { serialization: 'advanced' })
  const { port } = await ask(child, { kind: 'listen', ...certificate }, 'listening')
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    reset: async (delayMs = 0) => void (await ask(child, { kind: 'reset', delayMs }, 'ready')),
    until: (count, withinMs) => untilCount(child, count, withinMs),
    report: () => ask(child, { kind: 'report' }, 'report'),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function untilCount(child: ChildProcess, count: number, withinMs: number): Promise<number> {
  const late = AbortSignal.timeout(withinMs)
  try {
    return (await ask(child, { kind: 'until', count }, 'reached', late)).at
  } catch (error) {
    if (!late.aborted) throw error
    const { arrivals } = await ask(child, { kind: 'report' }, 'report')
    throw new Error(
      `After ${withinMs} ms the sink had heard of ${arrivals.size} incidents, not of ${count}.`,
      {
        cause: error,
      },
    )
  }
}

async function ask<Kind extends Said['kind']>(
  child: ChildProcess,
  asked: Asked,
  kind: Kind,
  signal?: AbortSignal,
): Promise<Extract<Said, { kind: Kind }>> {
  child.send(asked)
  const [said] = (await once(child, 'message', signal === undefined ? {} : { signal })) as [Said]
  if (said.kind !== kind) throw new Error(`The sink was asked ${asked.kind} and said ${said.kind}.`)
  return said as Extract<Said, { kind: Kind }>
}
