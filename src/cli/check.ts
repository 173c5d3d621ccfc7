import { loadConfig, suggest, type Settings } from '../config/config.ts'
import type { MonitorSettings } from '../monitors/monitors.ts'
import { makeWatch } from '../pipeline/pipeline.ts'
import { checkHere } from './check-here.ts'
import { checkExitCode, printCheck } from './check-text.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { storeUrl, type Where } from './find-settings.ts'
import { runNumberIn } from './run-number.ts'
import { Progress } from './progress.ts'
import { stopSignal } from './stopping.ts'
import type { Terminal } from './terminal.ts'

export interface CheckOptions extends Where {
  readonly timeout: string
  readonly runNumber?: number
  readonly json?: boolean
}

/** Fewer subjects are over before anybody could read how far it is. */
const PROGRESS_MIN = 10

/** `tocsin check`: lets monitors look once, tells what they found, and says by its exit code what that was. */
export async function check(
  names: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = settingsOf(options, terminal)
  const monitors = chosen(names, settings.monitors)
  const runNumber = options.runNumber ?? runNumberIn(terminal.env)
  const signal = stopSignal(terminal)
  const progress = new Progress(terminal)
  const checked = await checkHere({
    settings,
    watches: (store) => monitors.map((monitor) => makeWatch(monitor, store)),
    timeout: options.timeout,
    signal,
    ...(runNumber === undefined ? {} : { runNumber }),
    // A log wants no lines of it: what came of each monitor is printed at the end.
    onProgress: (monitor, done, total) => {
      if (terminal.columns !== undefined && total >= PROGRESS_MIN) progress.show(done, total, monitor)
    },
  }).finally(() => progress.clear())
  printCheck(checked, options.json === true, terminal)
  const code = checkExitCode(checked)
  return signal.aborted && code === EXIT.well ? EXIT.untold : code
}

function settingsOf({ config, store }: CheckOptions, { env }: Terminal): Settings {
  const { settings } = loadConfig(config, env)
  if (settings.usesEmulator === true)
    throw new Complaint(
      EXIT.usage,
      'There is no config: no --config was given, and there is no ./tocsin.yaml.',
      'Name one with --config PATH. `tocsin nonces` needs none.',
    )
  return store === undefined ? settings : { ...settings, store: storeUrl(store) }
}

/** Those that were named, in the order of the config; without names, all. */
function chosen(names: readonly string[], monitors: readonly MonitorSettings[]): readonly MonitorSettings[] {
  const known = monitors.map(({ name }) => name)
  if (known.length === 0)
    throw new Complaint(
      EXIT.usage,
      'The config has no monitors.',
      'Write some under `monitors:`; see docs/monitors.md.',
    )
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const lines = unknown.map((name) => `There is no monitor ${JSON.stringify(name)}.${suggest(name, known)}`)
    throw new Complaint(EXIT.usage, lines.join('\n'))
  }
  return names.length === 0 ? monitors : monitors.filter(({ name }) => names.includes(name))
}
