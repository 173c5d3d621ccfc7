import { readFileSync } from 'node:fs'
import { PagerDutyError } from './errors.ts'

let known: string | undefined

/** `tocsin/<version>`; without the version where our package.json is out of reach, as in a bundle. Read once. */
export function defaultUserAgent(): string {
  known ??= versioned()
  return known
}

function versioned(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown }
    return name === 'tocsin' && typeof version === 'string' ? `tocsin/${version}` : 'tocsin'
  } catch {
    return 'tocsin'
  }
}

/** Throws `invalid-options` for a text that cannot stand in a header, here rather than at each send. */
export function checkedUserAgent(userAgent: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(userAgent)) return userAgent
  throw new PagerDutyError(
    'invalid-options',
    'The userAgent is blank or holds more than printable ASCII characters.',
  )
}
