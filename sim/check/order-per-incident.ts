import { contentOf } from '../failure.ts'
import { kindOf } from '../house-config.ts'
import type { Of } from '../trace.ts'
import { believe, partsOf } from './belief.ts'
import type { Checker } from './check.ts'

/**
 * Of each incident, in the order in which events take effect at the destination:
 *
 * - what an incident of one failure says never goes back to what was said before;
 * - after a resolve, a trigger takes effect only when a new failure began after that resolve was claimed: a trigger never
 *   follows a resolve that was decided later;
 * - an acknowledgement finds an incident.
 *
 * At Rootly an alert whose id nobody knows is told once more in order to be ended.
 *
 * By effect: what arrives and does nothing is out of nobody's order. Copies that the network makes of a request have the
 * order of their first.
 */
export const orderPerIncident: Checker = (played) => {
  const { plan, happenings, configs } = played
  const found: string[] = []
  const shared = new Set(
    [...believe(played).values()]
      .filter(({ failure }) => failure.kind === 'grouped')
      .flatMap(({ places }) => Array.from(places.keys(), (place) => partsOf(place).key)),
  )
  const lineOfName = configs.at(-1)?.lines ?? new Map<string, number>()
  const incidents = new Map<string, Seen>()
  const seenOf = (line: number, key: string): Seen => {
    const name = `${line} ${key}`
    const seen = incidents.get(name) ?? { content: 0, resolveClaimedAt: -1, beganAt: -1, endedAt: undefined }
    incidents.set(name, seen)
    return seen
  }
  for (const happening of happenings) {
    if (happening.kind === 'claimed' && happening.action === 'resolve')
      seenOf(lineOfName.get(happening.destination) ?? -1, happening.key ?? '').resolveClaimedAt = happening.at
    if (happening.kind === 'committed')
      for (const { reason, destination = '', key = '' } of happening.decided)
        if (reason === 'first-firing' || reason === 'firing-again' || reason === 'muted')
          seenOf(lineOfName.get(destination) ?? -1, key).beganAt = happening.at
    if (happening.kind === 'arrived' && happening.action !== 'change')
      found.push(
        ...arrive(seenOf(happening.line, happening.key), happening, {
          isShared: shared.has(happening.key),
          opensToEnd: kindOf(plan, happening.line) === 'rootly',
        }),
      )
  }
  return found
}

interface Seen {
  content: number
  resolveClaimedAt: number
  beganAt: number
  endedAt: number | undefined
}

function arrive(
  seen: Seen,
  event: Of<'arrived'>,
  { isShared, opensToEnd }: { readonly isShared: boolean; readonly opensToEnd: boolean },
): string[] {
  const { at, key, line, action, outcome, summary } = event
  const who = `${key} with routing key ${line}`
  if (action === 'acknowledge' && outcome === 'dropped')
    return [`${who}: at ${at} ms nobody knew what was acknowledged`]
  if (outcome === 'resolved') seen.endedAt = at
  if (outcome !== 'opened' && outcome !== 'updated') return []
  const found: string[] = []
  const content = contentOf(summary)
  if (content !== undefined && !isShared) {
    if (content < seen.content)
      found.push(`${who}: at ${at} ms it says ${content} ("${summary}") after ${seen.content}`)
    seen.content = content
  }
  if (!opensToEnd && seen.endedAt !== undefined && seen.beganAt < seen.resolveClaimedAt)
    found.push(
      `${who}: triggered at ${at} ms after its resolve at ${seen.endedAt} ms (claimed at ${seen.resolveClaimedAt} ms), though nothing began after ${seen.beganAt} ms`,
    )
  seen.endedAt = undefined
  return found
}
