import { destinationsOf, kindOf } from '../house-config.ts'
import type { Played } from '../play.ts'
import { believe } from './belief.ts'
import type { Checker } from './check.ts'
import { untold } from './untold.ts'

/**
 * What was accepted is not lost:
 *
 * - whatever a sender was told to be accepted was written down;
 * - a failure goes to the destinations of its route;
 * - in the end, each failure that fires is open at every destination that it went to, and says there what was said last,
 *   also that somebody is on it;
 * - each change that was accepted was recorded at every destination of its route.
 *
 * A failure that came and went before it could be told need not be. What lies folded in a storm is told by the storm's
 * incident. What ends by itself, or was ended by a person, need not be open.
 */
export const nothingLost: Checker = (played) => {
  const found = [...unwritten(played), ...misrouted(played), ...unrecorded(played)]
  if (played.end.toldAt === undefined) return found
  for (const belief of believe(played).values()) found.push(...untold(played, belief))
  return found
}

function unwritten({ happenings }: Played): string[] {
  const found: string[] = []
  const written = new Map<string, number>()
  const accepted = new Map<string, number>()
  for (const happening of happenings) {
    if (happening.kind === 'committed') count(written, happening.fingerprint)
    if (happening.kind !== 'answered' || happening.answer !== 'accepted') continue
    const { statement, at } = happening
    count(accepted, statement.fingerprint)
    if ((accepted.get(statement.fingerprint) ?? 0) > (written.get(statement.fingerprint) ?? 0))
      found.push(`${statement.failure}: "${statement.status}" was accepted at ${at} ms and not written down`)
  }
  return found
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function misrouted({ happenings, failures, configs }: Played): string[] {
  const found: string[] = []
  const said = new Map<string, Extract<Played['happenings'][number], { kind: 'said' }>>()
  const firing = new Set<string>()
  for (const happening of happenings) {
    if (happening.kind === 'said') said.set(happening.statement.fingerprint, happening)
    if (happening.kind !== 'committed') continue
    const { fingerprint, status, decided, at } = happening
    const word = said.get(fingerprint)
    const failure = failures.find(({ name }) => name === word?.statement.failure)
    const config = configs[word?.config ?? 0]
    if (word === undefined || failure === undefined || config === undefined) continue
    if (status === 'firing' && !firing.has(fingerprint)) {
      const wanted = destinationsOf(config, failure.team, word.statement.severity, failure.kind === 'grouped')
      const missing = wanted.filter((name) => !decided.some(({ destination }) => destination === name))
      const isEnded = decided.some(({ reason }) => reason === 'ended-by-person')
      if (missing.length > 0 && !isEnded && word.statement.expiresAt === undefined)
        found.push(`${failure.name}: began at ${at} ms and does not go to ${missing.join(', ')}`)
    }
    if (status === 'firing') firing.add(fingerprint)
    if (status === 'resolved') firing.delete(fingerprint)
  }
  return found
}

function unrecorded({ plan, happenings, end, configs }: Played): string[] {
  if (end.toldAt === undefined) return []
  const lines = configs.at(-1)?.lines ?? new Map<string, number>()
  const recorded = new Set<string>()
  for (const happening of happenings)
    if (happening.kind === 'arrived' && happening.outcome === 'recorded')
      recorded.add(`${happening.line} ${happening.summary}`)
  const found: string[] = []
  for (const happening of happenings) {
    if (happening.kind !== 'change accepted') continue
    for (const destination of happening.destinations) {
      const line = lines.get(destination) ?? -1
      // Rootly knows alerts and no changes.
      if (kindOf(plan, line) !== 'rootly' && !recorded.has(`${line} ${happening.change}`))
        found.push(`${happening.change}: accepted at ${happening.at} ms and never recorded at ${destination}`)
    }
  }
  return found
}
