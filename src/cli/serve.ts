import { resolve } from 'node:path'
import { loadConfig, type LoadedConfig, type Settings } from '../config/config.ts'
import { wire } from '../pipeline/pipeline.ts'
import { Metrics, openServer, type Server } from '../server/server.ts'
import { systemWorld, type World } from '../world/world.ts'
import { banner } from './banner.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { placeOf } from './store-place.ts'
import { refusePort } from './listening.ts'
import type { LogLevel } from './log-level.ts'
import { openOwnEmulator, type OwnEmulator } from './own-emulator.ts'
import { untilStopped } from './stopping.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export interface ServeOptions {
  readonly config?: string
  readonly listen?: string
  readonly logLevel?: LogLevel
}

/** `tocsin serve`: takes alerts and tells incidents until it is asked to stop. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const { config, listen, logLevel = 'info' } = options
  let secrets: readonly string[] = []
  const world = systemWorld({ logLevel, secrets: () => secrets })
  const loaded = loadConfig(config, terminal.env, {
    now: () => world.clock.now(),
    ...(listen === undefined ? {} : { listen }),
  })
  secrets = loaded.settings.secrets
  const stopped = untilStopped(terminal)
  const service = await open(loaded.settings, world)
  terminal.print(banner({ ...service, ...about(loaded), version: version() }))
  for (const { message } of loaded.warnings) terminal.error(`Warning: ${message}\n`)
  const signal = await stopped
  terminal.print(`Stopping (${signal}): what is in flight is waited for. A second signal stops at once.\n`)
  await service.close()
  terminal.print(placeOf(loaded.settings.store).kind === 'memory' ? 'Stopped.\n' : STOPPED)
  return EXIT.well
}

const STOPPED = 'Stopped. What was not told yet is kept, and goes out after the next start.\n'

interface Service {
  readonly server: Server
  readonly emulator: OwnEmulator | undefined
  readonly close: () => Promise<void>
}

/**
 * Opens everything, and closes again what is open already when a later part cannot be. Nothing is delivered before the
 * port is ours: a second service that was started by mistake must do nothing at all.
 */
async function open(settings: Settings, world: World): Promise<Service> {
  await using opened = new AsyncDisposableStack()
  // The network is left to the end of the process: what drain has given up on is not waited for.
  const emulator = settings.usesEmulator === true ? await openOwnEmulator(world) : undefined
  if (emulator !== undefined) opened.defer(() => emulator.close())
  const metrics = new Metrics()
  const { pipeline, store } = await wire(settings, world, (notice) => metrics.notice(notice))
  opened.defer(() => store.close())
  opened.defer(() => pipeline.drain(settings.drainMs))
  const context = { pipeline, settings, world, metrics, version: version(), startedAt: world.clock.now() }
  const server = await openServer(context).catch((error: unknown) => refusePort(error, settings.server))
  opened.defer(() => within(settings.drainMs, server.close(), world))
  await pipeline.start()
  const closing = opened.move()
  return { server, emulator, close: () => closing.disposeAsync() }
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
