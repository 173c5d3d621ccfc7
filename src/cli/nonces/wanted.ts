import { AO, PER_PROCESS, PER_RUN } from '../../monitors/monitors.ts'
import type { Terminal } from '../terminal.ts'
import { openVariables, type Variables } from './variables.ts'
import { whatToLookAt, type ToLookAt } from './what-to-look-at.ts'

/** As typed. */
export interface NoncesOptions {
  readonly file?: string
  readonly concurrency?: number
  readonly verbose?: boolean
  readonly onlyMismatches?: boolean
  readonly excludeServer?: readonly string[]
  readonly stateUrl?: string
  readonly routerUrl?: string
  readonly dotenv?: string
  readonly json?: boolean
  readonly csv?: boolean
  readonly pagerdutyEnabled?: boolean
  readonly pagerdutyKey?: string
  readonly pagerdutyMismatchThreshold?: number
  readonly pagerdutyErrorThreshold?: number
  readonly tell?: Manner
  readonly undatedKeys?: boolean
  readonly store?: string
  readonly stateFile?: string
  readonly timeout: string
}

/** One incident for all that is wrong in a run, or one for each process. */
export type Manner = 'per-run' | 'per-process'

/** What is asked for, by flags and by the environment together. Times are in milliseconds. */
export interface Wanted {
  readonly processes: ToLookAt
  readonly stateUrl: string
  readonly routerUrl: string
  readonly excludeServers: readonly string[]
  readonly concurrency: number
  readonly timeoutMs: number
  readonly retries: { readonly max: number; readonly baseMs: number; readonly maxMs: number }
  readonly manner: Manner
  readonly isDated: boolean
  /** Per run: from so many on. */
  readonly mismatchThreshold: number
  readonly errorThreshold: number
  /** Undefined: not enabled. Without a key nothing can be told there. */
  readonly pagerDuty?: PagerDutyWanted
  readonly slack?: SlackWanted
}

export interface PagerDutyWanted {
  readonly key?: string
  readonly url?: string
  readonly region?: string
  /** Per process: from so many slots on. */
  readonly threshold: number
  readonly autoResolve: boolean
}

export interface SlackWanted {
  readonly webhookUrl: string
  readonly threshold: number
  readonly isToldOfErrors: boolean
}

/** Reads flags and environment. A flag wins. Throws a `Complaint` with everything that is wrong. */
export function readWanted(options: NoncesOptions, terminal: Terminal): Wanted {
  const variables = openVariables(options.dotenv, terminal)
  const pagerDuty = pagerDutyOf(options, variables)
  const slack = slackOf(variables)
  const wanted: Wanted = {
    processes: whatToLookAt(options.file, variables),
    stateUrl: variables.url('STATE_URL', AO.stateUrl, options.stateUrl, '--state-url'),
    routerUrl: variables.url('SU_ROUTER_URL', AO.routerUrl, options.routerUrl, '--router-url'),
    // Every host has nothing in it: an empty one would leave out all.
    excludeServers: (options.excludeServer ?? []).filter((host) => host.trim() !== ''),
    concurrency: options.concurrency ?? 10,
    timeoutMs: variables.whole('REQUEST_TIMEOUT', 10_000, 1),
    retries: {
      max: variables.whole('SU_ROUTER_MAX_RETRIES', 5),
      baseMs: variables.whole('SU_ROUTER_BASE_DELAY', 1_000),
      maxMs: variables.whole('SU_ROUTER_MAX_DELAY', 30_000),
    },
    manner: mannerOf(options, pagerDuty, slack),
    isDated: options.undatedKeys !== true,
    mismatchThreshold: options.pagerdutyMismatchThreshold ?? PER_RUN.mismatchThreshold,
    errorThreshold: options.pagerdutyErrorThreshold ?? PER_RUN.errorThreshold,
    ...(pagerDuty === undefined ? {} : { pagerDuty }),
    ...(slack === undefined ? {} : { slack }),
  }
  variables.refuseOdd()
  return wanted
}

/** The validator's flag means one incident for all; the monitor's environment, one for each process. */
function mannerOf(
  { tell, pagerdutyEnabled }: NoncesOptions,
  pagerDuty?: PagerDutyWanted,
  slack?: SlackWanted,
): Manner {
  if (tell !== undefined) return tell
  if (pagerdutyEnabled === true) return 'per-run'
  return pagerDuty === undefined && slack === undefined ? 'per-run' : 'per-process'
}

function pagerDutyOf(
  { pagerdutyEnabled, pagerdutyKey }: NoncesOptions,
  variables: Variables,
): PagerDutyWanted | undefined {
  const isEnabled = variables.enabled('PAGERDUTY_ENABLED')
  const threshold = variables.whole('PAGERDUTY_SEVERITY_THRESHOLD', PER_PROCESS.threshold)
  const autoResolve = variables.flag('PAGERDUTY_AUTO_RESOLVE', true)
  if (!isEnabled && pagerdutyEnabled !== true) return undefined
  const typed = pagerdutyKey?.trim()
  const key = typed === undefined || typed === '' ? variables.text('PAGERDUTY_ROUTING_KEY') : typed
  const url = variables.text('PAGERDUTY_URL')
  const region = variables.text('PAGERDUTY_REGION')
  return {
    threshold,
    autoResolve,
    ...(key === undefined ? {} : { key }),
    ...(url === undefined ? {} : { url }),
    ...(region === undefined ? {} : { region }),
  }
}

function slackOf(variables: Variables): SlackWanted | undefined {
  const threshold = variables.whole('SLACK_THRESHOLD', PER_PROCESS.threshold)
  const isToldOfErrors = variables.flag('SLACK_ALERT_ON_ERROR', true)
  const webhookUrl = variables.text('SLACK_WEBHOOK_URL')
  return webhookUrl === undefined ? undefined : { webhookUrl, threshold, isToldOfErrors }
}
