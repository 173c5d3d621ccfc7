import { Argument, Option, type Command } from 'commander'
import { configOption, jsonOption, storeOption, timeoutOption, tokenOption, urlOption } from './options.ts'
import type { Exit } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import { count, id } from './typed.ts'

const STATUSES = ['open', 'triggered', 'acknowledged', 'resolved', 'all']
const STATES = ['troubled', 'waiting', 'delivered', 'cancelled', 'dead', 'all']

/** The commands that tell what we know and why, and let a person act on it. */
export function addReadingCommands(program: Command, terminal: Terminal, exit: Exit): void {
  addIncidents(program, terminal, exit)
  addDeliveries(program, terminal, exit)
  addWhere(program.command('explain').description('tell why somebody was told, or was not'))
    .argument('[key]', 'the dedup key of an incident')
    .option('--incident <id>', 'an incident by its number', id)
    .option('--fingerprint <fingerprint>', 'an alert by its fingerprint')
    .action(async (key, options) =>
      exit(await (await import('./explain.ts')).explain(key, options, terminal)),
    )
}

function addIncidents(program: Command, terminal: Terminal, exit: Exit): void {
  const incidents = addWhere(program.command('incidents').description('list incidents, newest first'))
    .addOption(new Option('--status <status>', 'which (default: open)').choices(STATUSES))
    .option('--destination <name>', 'only of this destination')
    .option('--limit <count>', 'at most so many, up to 1000 (default: 100)', count)
    .allowExcessArguments()
    .action(async (options, command: Command) => {
      refuseUnknown(command)
      exit(await (await import('./incidents.ts')).incidents(options, terminal))
    })
  for (const act of ['acknowledge', 'resolve'] as const) {
    addWhere(incidents.command(act).description(`${act} an incident by hand, whatever its sources say`))
      .addArgument(new Argument('<id>', 'its number').argParser(id))
      .addOption(timeoutOption())
      .action(async (id, _, command: Command) => {
        const { actOnIncident } = await import('./incidents.ts')
        exit(await actOnIncident(act, id, command.optsWithGlobals(), terminal))
      })
  }
}

function addDeliveries(program: Command, terminal: Terminal, exit: Exit): void {
  const deliveries = addWhere(program.command('deliveries').description('list deliveries, newest first'))
    .addOption(new Option('--state <state>', 'which (default: all)').choices(STATES))
    .option('--destination <name>', 'only to this destination')
    .option('--limit <count>', 'at most so many, up to 1000 (default: 100)', count)
    .allowExcessArguments()
    .action(async (options, command: Command) => {
      refuseUnknown(command)
      exit(await (await import('./deliveries.ts')).deliveries(options, terminal))
    })
  addWhere(deliveries.command('retry').description('try a dead delivery once more'))
    .addArgument(new Argument('<id>', 'its number').argParser(id))
    .addOption(timeoutOption())
    .action(async (id, _, command: Command) => {
      const { retryDelivery } = await import('./deliveries.ts')
      exit(await retryDelivery(id, command.optsWithGlobals(), terminal))
    })
}

/** A command that does something by itself takes a mistyped command of its own for an argument. */
function refuseUnknown(command: Command): void {
  const [typed] = command.args
  if (typed === undefined) return
  const known = command.commands.map((one) => one.name()).join(', ')
  command.error(`error: unknown command '${command.name()} ${typed}'\n(${command.name()} has: ${known})`)
}

/** Where to look: a store's file or a running service. */
function addWhere(command: Command): Command {
  return command
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
}
