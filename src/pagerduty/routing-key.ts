import type { Rejected, Retry } from './outcome.ts'

/** The key itself, or what gives it: called again at each send, so that a key can rotate without a restart. */
export type RoutingKey = string | (() => string)

type KeyReading = { readonly key: string } | { readonly key?: undefined; readonly outcome: Rejected | Retry }

/** "Length of 'routing_key' is incorrect (should be 32 characters)", "cannot contain non-alphanumeric characters". */
const PAGERDUTY_KEY = /^[0-9A-Za-z]{32}$/
const KEY_CHARACTERS = 32

/** Reads the key for one send; space around it goes, because a key from a file ends in a line break. */
export function readRoutingKey(source: RoutingKey, isPagerDuty: boolean): KeyReading {
  let key: string
  try {
    key = (typeof source === 'function' ? source() : source).trim()
  } catch (error) {
    return { outcome: unreadable(error) }
  }
  if (key !== '' && !isPagerDuty) return { key }
  return PAGERDUTY_KEY.test(key) ? { key } : { outcome: malformed(key) }
}

/** Not known to be wrong: a secret that is just being replaced can be read a moment later. */
function unreadable(error: unknown): Retry {
  // A system error's code is safe to show; its message, or a code of another kind, may hold the key.
  const given = error instanceof Error && 'code' in error ? error.code : undefined
  const code = typeof given === 'string' && /^[A-Z_]{1,30}$/.test(given) ? given : 'its source failed'
  return {
    kind: 'retry',
    reason: 'connection',
    maybeAccepted: false,
    message: `The routing key could not be read (${code}). The event was not sent; see that its source can be read.`,
  }
}

function malformed(key: string): Rejected {
  const characters = key.length === KEY_CHARACTERS ? 'has other characters' : `has ${key.length} characters`
  const seen = key === '' ? 'is blank' : characters
  const complaint = `the routing key ${seen}; PagerDuty's have ${KEY_CHARACTERS} letters and digits`
  const next = 'Take the integration key of an Events API v2 integration (a REST API key is another thing).'
  return {
    kind: 'rejected',
    reason: 'invalid-routing-key',
    message: `The event was not sent: ${complaint}. ${next}`,
    messages: [complaint],
  }
}
