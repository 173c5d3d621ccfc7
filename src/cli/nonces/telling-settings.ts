import { ConfigError, fromObject, type Config, type RouteConfig, type Settings } from '../../config/config.ts'
import type { Wanted } from './wanted.ts'

export const PAGERDUTY = 'pagerduty'
export const SLACK = 'slack'

/** What a config would say of who is told, and when. Undefined: nobody is. Throws a `ConfigError`. */
export function tellingSettings(wanted: Wanted, store: string | undefined): Settings | undefined {
  const destinations = destinationsOf(wanted)
  if (Object.keys(destinations).length === 0) return undefined
  const config: Config = {
    destinations,
    routes: wanted.manner === 'per-run' ? perRun(wanted) : perProcess(wanted),
  }
  const parsed = fromObject(config)
  if (!parsed.ok) {
    const problems = parsed.problems.map((problem) => ({
      ...problem,
      message: inWordsOfEnvironment(problem.message),
    }))
    throw new ConfigError(
      'The environment',
      problems,
      'Correct what is listed, in the environment or in .env.',
    )
  }
  return store === undefined ? parsed.settings : { ...parsed.settings, store }
}

/** Where a value that a config would name comes from. */
const VARIABLE_OF = new Map([
  [`destinations.${PAGERDUTY}.routing_key`, 'PAGERDUTY_ROUTING_KEY, or --pagerduty-key,'],
  [`destinations.${PAGERDUTY}.region`, 'PAGERDUTY_REGION'],
  [`destinations.${PAGERDUTY}.url`, 'PAGERDUTY_URL'],
  [`destinations.${SLACK}.webhook_url`, 'SLACK_WEBHOOK_URL'],
])

function inWordsOfEnvironment(message: string): string {
  for (const [path, name] of VARIABLE_OF)
    if (message.startsWith(path)) return name + message.slice(path.length)
  return message
}

function destinationsOf({ pagerDuty, slack }: Wanted): Config['destinations'] {
  const { key, url, region, autoResolve } = pagerDuty ?? {}
  const service = {
    type: 'pagerduty',
    routing_key: key,
    ...(url === undefined ? {} : { url }),
    ...(region === undefined ? {} : { region }),
    ...(autoResolve === undefined ? {} : { auto_resolve: autoResolve }),
  }
  return {
    // The region is what somebody typed; the config's own check says what is wrong with it.
    ...(key === undefined ? {} : { [PAGERDUTY]: service as Config['destinations'][string] }),
    ...(slack === undefined ? {} : { [SLACK]: { type: 'slack', webhook_url: slack.webhookUrl } }),
  }
}

/** The keys of the document: `slot-nonce-validation-YYYY-MM-DD-{mismatches|errors|failure}`. */
function perRun(wanted: Wanted): readonly RouteConfig[] {
  const key = `slot-nonce-validation-${wanted.isDated ? '{{ today }}-' : ''}{{ type }}`
  return [...errorsPastSlack(wanted, ['errors'], key), { name: 'run', to: namesOf(wanted), dedup_key: key }]
}

/** The keys of the document: `nonce-monitor-{mismatch|error}-{process}-{YYYYMMDD}`. What is of no process leaves it out. */
function perProcess(wanted: Wanted): readonly RouteConfig[] {
  const subject = '{% if subject %}-{{ subject }}{% endif %}'
  const key = `nonce-monitor-{{ type }}${subject}${wanted.isDated ? '-{{ now | date: "%Y%m%d" }}' : ''}`
  const thresholds = [
    [PAGERDUTY, wanted.pagerDuty?.key === undefined ? undefined : wanted.pagerDuty.threshold],
    [SLACK, wanted.slack?.threshold],
  ] as const
  const mismatches = thresholds.flatMap(([to, slots]): RouteConfig[] =>
    slots === undefined
      ? []
      : [
          {
            name: `mismatch-${to}`,
            match: { type: 'mismatch' },
            to,
            // Who has caught up so far is well for this channel, whatever the other is told.
            when: {
              value: { field: 'slots', at_least: slots, ...(slots > 0 ? { until_below: slots } : {}) },
            },
            dedup_key: key,
            continue: true,
          },
        ],
  )
  const errors = errorsPastSlack(wanted, ['error', 'errors'], key)
  return [...mismatches, ...errors, { name: 'others', to: namesOf(wanted), dedup_key: key }]
}

/** Slack may want to know of no errors. */
function errorsPastSlack(wanted: Wanted, types: readonly string[], key: string): readonly RouteConfig[] {
  if (wanted.slack?.isToldOfErrors !== false) return []
  const to = namesOf(wanted).filter((name) => name !== SLACK)
  return [{ name: 'errors', match: { type: types }, to, dedup_key: key }]
}

function namesOf({ pagerDuty, slack }: Wanted): readonly string[] {
  return [...(pagerDuty?.key === undefined ? [] : [PAGERDUTY]), ...(slack === undefined ? [] : [SLACK])]
}
