/** What was decided of each failure, as the trace tells it: which incidents it is part of, and what its sender said last. */
import type { Failure } from '../failure.ts'
import type { Played } from '../play.ts'
import type { Decided, Of, Statement } from '../trace.ts'

/** Reasons by which a failure becomes part of an incident. */
const JOINING: ReadonlySet<string> = new Set(['first-firing', 'firing-again', 'joined', 'came-back', 'muted'])

/** What is believed of one failure. */
export interface Belief {
  readonly failure: Failure
  readonly fingerprint: string
  /** Whether it fires, by the last word of its sender that was written down. */
  isFiring: boolean
  /** What was said last while it fired. */
  content: number
  /** Whether it may end by itself. */
  expires: boolean
  /** Whether what is said of it next may be a beginning, although nobody said that it was over. */
  mayBegin: boolean
  /** Incidents that it is part of, by `placeOf`. Those it was part of before stay, as `over`. */
  readonly places: Map<string, 'open' | 'over'>
  /** Incidents that somebody is on, by the word of its sender or a person, since it became part of them. */
  readonly acknowledged: Set<string>
  /** When it began to fire, each time. */
  readonly beginnings: number[]
}

/** Names an incident. */
export function placeOf(destination: string, key: string): string {
  return `${key} at ${destination}`
}

/** The destination and the key in the name of an incident. */
export function partsOf(place: string): { readonly destination: string; readonly key: string } {
  const mark = place.lastIndexOf(' at ')
  return { key: place.slice(0, mark), destination: place.slice(mark + ' at '.length) }
}

/** Replays the trace up to its end. */
export function believe({ failures, happenings }: Played): ReadonlyMap<string, Belief> {
  const beliefs = new Map<string, Belief>()
  const statements = new Map<string, Statement>()
  for (const happening of happenings) {
    if (happening.kind === 'said') statements.set(happening.statement.fingerprint, happening.statement)
    if (happening.kind === 'committed') {
      const statement = statements.get(happening.fingerprint)
      const failure = failures.find(({ name }) => name === statement?.failure)
      if (statement === undefined || failure === undefined) continue
      const belief = beliefs.get(happening.fingerprint) ?? fresh(failure, happening.fingerprint)
      beliefs.set(happening.fingerprint, belief)
      hear(belief, statement, happening)
    }
    if (happening.kind === 'ended' && happening.by === 'person') hearPerson(beliefs, happening.decided)
  }
  return beliefs
}

function fresh(failure: Failure, fingerprint: string): Belief {
  return {
    failure,
    fingerprint,
    isFiring: false,
    content: 0,
    expires: false,
    mayBegin: true,
    places: new Map(),
    acknowledged: new Set(),
    beginnings: [],
  }
}

/** A sender says one thing at a time, so what is written down of a failure is what was said of it last. */
function hear(belief: Belief, statement: Statement, { at, decided }: Of<'committed'>): void {
  if (statement.status === 'firing') {
    if (!belief.isFiring || belief.expires || belief.mayBegin) belief.beginnings.push(at)
    belief.isFiring = true
    belief.mayBegin = false
    belief.content = statement.content
    belief.expires = statement.expiresAt !== undefined
  } else if (statement.status === 'resolved') {
    belief.isFiring = false
    for (const place of belief.places.keys()) belief.places.set(place, 'over')
  }
  for (const { reason, destination, key } of decided) {
    if (destination === undefined || key === undefined) continue
    const place = placeOf(destination, key)
    if (reason === 'acknowledged') belief.acknowledged.add(place)
    if (!JOINING.has(reason)) continue
    belief.places.set(place, 'open')
    belief.acknowledged.delete(place)
  }
}

function hearPerson(
  beliefs: ReadonlyMap<string, Belief>,
  { reason, destination = '', key = '' }: Decided,
): void {
  const place = placeOf(destination, key)
  for (const belief of beliefs.values()) {
    if (belief.places.get(place) !== 'open') continue
    if (reason === 'acknowledged-by-person') belief.acknowledged.add(place)
    if (reason !== 'resolved-by-person') continue
    belief.places.set(place, 'over')
    // Whatever its source says next of it may be a beginning.
    belief.mayBegin = true
  }
}
