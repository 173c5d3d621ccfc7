import type { Result } from '../../monitors/monitors.ts'
import type { World } from '../../world/world.ts'
import type { Report } from '../report.ts'
import { plain, type Terminal } from '../terminal.ts'
import { countsOf } from './counts.ts'
import type { Seen } from './look.ts'
import { csvText, jsonText } from './machine-text.ts'
import { paintFor, type Paint } from './paint.ts'
import { Progress } from '../progress.ts'
import { resultText } from './result-text.ts'
import { summaryText } from './summary.ts'
import { PAGERDUTY, SLACK } from './telling-settings.ts'
import { failureText, toldOf, TOLD_NOTHING, type Told } from './told.ts'
import type { NoncesOptions, Wanted } from './wanted.ts'

export interface PrinterOptions {
  readonly options: Pick<NoncesOptions, 'json' | 'csv' | 'verbose' | 'onlyMismatches'>
  readonly wanted: Wanted
  readonly terminal: Terminal
  readonly clock: Pick<World['clock'], 'now'>
}

/** Prints a run: what was seen to standard output, everything else to standard error. */
export class Printer {
  readonly #options: PrinterOptions['options']
  readonly #wanted: Wanted
  readonly #terminal: Terminal
  readonly #clock: PrinterOptions['clock']
  readonly #paint: Paint
  readonly #progress: Progress
  readonly #isForPeople: boolean

  constructor({ options, wanted, terminal, clock }: PrinterOptions) {
    this.#options = options
    this.#wanted = wanted
    this.#terminal = terminal
    this.#clock = clock
    this.#paint = paintFor(terminal)
    this.#progress = new Progress(terminal)
    this.#isForPeople = options.json !== true && options.csv !== true
  }

  /** Before it is looked: whether PagerDuty can be told, in the words of the two documents. */
  begin(): void {
    const { pagerDuty, manner } = this.#wanted
    if (pagerDuty === undefined) return
    if (pagerDuty.key !== undefined) {
      if (this.#isVerbose) this.#terminal.print(`${this.#who} Initialized with routing key\n`)
    } else if (manner === 'per-run') {
      this.#terminal.error('Warning: PagerDuty enabled but no routing key provided\n')
      this.#terminal.error('Set PAGERDUTY_ROUTING_KEY env var or use --pagerduty-key flag\n')
    } else this.#terminal.error(`${this.#time} ERROR: PAGERDUTY_ROUTING_KEY not configured\n`)
  }

  result(result: Result): void {
    if (!this.#isForPeople) return
    const { manner } = this.#wanted
    const onlyMismatches = this.#options.onlyMismatches === true
    const options = { manner, isVerbose: this.#isVerbose, onlyMismatches, paint: this.#paint }
    const text = resultText(result, options, this.#clock.now())
    if (text !== '') this.#progress.around(() => this.#terminal.print(text))
  }

  progress(done: number, total: number): void {
    this.#progress.show(done, total)
  }

  /** `report` says who was told; undefined: nobody was. */
  end(seen: Readonly<Seen>, report: Report | undefined): void {
    const { print, error } = this.#terminal
    this.#progress.clear()
    for (const warning of seen.warnings) error(`Warning: ${plain(warning)}\n`)
    if (report !== undefined)
      error(failureText(report, PAGERDUTY, 'PagerDuty') + failureText(report, SLACK, 'Slack'))
    if (seen.observed?.kind !== 'seen') return this.#failed(seen)
    const unseen = seen.total - seen.results.length
    if (unseen > 0) error(`Warning: there was no time for ${unseen} of ${seen.total} processes.\n`)
    const { pagerDuty, slack } = this.#told(report)
    if (this.#options.json === true)
      print(jsonText(seen, { pagerDuty: pagerDuty ?? null, slack: slack ?? null }))
    else if (this.#options.csv === true) print(csvText(seen.results))
    else this.#summary(seen, pagerDuty)
  }

  #summary(seen: Readonly<Seen>, pagerDuty: Told | undefined): void {
    const { print } = this.#terminal
    if (this.#isVerbose)
      for (const alert of pagerDuty?.alerts ?? [])
        print(`${this.#who} Alert sent: ${sentText(alert, seen)}\n`)
    const { manner } = this.#wanted
    print(summaryText(countsOf(seen), { manner, tookMs: seen.tookMs, pagerDuty, paint: this.#paint }))
  }

  #failed({ observed }: Readonly<Seen>): void {
    const reason = observed?.kind === 'failed' ? observed.failure.reason : 'it took too long'
    const before = this.#wanted.manner === 'per-run' ? '' : `${this.#time} `
    this.#terminal.error(`${before}ERROR: ${plain(reason)}\n`)
  }

  /** Undefined: that channel is not enabled. */
  #told(report: Report | undefined): { readonly pagerDuty?: Told; readonly slack?: Told } {
    const { pagerDuty, slack } = this.#wanted
    const toldIn = (channel: string): Told => (report === undefined ? TOLD_NOTHING : toldOf(report, channel))
    return {
      ...(pagerDuty?.key === undefined ? {} : { pagerDuty: toldIn(PAGERDUTY) }),
      ...(slack === undefined ? {} : { slack: toldIn(SLACK) }),
    }
  }

  get #isVerbose(): boolean {
    return this.#options.verbose === true && this.#isForPeople
  }

  get #who(): string {
    return this.#paint('blue', '[PagerDuty]')
  }

  get #time(): string {
    return `[${new Date(this.#clock.now()).toISOString()}]`
  }
}

/** What was told in this run comes with its severity; what an earlier run has left, without. */
function sentText(summary: string, { observed }: Readonly<Seen>): string {
  const observations = observed?.kind === 'seen' ? observed.observations : []
  const severity = observations.find(({ finding }) => finding.summary === summary)?.finding.severity
  return plain(summary) + (severity === undefined ? '' : ` (${severity})`)
}
