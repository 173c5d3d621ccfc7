/**
 * Why something was decided, in one word each. The same word stands in the ledger, the log, the metric
 * `tocsin_decisions_total{reason}`, the answer of /v1/explain and the name of the test.
 */
export const REASONS = {
  'first-firing': 'a failure that was not known: an incident was opened',
  'firing-again': 'the failure came back after its incident was over: it was opened anew',
  joined: 'another alert of an open incident began to fire',
  'severity-raised': 'a firing alert became worse',
  'severity-lowered': 'a firing alert became milder',
  updated: 'what is told of a firing alert changed',
  refreshed: 'details changed that are no update; they go out with the next event',
  unchanged: 'a repeat that says nothing new',
  'came-back': 'the failure came back while its end was on hold: nothing is told',
  acknowledged: 'its source says that somebody is on it',
  resolved: 'its source says that it is over',
  expired: 'it was not refreshed in time, so it is over',
  'one-of-several-resolved': 'one alert of an incident is over, others still fire',
  'left-to-people': 'its source says that it is over; at this destination people close the incidents',
  'already-resolved': 'it was over already',
  'resolved-unseen':
    'what we never saw fire is over, by its source or by the day in its key: told, in case somebody else opened it',
  'told-again':
    'its source does not remember what it said: what we know is told again, in case something else was told since',
  'acknowledged-unseen': 'an acknowledgement of something we do not know, as PagerDuty ignores it too',
  'never-told': 'it was over before anything was told: there is nothing to tell',
  'ended-by-person': 'a person resolved this very failure by hand; it stays resolved until it begins anew',
  'acknowledged-by-person': 'a person acknowledged it through us',
  'resolved-by-person': 'a person resolved it through us',
  'sent-once': 'a message that is no state: told once',
  'below-threshold':
    'a number of it is not as large as its route or its destination asks, or no more: kept, and not told',
  'too-few': 'fewer alerts of its incident fire than its route asks: kept, and not told yet',
  'no-trend': 'a number of it does not grow as its route asks: kept, and not told yet',
  'perhaps-told':
    'it is below a threshold, and its source does not remember whether it was told: left as it may stand until its end',
  'threshold-reached': 'what its route or its destination asks is so now: it is told',
  muted:
    'a silence, an inhibition or the time keeps it from being told: kept, and its end is told all the same',
  unmuted: 'nothing mutes it any more',
  turned:
    'its dedup key names another day now: the incident of the day before ends, and goes on under the new key',
  unrouted: 'no route matches it',
  'routed-nowhere': 'its route drops it on purpose',
} as const

export type Reason = keyof typeof REASONS
