/**
 * What it costs, beside what a user would take instead, in one run on one machine: `npm run bench`, or chosen parts of it:
 * `npm run -s bench -- intake client`. What each row means: docs/benchmarks.md.
 *
 * Quote ratios, not absolute figures: machines differ, and are noisy.
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { findAlertmanager, type InstalledAlertmanager } from './alertmanager.ts'
import { client } from './client.ts'
import { critical } from './critical.ts'
import { distinct } from './distinct.ts'
import { intake } from './intake.ts'
import { latency } from './latency.ts'
import { looks } from './looks.ts'
import { million } from './million.ts'
import { monitors } from './monitors.ts'
import { nonces } from './nonces.ts'
import { processes } from './processes.ts'
import { restart } from './restart.ts'
import { policy } from './policy.ts'
import { isReached, ratioOf, type Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import { startup } from './startup.ts'
import { Stores, type StoreKind } from './stores.ts'
import { headLine, rowLine } from './table.ts'
import { hasWrk } from './wrk.ts'

const MEASUREMENTS: readonly Measurement[] = [
  intake,
  distinct,
  latency,
  critical,
  policy,
  restart,
  client,
  startup,
  nonces,
  processes,
  looks,
  monitors,
  million,
]

const STORES: Readonly<Record<string, readonly StoreKind[]>> = {
  sqlite: ['sqlite'],
  postgres: ['postgres'],
  both: ['sqlite', 'postgres'],
}

const HELP = `usage: npm run -s bench -- [PART …] [options]

${MEASUREMENTS.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

  --store sqlite|postgres|both   default: both
  --seconds N                    how long one run under load lasts; default: 5
  --rounds N                     how many runs a median is taken of; default: 3
  --alerts N                     how many the part "million" takes; default: 1000000
  --quick                        nonces, processes, looks and monitors in their short forms
  --json FILE                    write the rows there, too
`

function readOptions(): {
  readonly parts: readonly Measurement[]
  readonly kinds: readonly StoreKind[]
  readonly seconds: number
  readonly rounds: number
  readonly alerts: number
  readonly quick: boolean
  readonly json: string | undefined
} {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      store: { type: 'string', default: 'both' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      alerts: { type: 'string', default: '1000000' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    process.exit()
  }
  const kinds = STORES[values.store]
  if (kinds === undefined) refuse(`--store ${values.store}; expected ${Object.keys(STORES).join(', ')}`)
  const parts = positionals.map(
    (name) => MEASUREMENTS.find((one) => one.name === name) ?? refuse(`no part "${name}"`),
  )
  return {
    parts: parts.length === 0 ? MEASUREMENTS : parts,
    kinds,
    seconds: readCount('seconds', values.seconds),
    rounds: readCount('rounds', values.rounds),
    alerts: readCount('alerts', values.alerts),
    quick: values.quick,
    json: values.json,
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  return Number.isInteger(count) && count > 0
    ? count
    : refuse(`--${name} ${text}; expected a whole number from 1`)
}

function refuse(problem: string): never {
  process.stderr.write(`bench: ${problem}\n\n${HELP}`)
  process.exit(2)
}

/** Prints rows as they come. A part that fails is told, and takes no other with it. */
async function measure(parts: readonly Measurement[], setup: Setup): Promise<readonly Row[]> {
  const rows: Row[] = []
  console.log(headLine())
  for (const part of parts) {
    try {
      for await (const row of part.run(setup)) {
        rows.push(row)
        console.log(rowLine(row))
      }
    } catch (error) {
      process.exitCode = 1
      console.log(`${part.name} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return rows
}

function about(alertmanager: InstalledAlertmanager | undefined): Readonly<Record<string, string>> {
  const [cpu] = cpus()
  return {
    machine: `${cpus().length} cores, ${cpu?.model ?? 'of an unknown kind'}, ${process.platform} ${process.arch}`,
    node: process.version,
    alertmanager:
      alertmanager?.version ?? 'not installed, left out (Debian: apt-get install prometheus-alertmanager)',
  }
}

const { parts, kinds, seconds, rounds, alerts, quick, json } = readOptions()
const alertmanager = await findAlertmanager()
const described = about(alertmanager)
for (const [name, text] of Object.entries(described)) console.log(`${name}: ${text}`)
const progress = (text: string): void => void process.stderr.write(`… ${text}\n`)
await using stores = new Stores()
const setup = {
  kinds,
  stores,
  seconds,
  rounds,
  alerts,
  alertmanager,
  hasWrk: await hasWrk(),
  quick,
  progress,
}
const rows = await measure(parts, setup)
const judged = rows.map(isReached).filter((reached) => reached !== undefined)
console.log(`${judged.filter(Boolean).length} of ${judged.length} bars are reached.`)
if (json !== undefined) {
  const told = rows.map((row) => Object.assign({ ratio: ratioOf(row), reached: isReached(row) }, row))
  writeFileSync(json, `${JSON.stringify({ ...described, seconds, rounds, rows: told }, null, 2)}\n`)
}
