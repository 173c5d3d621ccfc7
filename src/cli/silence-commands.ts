import { Argument, type Command } from 'commander'
import { configOption, jsonOption, storeOption, timeoutOption, tokenOption, urlOption } from './options.ts'
import type { Exit } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import { id } from './typed.ts'

/** The commands by which people say that something is not to be told for a time, or put a remark on what was told. */
export function addSilenceCommands(program: Command, terminal: Terminal, exit: Exit): void {
  const silence = program.command('silence').description('mute alerts for a time')
  addWhere(silence.command('add').description('make a silence'))
    .argument(
      '<matcher...>',
      'what alerts must match, all of it, such as alertname=Disk or instance=~"db-.*"',
    )
    .option('--for <duration>', 'how long it lasts, such as 2h')
    .option('--until <time>', 'until when it lasts, such as 2026-01-31T12:00:00Z')
    .option('--start <time>', 'from when on it mutes (default: now)')
    .option('--author <name>', 'who makes it (default: USER)')
    .option('--reason <text>', 'why')
    .action(async (matchers, options) =>
      exit(await (await import('./silence.ts')).addSilence(matchers, options, terminal)),
    )
  addWhere(silence.command('list').description('list silences that last or are to come'))
    .option('--all', 'those that have ended, too')
    .action(async (options) => exit(await (await import('./silence.ts')).listSilences(options, terminal)))
  addWhere(silence.command('expire').description('end silences now'))
    .argument('<id...>', 'their ids')
    .action(async (ids, options) =>
      exit(await (await import('./silence.ts')).expireSilences(ids, options, terminal)),
    )
  addWhere(program.command('note').description('put a remark on an incident, where it was told'))
    .addArgument(new Argument('<id>', 'its number').argParser(id))
    .argument('<text>', 'the remark')
    .addOption(timeoutOption())
    .action(async (id, text, options) =>
      exit(await (await import('./note.ts')).note(id, text, options, terminal)),
    )
}

/** Where to act: a store, or a running service. */
function addWhere(command: Command): Command {
  return command
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
}
