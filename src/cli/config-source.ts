import { loadConfig, type LoadedConfig, type LoadOptions } from '../config/config.ts'
import type { World } from '../world/world.ts'
import { Discovery } from './discovery.ts'
import type { Terminal } from './terminal.ts'

/** Where settings come from: the config, and what is discovered beside it. */
export interface ConfigSource {
  readonly loaded: LoadedConfig
  readonly load: () => LoadedConfig
  /** Calls `action` when `load` would say something else, for a reason other than the file. */
  readonly onChange: (action: () => void) => void
  readonly stop: () => void
}

/** Reads the config; where it asks for discovery, together with what that finds first. Throws a `ConfigError`. */
export async function openConfigSource(
  { config, listen }: { readonly config?: string; readonly listen?: string },
  env: Terminal['env'],
  world: World,
): Promise<ConfigSource> {
  const options = { now: () => world.clock.now(), ...(listen === undefined ? {} : { listen }) }
  const first = loadConfig(config, env, options)
  // Once a file was read, its absence is trouble, and not a reason to tell an emulator.
  let path = first.path ?? config
  const loadWith = (more: LoadOptions = {}): LoadedConfig => {
    const loaded = loadConfig(path, env, { ...options, ...more })
    path ??= loaded.path
    return loaded
  }
  const { discover } = first.settings
  if (discover === undefined) {
    return {
      loaded: first,
      load: () => loadWith(),
      onChange: () => {},
      stop: () => {},
    }
  }
  const discovery = new Discovery(discover, world)
  // What changes before anybody asks is told to whoever asks first.
  let isDue = false
  let changed = (): void => void (isDue = true)
  await discovery.start(() => changed())
  const load = (): LoadedConfig => loadWith({ discovered: discovery.discovered })
  return {
    loaded: load(),
    load,
    onChange: (action) => {
      changed = action
      if (isDue) action()
    },
    stop: () => discovery.stop(),
  }
}
