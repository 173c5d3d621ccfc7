import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { loadConfig, type Settings } from '../config/config.ts'
import { makeMatcher, type Silence } from '../decide/decide.ts'
import { openStore, type StoredSilence } from '../store/store.ts'
import { systemWorld, type World } from '../world/world.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { environmentSettings, findStore, type Where } from './find-settings.ts'
import { isRouted, tryRoutes } from './route-trial.ts'
import { routeTree, treeText } from './route-tree.ts'
import { refuseMissing } from './store-api.ts'
import { placeOf } from './store-place.ts'
import type { Terminal } from './terminal.ts'
import { trialText } from './trial-text.ts'
import { typedAlert, type TypedAlert } from './typed-alert.ts'

export interface TestRoutesOptions extends TypedAlert, Where {
  /** Epoch milliseconds. */
  readonly at?: number
  readonly json?: boolean
}

/** `tocsin routes test`: which routes an alert takes, where they lead and what is shown there. Nothing is told or written. */
export async function testRoutes(
  key: string | undefined,
  options: TestRoutesOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const world = systemWorld({ logLevel: 'silent' })
  const { at: now = world.clock.now() } = options
  const settings = settingsFor(options, terminal)
  const alert = typedAlert(key, options, settings, { now, host: hostname() })
  const silences = await silencesAt(settings, options.store !== undefined, now, world)
  const trial = tryRoutes(alert, settings, { now, silences: silences ?? [] })
  if (options.json === true)
    terminal.print(`${JSON.stringify({ ...trial, silences_looked_at: silences !== undefined })}\n`)
  else {
    terminal.print(trialText(trial))
    if (silences === undefined) terminal.print('Silences are not looked at: there is no store.\n')
  }
  return isRouted(trial) ? EXIT.well : EXIT.trouble
}

/** `tocsin routes show`: the tree. */
export function showRoutes(
  { config, json }: { readonly config?: string; readonly json?: boolean },
  terminal: Terminal,
): ExitCode {
  const { settings } = loadConfig(config, terminal.env)
  const tree = routeTree(settings, systemWorld({ logLevel: 'silent' }).clock.now())
  terminal.print(json === true ? `${JSON.stringify({ routes: tree })}\n` : treeText(tree))
  return EXIT.well
}

/** Those that a config says; without one, all goes to the PagerDuty service that the environment names, or to the emulator. */
function settingsFor(options: Where, terminal: Terminal): Settings {
  const { settings } = loadConfig(options.config, terminal.env)
  const found = settings.usesEmulator === true ? (environmentSettings(terminal.env) ?? settings) : settings
  return options.store === undefined ? found : { ...found, store: findStore(options, terminal) }
}

/** The silences that last; undefined when there is no store to look into. One that is named has to be there. */
async function silencesAt(
  { store: url }: Settings,
  isNamed: boolean,
  now: number,
  world: World,
): Promise<readonly Silence[] | undefined> {
  const place = placeOf(url)
  if (isNamed) refuseMissing(url)
  if (place.kind === 'memory' || (place.kind === 'file' && !existsSync(place.name))) return undefined
  // A database is a journey, and a config may be tried anywhere: it is asked only when it is named.
  if (place.kind === 'database' && !isNamed) return undefined
  const store = await openStore(url, { clock: world.clock, migrate: false })
  try {
    const stored = await store.silences(now)
    return stored.filter(({ startsAt }) => startsAt <= now).map(withMatchers)
  } finally {
    await store.close()
  }
}

function withMatchers(stored: StoredSilence): Silence {
  const matchers = stored.matchers.map(({ name, comparison, values }) =>
    makeMatcher(name, comparison, values),
  )
  return { ...stored, matchers }
}
