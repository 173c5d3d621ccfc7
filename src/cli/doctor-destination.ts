import type { DestinationSettings } from '../config/config.ts'
import { MIR3_URL, ROOTLY_URL, SLACK_API } from '../destinations/destinations.ts'
import type { HttpAnswer, World } from '../world/world.ts'
import { checkMail } from './doctor-mail.ts'
import type { Finding } from './finding.ts'

/** https://support.pagerduty.com/main/docs/safelist-ips names both hosts. */
const BASES = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const

const DEADLINE_MS = 10_000
/** Beyond this, times in incidents mislead, and certificates may seem to be out of date. */
const SKEW_MS_MAX = 60_000

/** Whether a destination can be reached, and whether our clocks agree. It is asked for a page: nobody is told anything. */
export async function checkDestination(destination: DestinationSettings, world: World): Promise<Finding[]> {
  const { http, clock } = world
  const about = `destination ${destination.name}`
  if (destination.type === 'email') return checkMail(destination.server, about, world)
  const { origin, refusePrivate, findings } = placeOf(destination, about)
  const { host } = new URL(origin)
  // Not the address of a webhook itself: even a GET may mean something there.
  const answer = await http.request({
    method: 'GET',
    url: `${origin}/`,
    headers: {},
    deadlineMs: DEADLINE_MS,
    refusePrivate,
  })
  if ('status' in answer) {
    const message = `${host} can be reached (nobody was told anything).`
    return [{ verdict: 'good', about, message }, ...findings, ...checkClock(answer, host, clock.now())]
  }
  const next =
    answer.refused === true
      ? 'Set allow_private: true if that is meant.'
      : 'Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (NODE_EXTRA_CA_CERTS).'
  return [
    { verdict: 'bad', about, message: `${host} cannot be reached: ${answer.reason}.`, next },
    ...findings,
  ]
}

/** Where a destination is, and what can be found about it without asking there. */
interface Place {
  /** A base to ask at. */
  readonly origin: string
  readonly refusePrivate: boolean
  readonly findings: readonly Finding[]
}

function placeOf(destination: Exclude<DestinationSettings, { type: 'email' }>, about: string): Place {
  if (destination.type === 'pagerduty') {
    const { url, region, routingKey } = destination
    return { origin: url ?? BASES[region], refusePrivate: false, findings: checkKey(about, routingKey) }
  }
  if (destination.type === 'rootly')
    return { origin: new URL(destination.url ?? ROOTLY_URL).origin, refusePrivate: false, findings: [] }
  if (destination.type === 'mir3')
    return { origin: new URL(destination.url ?? MIR3_URL).origin, refusePrivate: false, findings: [] }
  if (destination.type === 'slack') {
    const { way } = destination
    const address = way.kind === 'bot' ? (way.url ?? SLACK_API) : way.url()
    return { origin: new URL(address).origin, refusePrivate: false, findings: [] }
  }
  const { url, signingKeys, allowPrivate } = destination
  return {
    origin: new URL(url()).origin,
    refusePrivate: !allowPrivate,
    findings: checkSigning(about, signingKeys.length),
  }
}

function checkSigning(about: string, keys: number): Finding[] {
  if (keys > 0) {
    const message = `its events are signed with ${keys === 1 ? 'one key' : `${keys} keys`}.`
    return [{ verdict: 'good', about, message }]
  }
  const next =
    'Give it signing_keys, so that who receives an event can tell that it is ours: docs/webhook.md.'
  return [{ verdict: 'doubtful', about, message: 'its events are not signed.', next }]
}

function checkKey(about: string, routingKey: () => string): Finding[] {
  try {
    if (/^[0-9A-Za-z]{32}$/.test(routingKey().trim())) return []
    const next = 'Take the integration key of an Events API v2 integration (a REST API key is another thing).'
    return [{ verdict: 'bad', about, message: 'its routing key has not 32 letters and digits.', next }]
  } catch {
    const next = 'See that its file is there and can be read.'
    return [{ verdict: 'bad', about, message: 'its routing key cannot be read.', next }]
  }
}

function checkClock({ headers }: HttpAnswer, host: string, now: number): Finding[] {
  const { date } = headers
  const theirs = typeof date === 'string' ? Date.parse(date) : NaN
  if (Number.isNaN(theirs)) return []
  const skewMs = Math.abs(now - theirs)
  const about = 'clock'
  if (skewMs <= SKEW_MS_MAX) return [{ verdict: 'good', about, message: `it agrees with that of ${host}.` }]
  const message = `it differs by ${Math.round(skewMs / 1000)} s from that of ${host}.`
  return [{ verdict: 'bad', about, message, next: 'Have it set over the network (NTP).' }]
}
