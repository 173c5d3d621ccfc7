/** `npm run sim -- --seed 7 --runs 1000`: see docs/simulator.md. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runMany } from './many-seeds.ts'
import { drawPlan, parseOverride, type Plan } from './plan.ts'
import { runSeed, type Outcome } from './run-seed.ts'
import { sumOf } from './tally.ts'
import { lineOf } from './trace.ts'

const USAGE = `npm run sim -- [--seed N] [--runs N] [--jobs N] [--twice] [--trace] [--set name=value]...

  --seed N           the first seed (default 1)
  --runs N           how many seeds, from the first on (default 1)
  --jobs N           seeds at a time (default: one for each core)
  --twice            runs each seed twice and holds the two traces against each other
  --trace            prints all that happens in the one seed
  --set name=value   overrides a number of the plan after all was drawn; may be given again

Exit code: 0 all is well, 1 a seed fails, 2 usage.`

interface Asked {
  readonly seed: number
  readonly runs: number
  readonly jobs: number
  readonly twice: boolean
  readonly trace: boolean
  readonly sets: readonly string[]
  readonly overrides: Partial<Plan>
}

async function main(): Promise<number> {
  let asked: Asked
  try {
    asked = ask()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`)
    return 2
  }
  return asked.runs === 1 ? runOne(asked) : runAll(asked)
}

function ask(): Asked {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      twice: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
    },
  })
  const { twice, trace, set: sets } = values
  const runs = count('runs', values.runs)
  if (trace && runs !== 1) throw new RangeError('--trace prints one seed; leave --runs out.')
  const overrides: Partial<Plan> = Object.fromEntries(
    sets.flatMap((set) => Object.entries(parseOverride(set))),
  )
  return {
    seed: count('seed', values.seed),
    runs,
    jobs: count('jobs', values.jobs),
    twice,
    trace,
    sets,
    overrides,
  }
}

function count(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new RangeError(`--${name} is "${text}"; expected a whole number from 1.`)
}

/** One seed: its plan, what happened if asked for, and what came of it. */
async function runOne(asked: Asked): Promise<number> {
  const { seed, twice, trace, overrides } = asked
  say(`plan: ${JSON.stringify(drawPlan(seed, overrides), undefined, 2)}`)
  const startedAt = performance.now()
  const { outcome, played } = await runSeed(seed, { overrides, twice })
  if (trace) for (const happening of played.happenings) say(lineOf(happening))
  if (outcome.violations.length > 0) say(complaint(outcome, asked))
  summarize([outcome], performance.now() - startedAt, asked)
  return outcome.violations.length > 0 ? 1 : 0
}

async function runAll(asked: Asked): Promise<number> {
  const { seed, runs, jobs, twice, overrides } = asked
  const startedAt = performance.now()
  const outcomes: Outcome[] = []
  let failures = 0
  let shownAt = startedAt
  const onDone = (outcome: Outcome): void => {
    outcomes.push(outcome)
    if (outcome.violations.length > 0) {
      failures++
      say(complaint(outcome, asked))
    }
    if (performance.now() - shownAt < 5_000) return
    shownAt = performance.now()
    process.stderr.write(`sim: ${outcomes.length} of ${runs} seeds, ${failures} failed\n`)
  }
  await runMany({ from: seed, runs, jobs, overrides, twice, onDone })
  summarize(outcomes, performance.now() - startedAt, asked)
  return failures > 0 ? 1 : 0
}

const VIOLATIONS_SHOWN_MAX = 5

function complaint({ seed, violations }: Outcome, { sets }: Asked): string {
  const shown = violations.slice(0, VIOLATIONS_SHOWN_MAX).map(({ rule, text }) => `  ${rule}: ${text}`)
  const more = violations.length - shown.length
  const replay = `npm run sim -- --seed ${seed}${sets.map((set) => ` --set ${set}`).join('')}`
  return [
    `seed ${seed} fails:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    `  replay: ${replay} --trace`,
  ].join('\n')
}

function summarize(outcomes: readonly Outcome[], machineMs: number, { seed, runs, twice }: Asked): void {
  const failed = outcomes.filter(({ violations }) => violations.length > 0).map((outcome) => outcome.seed)
  const simulatedMs = outcomes.reduce((sum, outcome) => sum + outcome.simulatedMs, 0) * (twice ? 2 : 1)
  const ratio = Math.round(simulatedMs / machineMs)
  const happened = Object.entries(sumOf(outcomes.map(({ tally }) => tally)))
  say(happened.map(([name, count]) => `${String(count).padStart(10)}  ${name}`).join('\n'))
  say(
    `seeds ${seed} to ${seed + runs - 1}${twice ? ', each twice' : ''}: ${outcomes.length - failed.length} passed, ${failed.length} failed` +
      `${failed.length > 0 ? ` (${failed.slice(0, 20).join(', ')})` : ''}\n` +
      `${(simulatedMs / 3_600_000).toFixed(1)} h simulated in ${(machineMs / 1_000).toFixed(1)} s: ${ratio} simulated seconds a second`,
  )
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main()
