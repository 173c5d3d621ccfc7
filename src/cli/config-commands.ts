import { ConfigError, configSchema, loadConfig, printConfig } from '../config/config.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { systemWorld } from '../world/world.ts'
import { routeTree, treeText } from './route-tree.ts'
import type { Terminal } from './terminal.ts'

export interface ConfigOptions {
  readonly config?: string
  readonly json?: boolean
}

/** `tocsin config check`: everything that is wrong with a config, and what is probably not meant. */
export function checkConfig({ config, json }: ConfigOptions, terminal: Terminal): ExitCode {
  try {
    const { path = null, warnings, settings } = loadConfig(config, terminal.env)
    const routes = routeTree(settings, systemWorld({ logLevel: 'silent' }).clock.now())
    if (json === true)
      terminal.print(`${JSON.stringify({ ok: true, path, problems: [], warnings, routes })}\n`)
    else {
      terminal.print(`Where alerts go, with a sample of what is told:\n${treeText(routes, 1)}`)
      for (const { message } of warnings) terminal.print(`Warning: ${message}\n`)
      terminal.print(path === null ? NO_CONFIG : `${path} is a config that Tocsin starts with.\n`)
    }
    return EXIT.well
  } catch (error) {
    if (!(error instanceof ConfigError && json === true)) throw error
    const { problems } = error
    terminal.print(`${JSON.stringify({ ok: false, path: config ?? null, problems, warnings: [] })}\n`)
    return EXIT.usage
  }
}

const NO_CONFIG =
  'There is no ./tocsin.yaml. Without one, `tocsin serve` tells an emulator of PagerDuty on this machine, and nobody is paged.\n'

/** `tocsin config print`: the config with every default filled in and every secret left out. */
export function showConfig({ config, json }: ConfigOptions, terminal: Terminal): ExitCode {
  const { effective } = loadConfig(config, terminal.env)
  terminal.print(json === true ? `${JSON.stringify(effective)}\n` : printConfig(effective))
  return EXIT.well
}

/** `tocsin config schema`: the JSON Schema of tocsin.yaml, for editors. */
export function showSchema(terminal: Terminal): ExitCode {
  terminal.print(`${JSON.stringify(configSchema(), undefined, 2)}\n`)
  return EXIT.well
}
