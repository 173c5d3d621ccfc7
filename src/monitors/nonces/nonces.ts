import type { World } from '../../world/world.ts'
import type { Looking, Monitor } from '../monitor.ts'
import type { Observed } from '../observation.ts'
import type { NoncesSettings } from '../settings.ts'
import { unseenOf } from '../unseen.ts'
import { loadProcesses } from './load-processes.ts'
import { look } from './look.ts'
import { perProcess } from './per-process.ts'
import { perRun, runFailure } from './per-run.ts'
import type { Result, Run } from './result.ts'

/** Who wants to hear more of a run than what is told of it, such as a command that prints it. */
export interface NoncesListener {
  /** Each process, as soon as it is known. */
  onResult?(result: Result): void
  /** All of a run, in the order of the file; of a run that could not be, nothing. `warnings` are of the file. */
  onDone?(run: {
    readonly results: readonly Result[]
    readonly tookMs: number
    readonly warnings: readonly string[]
  }): void
}

/** Compares what AO processes' state servers say with what their scheduler says. */
export function noncesMonitor(settings: NoncesSettings, listener: NoncesListener = {}): Monitor {
  let warned: ReadonlySet<string> = new Set()
  return {
    name: settings.name,
    observe: async (world, looking) => {
      const loaded = loadProcesses(settings)
      if ('failure' in loaded) return failed(loaded.failure, settings, world)
      const { processes, warnings } = loaded
      const news = warnings.filter((warning) => !warned.has(warning))
      warned = new Set(warnings)
      for (const warning of news)
        world.log.warn('the list of processes is odd', { monitor: settings.name, warning })
      const startedAt = world.clock.now()
      const results = await look(processes, settings, world, looking, (result) => listener.onResult?.(result))
      const endedAt = world.clock.now()
      listener.onDone?.({ results, tookMs: endedAt - startedAt, warnings })
      return seen({ processes, results, startedAt, endedAt }, settings, looking)
    },
  }
}

function seen(run: Run, { tell, name }: NoncesSettings, { memory }: Looking): Observed {
  const ids = tell.kind === 'per_process' ? run.processes.map(({ id }) => id) : []
  const told =
    tell.kind === 'per_run' ? perRun(run, tell, memory) : { observations: perProcess(run, tell, name) }
  const unseen =
    tell.kind === 'per_run'
      ? unseenOf([''], ['mismatches', 'errors'], told.observations)
      : [
          ...unseenOf(ids, ['mismatch', 'error'], told.observations),
          ...unseenOf([''], ['errors'], told.observations),
        ]
  return { kind: 'seen', subjects: new Set(['', ...ids]), unseen, ...told }
}

function failed(reason: string, { tell }: NoncesSettings, { clock }: Pick<World, 'clock'>): Observed {
  const point = 'load_process_map'
  const failure = tell.kind === 'per_run' ? runFailure(reason, point, clock.now()) : { reason, point }
  return { kind: 'failed', failure }
}
