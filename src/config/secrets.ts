import { isLoopback } from './address.ts'
import { at, isMap } from './issues.ts'
import { formatPath, type Keys, type Problems } from './problems.ts'
import { readEmailSecrets } from './destinations/email-secrets.ts'
import { readMonitorSecrets } from './monitors/monitor-secrets.ts'
import { readMir3Secrets } from './destinations/mir3-secrets.ts'
import { readApiSecrets } from './destinations/pagerduty-api.ts'
import { SecretReader, type SecretOptions } from './read-secret.ts'
import { readRootlySecrets } from './destinations/rootly-secrets.ts'
import { ROUTING_KEY, secretUrl, TOKEN } from './secret-kind.ts'
import { readSlackSecrets } from './destinations/slack-secrets.ts'
import { secretsOfStore } from './store-address.ts'
import { readWebhookSecrets } from './destinations/webhook-secrets.ts'

export type Secrets = Pick<SecretReader, 'expect' | 'known'>

const HEARTBEAT_URL = secretUrl(isLoopback, 'https')

/** How the secrets of a destination are read, by its type; a PagerDuty service has its routing key. */
const BY_KIND: ReadonlyMap<
  unknown,
  (owner: unknown, place: Keys, reader: SecretReader, problems: Problems) => void
> = new Map([
  ['webhook', readWebhookSecrets],
  ['slack', readSlackSecrets],
  ['rootly', readRootlySecrets],
  ['mir3', readMir3Secrets],
  ['email', readEmailSecrets],
])

/**
 * Reads and checks every secret of a config. It reads the config as written, not its shape, so that an error elsewhere
 * hides none here.
 */
export function readSecrets(config: unknown, options: SecretOptions): Secrets {
  const reader = new SecretReader(options)
  const owners = new Map<string, Keys>()
  for (const group of ['destinations', 'sources']) {
    const named = at(config, group)
    for (const [name, owner] of isMap(named) ? Object.entries(named) : []) {
      const place = [group, name]
      const readOwn = group === 'destinations' ? BY_KIND.get(at(owner, 'type')) : undefined
      if (readOwn !== undefined) readOwn(owner, place, reader, options.problems)
      else if (isMap(owner) && hasKey(group, owner)) {
        const key = reader.readOwned(owner, place, ROUTING_KEY)
        if (key !== undefined) checkOwner(key, place, owners, options)
        if (at(owner, 'type') === 'pagerduty') readApiSecrets(owner, place, reader, options.problems)
      }
    }
  }
  readTokens(config, reader, options)
  readMonitorSecrets(config, reader)
  const heartbeat = at(config, 'heartbeat')
  if (isMap(heartbeat)) reader.readOwned(heartbeat, ['heartbeat'], HEARTBEAT_URL)
  const store = at(config, 'store')
  if (typeof store === 'string') reader.hide(secretsOfStore(store))
  return reader
}

/** Whether a routing key stands there, or has to: of a kind that is none, nobody knows what it needs. */
function hasKey(group: string, owner: Readonly<Record<string, unknown>>): boolean {
  const isNeeded = group === 'sources' || at(owner, 'type') === 'pagerduty'
  return isNeeded || 'routing_key' in owner || 'routing_key_file' in owner
}

function checkOwner(
  key: string,
  place: Keys,
  owners: Map<string, Keys>,
  { problems, warnings }: SecretOptions,
): void {
  const owner = owners.get(key)
  if (owner === undefined) return void owners.set(key, place)
  const shared = ` has the same routing key as ${formatPath(owner)};`
  if (place[0] === 'sources') problems.add(place, `${shared} an event sent with it could be either's.`)
  else warnings.add(place, `${shared} what both are told of is one incident at PagerDuty.`)
}

function readTokens(config: unknown, reader: SecretReader, { problems }: SecretOptions): void {
  const listed = at(at(config, 'server'), 'tokens')
  const owners = new Map<string, Keys>()
  for (const [index, item] of Array.isArray(listed) ? listed.entries() : []) {
    const place = ['server', 'tokens', index]
    const token =
      typeof item === 'string'
        ? reader.readText(item, place, TOKEN)
        : isMap(item)
          ? reader.readOwned(item, place, TOKEN)
          : undefined
    if (token === undefined) continue
    const owner = owners.get(token)
    if (owner === undefined) owners.set(token, place)
    else problems.add(place, ` is the same token as ${formatPath(owner)}; expected another.`)
  }
}
