import type { Effect } from './incidents.ts'

/** What became of a request: what the event did, or why it did nothing. `waiting`: a fault still holds it. */
export type Outcome = Effect | 'refused' | 'limited' | 'fault' | 'waiting'

/** One request to the Events API, as it is kept. */
export interface JournalEntry {
  readonly number: number
  readonly at: number
  readonly endpoint: string
  /** The whole key, as sent. It must not leave the emulator. */
  readonly key: string
  /** The body as sent, or '' if it was no JSON object: parsing it again when somebody looks costs less memory than keeping what it parsed to. */
  readonly body: string
  /** Undefined while it waits, and for a request that was never answered. */
  status: number | undefined
  answer: string | undefined
  outcome: Outcome
  /** Which fault hit it, in words. */
  fault: string | undefined
  /** The sent key, or the one made for it. */
  dedupKey: string | undefined
  incidentId: string | undefined
}

/** The latest requests, oldest first from `head`. */
export interface Journal {
  entries: (JournalEntry | undefined)[]
  head: number
  bodyLength: number
  number: number
}

const ENTRIES_MAX = 200_000

/** Bounds the memory when bodies are large: up to 512 KB each. */
const BODY_LENGTH_MAX = 256 * 1024 * 1024

export function makeJournal(): Journal {
  return { entries: [], head: 0, bodyLength: 0, number: 0 }
}

export function record(
  journal: Journal,
  at: number,
  endpoint: string,
  key: string,
  body: string,
): JournalEntry {
  const entry: JournalEntry = {
    number: ++journal.number,
    at,
    endpoint,
    key,
    body,
    status: undefined,
    answer: undefined,
    outcome: 'waiting',
    fault: undefined,
    dedupKey: undefined,
    incidentId: undefined,
  }
  journal.entries.push(entry)
  journal.bodyLength += body.length
  while (journal.entries.length - journal.head > ENTRIES_MAX || journal.bodyLength > BODY_LENGTH_MAX)
    forgetOldest(journal)
  return entry
}

function forgetOldest(journal: Journal): void {
  journal.bodyLength -= journal.entries[journal.head]?.body.length ?? 0
  journal.entries[journal.head++] = undefined
  if (journal.head < ENTRIES_MAX / 4) return
  journal.entries = journal.entries.slice(journal.head)
  journal.head = 0
}

/** The kept requests, oldest first, without the first `skip`. */
export function* kept(journal: Journal, skip = 0): Generator<JournalEntry> {
  for (let index = journal.head + skip; index < journal.entries.length; index++) {
    const entry = journal.entries[index]
    if (entry !== undefined) yield entry
  }
}

export function keptCount(journal: Journal): number {
  return journal.entries.length - journal.head
}
