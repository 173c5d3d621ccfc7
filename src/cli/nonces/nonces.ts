import type { Settings } from '../../config/config.ts'
import type { Monitor, NoncesSettings } from '../../monitors/monitors.ts'
import { systemWorld } from '../../world/world.ts'
import { checkHere } from '../check-here.ts'
import { isRefusedByAll } from '../check-text.ts'
import { complain } from '../complaint.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findStore } from '../find-settings.ts'
import type { Report } from '../report.ts'
import { runNumberIn } from '../run-number.ts'
import { stopSignal } from '../stopping.ts'
import type { Terminal } from '../terminal.ts'
import { timeoutMs } from '../timeout.ts'
import { lookAlone, rememberingMonitor, type Seen } from './look.ts'
import { monitorSettings } from './monitor-settings.ts'
import { readOldState } from './old-state.ts'
import { Printer } from './printer.ts'
import { takeOver } from './take-over.ts'
import { tellingSettings } from './telling-settings.ts'
import { readWanted, type NoncesOptions, type Wanted } from './wanted.ts'

/** `tocsin nonces`: looks at processes once, prints what it saw, and tells who is to be told. */
export async function nonces(options: NoncesOptions, terminal: Terminal): Promise<ExitCode> {
  // What was typed, a key too, stands in the list of processes until it is given another name.
  process.title = 'tocsin nonces'
  const wanted = readWanted(options, terminal)
  // Odd also where nobody is told, and before anything is said.
  timeoutMs(options.timeout)
  const store = options.store === undefined ? undefined : findStore({ store: options.store }, terminal)
  const telling = tellingSettings(wanted, store)
  const settings = monitorSettings(wanted)
  const { clock } = systemWorld({ logLevel: 'silent' })
  const printer = new Printer({ options, wanted, terminal, clock })
  printer.begin()
  const { monitor, seen } = rememberingMonitor(settings, (result) => printer.result(result))
  const run: Run = { monitor, seen, settings, printer, wanted, options, terminal }
  const report = telling === undefined ? await lookOnly(run) : await lookAndTell(run, telling)
  if (report instanceof Error) return complain(terminal, report)
  // The reason stands on standard error, and whoever is to be told of failures was.
  if (seen.observed?.kind !== 'seen') return EXIT.usage
  return report !== undefined && isRefusedByAll(report) ? EXIT.untold : exitCodeOf(seen, wanted)
}

interface Run {
  readonly monitor: Monitor
  readonly seen: Readonly<Seen>
  readonly settings: NoncesSettings
  readonly printer: Printer
  readonly wanted: Wanted
  readonly options: NoncesOptions
  readonly terminal: Terminal
}

async function lookOnly({ monitor, seen, settings, printer }: Run): Promise<undefined> {
  const world = systemWorld({ logLevel: 'silent' })
  await lookAlone(monitor, settings, world, (done, total) => printer.progress(done, total))
  await world.http.close()
  printer.end(seen, undefined)
  return undefined
}

/** A store that cannot be opened, or written, keeps nobody from seeing the result: only the exit code says that it was not kept. */
async function lookAndTell(run: Run, telling: Settings): Promise<Report | Error> {
  const { monitor, seen, settings, printer, options, terminal } = run
  const isTakingOver = run.wanted.manner === 'per-process' && run.wanted.pagerDuty?.key !== undefined
  const oldState = isTakingOver ? readOldState(options.stateFile, terminal) : undefined
  const runNumber = runNumberIn(terminal.env)
  try {
    const { report } = await checkHere({
      settings: telling,
      watches: () => [{ monitor, settings }],
      timeout: options.timeout,
      signal: stopSignal(terminal),
      ...(runNumber === undefined ? {} : { runNumber }),
      onProgress: (_, done, total) => printer.progress(done, total),
      ...(oldState === undefined
        ? {}
        : {
            after: async (pipeline) => {
              // A run that could not be knows nothing of any process.
              if (seen.observed?.kind !== 'seen') return
              const accept = pipeline.accept.bind(pipeline)
              const looked = { results: seen.results, listed: seen.observed.subjects }
              await takeOver(oldState, looked, { store: pipeline.store, accept }, terminal)
            },
          }),
    })
    printer.end(seen, report)
    return report
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StoreError')) throw error
    if (seen.observed === undefined) await lookOnly(run)
    else printer.end(seen, undefined)
    return error
  }
}

/** Everything has to be seen. Per run everything has to agree; per process, nothing may be so far apart that somebody wants to know. */
function exitCodeOf({ results, total, observed }: Readonly<Seen>, { manner }: Wanted): ExitCode {
  const isWell =
    manner === 'per-run'
      ? results.every(({ kind }) => kind === 'match')
      : observed?.kind === 'seen' && !observed.observations.some(({ isTrouble }) => isTrouble)
  return isWell && results.length > 0 && results.length === total ? EXIT.well : EXIT.trouble
}
