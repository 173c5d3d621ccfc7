import type { Command } from 'commander'
import type { Verb } from './alert-body.ts'
import { configOption, jsonOption, storeOption, timeoutOption, tokenOption, urlOption } from './options.ts'
import type { Exit } from './exit-code.ts'
import type { SendOptions } from './send.ts'
import type { Terminal } from './terminal.ts'
import { link, pair } from './typed.ts'

const KEY = 'the name of the incident, by which it is resolved later'

/** The commands that send one event, for scripts and cron jobs. */
export function addEventCommands(program: Command, terminal: Terminal, exit: Exit): void {
  const add = (verb: Verb, description: string): void => {
    const command = program.command(verb).description(description)
    if (verb !== 'change') command.argument('[key]', KEY).option('--key <key>', 'the same as an option')
    addEventOptions(command).action(async (...typed: unknown[]) => {
      const [key, options] = typedIn(verb, typed)
      const { send } = await import('./send.ts')
      exit(await send(verb, key, options, terminal))
    })
  }
  add('trigger', 'open an incident, or update it, durably')
  add('acknowledge', 'say that somebody is on it')
  add('resolve', 'say that it is over')
  add('change', 'tell of a change, such as a deployment')
}

/** What commander hands to an action: the arguments that the command declares, then its options. */
function typedIn(verb: Verb, typed: readonly unknown[]): [key: string | undefined, options: SendOptions] {
  const [first, second] = typed
  return verb === 'change'
    ? [undefined, first as SendOptions]
    : [first as string | undefined, second as SendOptions]
}

function addEventOptions(command: Command): Command {
  return command
    .option('--summary <text>', 'what is wrong, in one line')
    .option('--severity <word>', 'critical, error, warning or info')
    .option('--source <name>', 'who says so, for routes to match (default: cli)')
    .option('--label <name=value>', 'a label, for routes to match; repeat for more', pair)
    .option('--detail <name=value>', 'a detail to show; repeat for more', pair)
    .option('--link <url[=text]>', 'a link to show; repeat for more', link)
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(timeoutOption())
    .addOption(jsonOption())
}
