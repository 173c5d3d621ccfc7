import { Option, type Command } from 'commander'
import { LOG_LEVELS } from './log-level.ts'
import { configOption, jsonOption, storeOption } from './options.ts'
import type { Exit } from './exit-code.ts'
import type { Terminal } from './terminal.ts'
import { count, port } from './typed.ts'

/** The commands that run until stopped, and those that see to it that they can. */
export function addRunningCommands(program: Command, terminal: Terminal, exit: Exit): void {
  program
    .command('serve')
    .description('take alerts over HTTP and tell incidents, until stopped')
    .addOption(configOption())
    .option('--listen <host:port>', 'where to listen, in place of server.listen')
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(LOG_LEVELS).default('info'))
    .action(async (options) => exit(await (await import('./serve.ts')).serve(options, terminal)))
  program
    .command('emulate')
    .description('run an emulator of PagerDuty on this machine, until stopped')
    .option('--port <port>', 'where to listen; 0 for a free one', port, 8351)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .option('--tls', 'serve https with a certificate made for this run')
    .option('--ca-file <path>', 'with --tls: write the certificate to trust to this file')
    .option('--limit <count>', 'events per routing key in any 60 s, 0 for no limit (default: 120)', count)
    .action(async (options) => exit(await (await import('./emulate.ts')).emulate(options, terminal)))
  program
    .command('doctor')
    .description('check the config, the store and the destinations, without telling anybody anything')
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .action(async (options) => exit(await (await import('./doctor.ts')).doctor(options, terminal)))
  program
    .command('migrate')
    .description("bring the store's schema up to this version")
    .addOption(configOption())
    .addOption(storeOption())
    .addOption(jsonOption())
    .action(async (options) => exit(await (await import('./migrate.ts')).migrate(options, terminal)))
  addConfigCommands(program, terminal, exit)
}

function addConfigCommands(program: Command, terminal: Terminal, exit: Exit): void {
  const config = program.command('config').description('check and print configs')
  config
    .command('check')
    .description('tell everything that is wrong with a config')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => exit((await import('./config-commands.ts')).checkConfig(options, terminal)))
  config
    .command('print')
    .description('print a config with every default and without any secret')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (options) => exit((await import('./config-commands.ts')).showConfig(options, terminal)))
  config
    .command('schema')
    .description('print the JSON Schema of tocsin.yaml, for editors')
    .action(async () => exit((await import('./config-commands.ts')).showSchema(terminal)))
}
