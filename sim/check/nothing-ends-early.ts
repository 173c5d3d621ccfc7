import { BEGAN_AT, type Statement } from '../trace.ts'
import { believe, placeOf } from './belief.ts'
import type { Checker } from './check.ts'

/**
 * No alert is over by itself before its time: an incident expires only when what its sender said last has run out, by the
 * clock of the machine, and never because nobody was there to be told that it lasts.
 *
 * Of an incident that several failures share nothing is said: it is not one of them that expires.
 */
export const nothingEndsEarly: Checker = (played) => {
  const found: string[] = []
  const owners = ownersOf(played)
  const last = new Map<string, Statement>()
  const said = new Map<string, Statement>()
  let skewMs = 0
  for (const happening of played.happenings) {
    if (happening.kind === 'fault') skewMs += happening.jumpMs ?? 0
    if (happening.kind === 'said') said.set(happening.statement.fingerprint, happening.statement)
    if (happening.kind === 'committed') {
      const statement = said.get(happening.fingerprint)
      if (statement?.status === 'firing') last.set(happening.fingerprint, statement)
    }
    if (happening.kind !== 'ended' || happening.by !== 'expiry') continue
    const { destination = '', key = '' } = happening.decided
    const statement = last.get(owners.get(placeOf(destination, key)) ?? '')
    const now = BEGAN_AT + happening.at + skewMs
    if (statement === undefined || (statement.expiresAt ?? Infinity) <= now) continue
    const leftMs = statement.expiresAt === undefined ? 'for ever' : `${statement.expiresAt - now} ms longer`
    found.push(
      `${key} at ${destination}: was over at ${happening.at} ms, though it was said to last ${leftMs}`,
    )
  }
  return found
}

/** By incident: the fingerprint of the one failure that it is of. */
function ownersOf(played: Parameters<Checker>[0]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { failure, fingerprint, places } of believe(played).values()) {
    if (failure.kind === 'grouped') continue
    for (const place of places.keys()) owners.set(place, fingerprint)
  }
  return owners
}
