import type { Command } from 'commander'
import type { Exit } from './exit-code.ts'
import { configOption, jsonOption, storeOption, timeoutOption, tokenOption, urlOption } from './options.ts'
import type { Terminal } from './terminal.ts'
import { count } from './typed.ts'

/** The commands that look for trouble ourselves, and that say that somebody is there. */
export function addMonitorCommands(program: Command, terminal: Terminal, exit: Exit): void {
  program
    .command('check')
    .description('let monitors look once and tell what they find, for cron jobs and workflows')
    .argument('[name...]', 'monitors of the config (default: all)')
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(timeoutOption().default('60s'))
    .option(
      '--run-number <count>',
      'which run of a series this is: a gap means that what a run remembered is lost (default: GITHUB_RUN_NUMBER)',
      count,
    )
    .addOption(jsonOption())
    .action(async (names, options) =>
      exit(await (await import('./check.ts')).check(names, options, terminal)),
    )
  program
    .command('monitors')
    .description('list monitors: how each stands at a running Tocsin, or what the store remembers')
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .action(async (options) => exit(await (await import('./monitors.ts')).monitors(options, terminal)))
  program
    .command('heartbeat')
    .description('say that somebody is there: silence is what pages')
    .argument('<name>', 'a heartbeat of the config')
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .action(async (name, options) =>
      exit(await (await import('./heartbeat.ts')).heartbeat(name, options, terminal)),
    )
}
