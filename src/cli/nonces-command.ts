import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Exit } from './exit-code.ts'
import { jsonOption, timeoutOption } from './options.ts'
import type { Terminal } from './terminal.ts'
import { count } from './typed.ts'

/** The command that looks at AO processes once, with the flags and the environment that people have for it already. */
export function addNoncesCommand(program: Command, terminal: Terminal, exit: Exit): void {
  program
    .command('nonces')
    .description('compare the state of AO processes with what their scheduler says, once')
    .option(
      '--file <path>',
      'a process map or a list of ids (default: ./process-map.json, ./process-ids.txt)',
    )
    .option('--concurrency <n>', 'processes looked at at a time (default: 10)', atLeastOne)
    .option('--verbose', 'show the server of each process, and what is told')
    .option('--only-mismatches', 'show only processes whose nonces differ')
    .option(
      '--exclude-server <host>',
      'leave out processes whose host has this in it; repeat for more',
      another,
    )
    .option('--state-url <url>', 'where processes are that have no host of their own')
    .option('--router-url <url>', 'the scheduler that is asked')
    .option('--dotenv <path>', 'variables beside the environment (default: ./.env if there is one)')
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .optionsGroup('PagerDuty Options:')
    .option('--pagerduty-enabled', 'Enable PagerDuty alerting (default: false)')
    .option('--pagerduty-key <key>', 'PagerDuty routing key (or use env var)')
    .option('--pagerduty-mismatch-threshold <n>', 'Alert if mismatches >= N (default: 3)', atLeastOne)
    .option('--pagerduty-error-threshold <n>', 'Alert if errors >= N (default: 5)', atLeastOne)
    .addOption(
      new Option('--tell <how>', 'an incident per run, or one per process').choices([
        'per-run',
        'per-process',
      ]),
    )
    .option('--undated-keys', 'keep one dedup key for a failure, and not another each day')
    .option('--store <path>', 'where it stands what was told: a file, or postgres://… (default: ./tocsin.db)')
    .option(
      '--state-file <path>',
      'of the old monitor, taken over once (default: ./.pagerduty-state.json if there is one)',
    )
    .addOption(timeoutOption())
    .configureHelp({ optionTerm })
    .addHelpText('after', ENVIRONMENT)
    .action(async (options) => exit(await (await import('./nonces/nonces.ts')).nonces(options, terminal)))
}

/** As the documents write it: `--pagerduty-key=KEY`. */
function optionTerm({ flags }: Option): string {
  return flags.replace(/ <(\w+)>$/, (_, name: string) => `=${name.toUpperCase()}`)
}

function atLeastOne(text: string): number {
  const number = count(text)
  if (number === 0) throw new InvalidArgumentError('Expected a whole number, not below 1.')
  return number
}

function another(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

const ENVIRONMENT = `
Environment Variables:
  PAGERDUTY_ROUTING_KEY            PagerDuty Events API v2 routing key
  PAGERDUTY_ENABLED                true: an incident for each process (default: false)
  PAGERDUTY_SEVERITY_THRESHOLD     slots from which on PagerDuty is told (default: 50)
  PAGERDUTY_AUTO_RESOLVE           false: people close the incidents (default: true)
  PAGERDUTY_REGION, PAGERDUTY_URL  where PagerDuty is (default: us)
  SLACK_WEBHOOK_URL                an incoming webhook that is told as well
  SLACK_THRESHOLD                  slots from which on Slack is told (default: 50)
  SLACK_ALERT_ON_ERROR             false: Slack is told of no errors (default: true)
  CONFIG_FILE, PROCESS_ID          what to look at, without --file
  STATE_URL, SU_ROUTER_URL         as --state-url and --router-url
  REQUEST_TIMEOUT                  milliseconds for a request (default: 10000)
  SU_ROUTER_MAX_RETRIES            further tries at the router (default: 5)
  SU_ROUTER_BASE_DELAY             milliseconds before the first (default: 1000)
  SU_ROUTER_MAX_DELAY              milliseconds before any, at most (default: 30000)

Exit codes: 0 everything agrees; 1 trouble was found; 2 the command line, the environment or the file is wrong;
3 what was seen could not be kept, or everybody who was to be told refused it.`
