import { InvalidArgumentError, type Command } from 'commander'
import { parseTime } from '../intake/intake.ts'
import { configOption, jsonOption, storeOption } from './options.ts'
import type { Exit } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import { link, pair } from './typed.ts'

/** The commands that say where an alert would go. */
export function addRouteCommands(program: Command, terminal: Terminal, exit: Exit): void {
  const routes = program.command('routes').description('say where alerts go')
  routes
    .command('test')
    .description('say what would become of an alert, and why, without telling anybody')
    .argument('[key]', 'the dedup key that its sender gives it')
    .option('--file <path>', 'the alert as JSON, ours or Alertmanager’s; - for the standard input')
    .option('--key <key>', 'the same as the argument')
    .option('--summary <text>', 'what is wrong, in one line')
    .option('--severity <word>', 'critical, error, warning or info')
    .option('--source <name>', 'who says so (default: cli)')
    .option('--label <name=value>', 'a label; repeat for more', pair)
    .option('--detail <name=value>', 'a detail; repeat for more', pair)
    .option('--link <url[=text]>', 'a link; repeat for more', link)
    .option('--at <moment>', 'as though it were then, such as 2026-01-31T23:59:00Z (default: now)', moment)
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .action(async (key, options) =>
      exit(await (await import('./routes.ts')).testRoutes(key, options, terminal)),
    )
  routes
    .command('show')
    .description('print the routes as a tree, each with a sample of what it tells')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => exit((await import('./routes.ts')).showRoutes(options, terminal)))
}

/** A moment, in epoch milliseconds; without an offset it is UTC. */
function moment(text: string): number {
  const at = parseTime(text)
  if (at === undefined)
    throw new InvalidArgumentError('Expected a moment of a day that there is, such as 2026-01-31T23:59:00Z.')
  return at
}
