/** The Events API: what arrives is checked and counted at once; what it does may wait for a fault. */
import { replyJson, replyJsonText, type Answer, type EmulatorRequest, type Reply } from './answer.ts'
import { checkAlertEvent, checkChangeEvent, type AlertEvent, type Checked } from './event-check.ts'
import { describeFaults, strikes, type Faults } from './faults.ts'
import { applyEvent } from './incidents.ts'
import { record, type JournalEntry } from './journal.ts'
import { admit } from './rate-window.ts'
import { limitOf, type EmulatorState } from './state.ts'

export const ALERTS_PATH = '/v2/enqueue'
export const CHANGES_PATH = '/v2/change/enqueue'

const CHANGE_ACCEPTED: Reply = replyJson(202, { status: 'success', message: 'Change event processed' })

/** What is decided when the event arrives: it may go in, or what is answered instead and why. */
type Verdict =
  | { readonly ok: true; readonly key: string; readonly event: AlertEvent }
  | { readonly ok: false; readonly reply: Reply; readonly outcome: 'refused' | 'limited' }

/** Takes a POST to one of the two endpoints. */
export function ingest(
  state: EmulatorState,
  endpoint: string,
  request: EmulatorRequest,
  now: number,
): Answer {
  const checked =
    endpoint === ALERTS_PATH ? checkAlertEvent(request, state.keys) : checkChangeEvent(request, state.keys)
  const body = 'unreadable' in checked ? '' : request.body
  const entry = record(state.journal, now, endpoint, checked.key, body)
  const { faults } = state
  if (!strikes(faults, state.options.random)) return settle(state, judge(state, checked, now), entry, now)
  entry.fault = describeFaults(faults).join(', ')
  // Only what is going to be processed counts against the limit, and it counts from its arrival.
  const verdict = isStopped(faults) ? undefined : judge(state, checked, now)
  const finish = (at: number) => suffer(state, faults, verdict, entry, at)
  return faults.delay_ms === undefined
    ? finish(now)
    : { kind: 'delayed', delayMs: faults.delay_ms, resume: finish }
}

/** Whether the faults keep the event from being processed. */
function isStopped(faults: Faults): boolean {
  return faults.hang === true || faults.cut === 'before' || faults.status !== undefined
}

function suffer(
  state: EmulatorState,
  faults: Faults,
  verdict: Verdict | undefined,
  entry: JournalEntry,
  now: number,
): Exclude<Answer, { kind: 'delayed' }> {
  if (verdict !== undefined) {
    const reply = settle(state, verdict, entry, now)
    if (faults.cut !== 'after') return reply
    entry.status = undefined
    entry.answer = undefined
    return { kind: 'cut' }
  }
  entry.outcome = 'fault'
  if (faults.hang === true) return { kind: 'hang' }
  if (faults.cut === 'before') return { kind: 'cut' }
  return answered(entry, faultReply(faults.status ?? 500, faults.retry_after))
}

function judge(state: EmulatorState, checked: Checked, now: number): Verdict {
  // Whether refused events count against the limit is not documented; here they do not.
  if (!checked.ok) return { ok: false, reply: checked.refusal, outcome: 'refused' }
  if (admit(state.windows, checked.key, limitOf(state), now)) return checked
  return { ok: false, reply: faultReply(429, state.faults.retry_after), outcome: 'limited' }
}

function settle(state: EmulatorState, verdict: Verdict, entry: JournalEntry, now: number): Reply {
  if (!verdict.ok) {
    entry.outcome = verdict.outcome
    return answered(entry, verdict.reply)
  }
  const { key, event } = verdict
  const dedupKey = event.action === 'change' ? '' : (event.dedupKey ?? state.options.id())
  const { effect, incident } = applyEvent(state.incidents, key, dedupKey, event, now)
  entry.outcome = effect
  entry.incidentId = incident?.id
  if (event.action === 'change') return answered(entry, CHANGE_ACCEPTED)
  entry.dedupKey = dedupKey
  const body = `{"status":"success","message":"Event processed","dedup_key":${JSON.stringify(dedupKey)}}`
  return answered(entry, replyJsonText(202, body))
}

function answered(entry: JournalEntry, reply: Reply): Reply {
  entry.status = reply.status
  entry.answer = reply.body
  return reply
}

/**
 * PagerDuty documents the codes and what to do about them, and for 429 that the response "will say `429 - Request Limit
 * Exceeded`", but no bodies: https://developer.pagerduty.com/docs/rate-limits. These are plausible ones.
 */
function faultReply(status: number, retryAfter: number | undefined): Reply {
  const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) }
  if (status === 429)
    return replyJson(429, { status: 'throttle exceeded', message: '429 - Request Limit Exceeded' }, headers)
  if (status === 204 || status === 304) return replyJsonText(status, '', headers)
  const word = status < 300 ? 'success' : status < 500 ? 'invalid event' : 'error'
  return replyJson(status, { status: word, message: `A fault ordered this answer (${status})` }, headers)
}
