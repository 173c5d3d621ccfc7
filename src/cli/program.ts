import { Command, CommanderError } from 'commander'
import { addEventCommands } from './event-commands.ts'
import { complain } from './complaint.ts'
import { EXIT, type Exit, type ExitCode } from './exit-code.ts'
import { addReadingCommands } from './reading-commands.ts'
import { addMonitorCommands } from './monitor-commands.ts'
import { addNoncesCommand } from './nonces-command.ts'
import { addRouteCommands } from './routes-commands.ts'
import { addRunningCommands } from './running-commands.ts'
import { addSilenceCommands } from './silence-commands.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** Runs what was typed. Never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.well
  const program = makeProgram(terminal, (code) => (exitCode = code))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // commander has printed what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.well : EXIT.usage
    return complain(terminal, error)
  }
}

/** Every command and option. What a command does is loaded once it is asked for: it is much, and a script waits for it. */
export function makeProgram(terminal: Terminal, exit: Exit): Command {
  const program = new Command('tocsin')
    .description('Turns alerts into incidents and keeps its word about both.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print what a command takes')
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.error })
    .addHelpText('after', EXIT_CODES)
  addRunningCommands(program, terminal, exit)
  addEventCommands(program, terminal, exit)
  addReadingCommands(program, terminal, exit)
  addMonitorCommands(program, terminal, exit)
  addNoncesCommand(program, terminal, exit)
  addRouteCommands(program, terminal, exit)
  addSilenceCommands(program, terminal, exit)
  return program
}

const EXIT_CODES = `
Exit codes: 0 all is well; 1 trouble was found; 2 the command line or the config is wrong; 3 nobody could be told.`
