import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { openFolder } from './folder.ts'
import { startPeer, type Peer } from './peer.ts'

export const ONCALL_KEY = 'oncall00000000000000000000000001'

/** Our own service as a process of its own, and the emulator that it tells. */
export interface Tocsin extends AsyncDisposable {
  readonly url: string
  readonly emulator: Emulator
  /** A folder that goes when it goes. */
  readonly folder: string
  /** Stops it; `start` starts it again at the same address, with what it remembers. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  start(): Promise<void>
}

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

/**
 * Starts it with these destinations (names and routing keys, all at the emulator; by default "oncall") and whatever else
 * the config says.
 */
export async function openTocsin(
  config: Partial<Omit<Config, 'destinations'>> = {},
  destinations: Readonly<Record<string, string>> = { oncall: ONCALL_KEY },
): Promise<Tocsin> {
  await using opened = new AsyncDisposableStack()
  const { path: folder } = opened.use(openFolder('interop'))
  const emulator = await openEmulator({ limit: 0 })
  opened.defer(() => emulator.close())
  const path = join(folder, 'tocsin.yaml')
  await writeFile(path, JSON.stringify(configOf(config, destinations, folder, emulator.url)))
  let running: Peer | undefined
  opened.defer(() => running?.stop('SIGKILL'))
  const start = async (listen: string): Promise<string> => {
    running = startPeer(process.execPath, [MAIN, 'serve', '--config', path, '--listen', listen])
    const [, url = ''] = await running.printed(/ listens on (http:\S+)/)
    return url
  }
  const url = await start('127.0.0.1:0')
  const closing = opened.move()
  return {
    url,
    emulator,
    folder,
    stop: async (signal) => running?.stop(signal),
    start: async () => void (await start(new URL(url).host)),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** As JSON, which is YAML too. */
function configOf(
  config: Partial<Omit<Config, 'destinations'>>,
  destinations: Readonly<Record<string, string>>,
  folder: string,
  url: string,
): Config {
  const told = Object.entries(destinations).map(([name, routing_key]) => [
    name,
    { type: 'pagerduty', routing_key, url },
  ])
  return { store: `sqlite:${join(folder, 'tocsin.db')}`, ...config, destinations: Object.fromEntries(told) }
}
