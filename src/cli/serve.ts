import { resolve } from 'node:path'
import type { LoadedConfig, Settings } from '../config/config.ts'
import { wire } from '../pipeline/pipeline.ts'
import { Metrics, openServer, type Server } from '../server/server.ts'
import { systemWorld, type World } from '../world/world.ts'
import { banner } from './banner.ts'
import { openConfigSource, type ConfigSource } from './config-source.ts'
import { ConfigWatch } from './config-watch.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { Hangup } from './hangup.ts'
import { HeldSecrets } from './held-secrets.ts'
import { placeOf } from './store-place.ts'
import { refusePort } from './listening.ts'
import type { LogLevel } from './log-level.ts'
import { openOwnEmulator, type OwnEmulator } from './own-emulator.ts'
import { Reloader } from './reload.ts'
import { untilStopped } from './stopping.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export interface ServeOptions {
  readonly config?: string
  readonly listen?: string
  readonly logLevel?: LogLevel
}

/** `tocsin serve`: takes alerts and tells incidents until it is asked to stop, by the config as it is at any time. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const secrets = new HeldSecrets()
  const world = systemWorld({ logLevel: options.logLevel ?? 'info', secrets: () => secrets.all })
  const stopped = untilStopped(terminal)
  const hangup = new Hangup(terminal)
  const watch = new ConfigWatch(options.config ?? './tocsin.yaml', world)
  await using opened = new AsyncDisposableStack()
  opened.defer(() => hangup.stop())
  opened.defer(() => watch.stop())
  const source = await openConfigSource(options, terminal.env, world)
  opened.defer(() => source.stop())
  const { loaded } = source
  secrets.hold(loaded.settings.secrets)
  const service = await open(source, secrets, world)
  opened.defer(() => service.close())
  const { reloader } = service
  source.onChange(() => void reloader.request('what was discovered has changed'))
  watch.start(() => void reloader.request('the file has changed'))
  hangup.start(() => void reloader.request('SIGHUP'))
  terminal.print(banner({ ...service, ...about(loaded), version: version() }))
  for (const { message } of loaded.warnings) terminal.error(`Warning: ${message}\n`)
  const signal = await stopped
  terminal.print(`Stopping (${signal}): what is in flight is waited for. A second signal stops at once.\n`)
  await opened.disposeAsync()
  terminal.print(placeOf(loaded.settings.store).kind === 'memory' ? 'Stopped.\n' : STOPPED)
  return EXIT.well
}

const STOPPED = 'Stopped. What was not told yet is kept, and goes out after the next start.\n'

interface Service {
  readonly server: Server
  readonly emulator: OwnEmulator | undefined
  readonly reloader: Reloader
  readonly close: () => Promise<void>
}

/**
 * Opens everything, and closes again what is open already when a later part cannot be. Nothing is delivered before the
 * port is ours: a second service that was started by mistake must do nothing at all.
 */
async function open({ loaded, load }: ConfigSource, secrets: HeldSecrets, world: World): Promise<Service> {
  await using opened = new AsyncDisposableStack()
  const { settings } = loaded
  // The network is left to the end of the process: what drain has given up on is not waited for.
  const emulator = settings.usesEmulator === true ? await openOwnEmulator(world) : undefined
  if (emulator !== undefined) opened.defer(() => emulator.close())
  const metrics = new Metrics()
  const { pipeline, store } = await wire(settings, world, (notice) => metrics.notice(notice))
  opened.defer(() => store.close())
  const reloader = new Reloader({ loaded, load, pipeline, metrics, secrets, world })
  opened.defer(() => pipeline.drain(reloader.settings.drainMs))
  const server = await openServer({
    pipeline,
    get settings(): Settings {
      return reloader.settings
    },
    reloading: reloader,
    world,
    metrics,
    version: version(),
    startedAt: world.clock.now(),
  }).catch((error: unknown) => refusePort(error, settings.server))
  opened.defer(() => within(reloader.settings.drainMs, server.close(), world))
  opened.defer(() => reloader.stop())
  await pipeline.start()
  const closing = opened.move()
  return { server, emulator, reloader, close: () => closing.disposeAsync() }
}

/** A sender that takes its time with a request must not keep us from stopping. */
async function within(deadlineMs: number, closed: Promise<void>, { clock }: World): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = clock.after(deadlineMs, resolve)
  await Promise.race([closed, late])
  cancel()
}

function storeAt(url: string): string {
  const { kind, name } = placeOf(url)
  if (kind === 'memory') return 'in memory: forgotten when Tocsin stops'
  return kind === 'file' ? resolve(name) : name
}

function about({ settings, path }: LoadedConfig): {
  readonly store: string
  readonly destinations: readonly string[]
  readonly needsToken: boolean
  readonly config: string | undefined
} {
  return {
    store: storeAt(settings.store),
    destinations: settings.destinations.map(({ name }) => name),
    needsToken: settings.server.tokens.length > 0,
    config: path,
  }
}
