/** What a kind of destination can be told besides that an incident began. It is told nothing else. */
export interface Capabilities {
  /** That an open incident has changed. */
  readonly updates: boolean
  /** That somebody is on it. */
  readonly acknowledges: boolean
  /** That it is over. */
  readonly resolves: boolean
  /** Again, while nobody is on it. */
  readonly reminders: boolean
  /** What belongs to one incident is shown together: under its key, as an edit, or in a thread. */
  readonly threads: boolean
  /** Whether it knows incidents by our key: then it may be told the end of one that we never saw begin. */
  readonly keyed: boolean
  /** Changes, which are no incidents. */
  readonly changes: boolean
  /** Notes on an incident. */
  readonly notes: boolean
}

/** One that can be told everything. */
export const EVERYTHING_TOLD: Capabilities = {
  updates: true,
  acknowledges: true,
  resolves: true,
  reminders: true,
  threads: true,
  keyed: true,
  changes: true,
  notes: true,
}
