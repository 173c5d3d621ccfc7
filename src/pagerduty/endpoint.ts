import { PagerDutyError } from './errors.ts'

/** Where the account lives; a routing key of one region is unknown in the other. */
export type Region = 'us' | 'eu'

/** https://support.pagerduty.com/main/docs/safelist-ips names both hosts. */
const REGION_BASES: Readonly<Record<Region, string>> = {
  us: 'https://events.pagerduty.com',
  eu: 'https://events.eu.pagerduty.com',
}

export interface Endpoint {
  /** Where alert events go. */
  readonly alertUrl: string
  /** Where change events go. */
  readonly changeUrl: string
  /** Whether PagerDuty itself stands there, whose keys have a known form. */
  readonly isPagerDuty: boolean
}

/** The addresses to send to. Throws `invalid-options` for a url that cannot be one, or that would carry the key in the clear. */
export function endpointOf(region: Region, url: string | undefined): Endpoint {
  if (!Object.hasOwn(REGION_BASES, region)) {
    throw invalid(`The PagerDuty region is "${region}"; expected us or eu, or give a url.`)
  }
  const base = url === undefined ? REGION_BASES[region] : baseOf(url)
  return {
    alertUrl: `${base}/v2/enqueue`,
    changeUrl: `${base}/v2/change/enqueue`,
    isPagerDuty: /(?:^|\.)pagerduty\.com$/.test(new URL(base).hostname),
  }
}

const EXPECTED = 'expected a base such as https://events.pagerduty.com or http://127.0.0.1:8351'

/** The url as it is never quoted: it may hold a password. */
function baseOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw invalid(`The PagerDuty url is not an http(s) address; ${EXPECTED}.`)
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw invalid(
      'The PagerDuty url holds a user name or password; the Events API takes none: leave them out.',
    )
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw invalid(`The PagerDuty url has a query or a fragment; ${EXPECTED}.`)
  }
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname)) {
    const host = `http to ${parsed.hostname} would show the routing key to everybody on the way`
    throw invalid(`The PagerDuty url is not encrypted: ${host}; use https (http is for this machine only).`)
  }
  // The address of the endpoint itself is what many set-ups hold in this place.
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/v2(?:\/change)?\/enqueue$/, '')
  return parsed.origin + path
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

function invalid(message: string): PagerDutyError {
  return new PagerDutyError('invalid-options', message)
}
