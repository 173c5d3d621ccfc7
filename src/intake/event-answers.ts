import type { JsonObject } from '../alert/alert.ts'

/** 202 of POST /v2/enqueue. */
export function eventAccepted(dedupKey: string): JsonObject {
  return { status: 'success', message: 'Event processed', dedup_key: dedupKey }
}

/** 202 of POST /v2/change/enqueue. */
export function changeEventAccepted(): JsonObject {
  return { status: 'success', message: 'Change event processed' }
}

/** 400 of either, for a body that is JSON. */
export function eventRefused(errors: readonly string[]): JsonObject {
  return { status: 'invalid event', message: 'Event object is invalid', errors }
}

/** 400 of either, for a body that is no JSON. */
export function eventUnreadable(): JsonObject {
  return {
    status: 'Unrecognized object',
    message: 'Event object format is unrecognized',
    errors: ['JSON parse error'],
  }
}
