import { ConfigError, fromObject, loadConfig, type Config, type Settings } from '../config/config.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** Where a command looks, as typed. */
export interface Where {
  readonly config?: string
  /** A path, `sqlite:PATH` or `postgres://…`. In place of the config's. */
  readonly store?: string
}

/**
 * What a command needs that delivers: the config that is named or stands in ./tocsin.yaml, or else one PagerDuty service
 * from the environment, which is all that a script or a cron job has.
 */
export function findSettings({ config, store }: Where, { env }: Terminal): Settings {
  const { settings } = loadConfig(config, env)
  const found = settings.usesEmulator === true ? (environmentSettings(env) ?? refuseNobody()) : settings
  return store === undefined ? found : { ...found, store: storeUrl(store) }
}

/** The store that a command looks into. A store that is named needs no config, nor the secrets of one. */
export function findStore({ config, store }: Where, { env }: Terminal): string {
  return store === undefined ? loadConfig(config, env).settings.store : storeUrl(store)
}

/** A store as it may be typed: a path is a file. One of another kind may hold a password: it is not quoted. */
export function storeUrl(store: string): string {
  const given = store.trim()
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given) ?? []
  if (scheme !== '' && !/^(sqlite|postgres(ql)?)$/i.test(scheme))
    throw new Complaint(
      EXIT.usage,
      `--store is an address that begins with ${scheme}://; expected a path, sqlite:PATH or postgres://….`,
    )
  return /^(sqlite|postgres(ql)?):/i.test(given) ? given : `sqlite:${given}`
}

function refuseNobody(): never {
  throw new Complaint(
    EXIT.usage,
    'There is nobody to tell: no config was named, there is no ./tocsin.yaml, and PAGERDUTY_ROUTING_KEY is not set.',
    'Set PAGERDUTY_ROUTING_KEY to an integration key, or give --config PATH, or --url URL of a running Tocsin.',
  )
}

/** The one PagerDuty service that the environment names; undefined when it names none. Throws a `ConfigError`. */
export function environmentSettings(env: Terminal['env']): Settings | undefined {
  const { PAGERDUTY_ROUTING_KEY: key, PAGERDUTY_URL: url, PAGERDUTY_REGION: region } = env
  if (key === undefined || key === '') return undefined
  const destination = {
    type: 'pagerduty',
    routing_key: key,
    ...(url === undefined || url === '' ? {} : { url }),
    ...(region === undefined || region === '' ? {} : { region }),
  }
  // The region is what somebody typed; the config's own check says what is wrong with it.
  const config = { destinations: { pagerduty: destination } } as Config
  const parsed = fromObject(config)
  if (parsed.ok) return parsed.settings
  throw new ConfigError(
    'The environment',
    parsed.problems,
    'Correct PAGERDUTY_ROUTING_KEY, PAGERDUTY_URL or PAGERDUTY_REGION.',
  )
}
