import type { Shown } from '../places/places.ts'
import type { Played } from '../play.ts'
import { partsOf, type Belief } from './belief.ts'

/** What a failure that fires lacks in the end, at the destinations that it went to. */
export function untold(played: Played, belief: Belief): readonly string[] {
  const { end, configs } = played
  if (!belief.isFiring || belief.expires) return []
  const lines = configs.at(-1)?.lines ?? new Map<string, number>()
  const open = [...belief.places].filter(([, state]) => state === 'open').map(([place]) => place)
  return open.flatMap((place) => {
    const { destination, key } = partsOf(place)
    const line = lines.get(destination)
    const isFolded = end.waiting.some(
      (row) => row.lane === 'folded' && row.key === key && row.destination === destination,
    )
    const shownKey = isFolded ? `tocsin-storm:${destination}` : key
    const shown = end.shown.find((incident) => isOpenAt(incident, line, shownKey))
    if (isFolded && shown === undefined && isEndedByPerson(played, destination, shownKey)) return []
    if (shown === undefined)
      return [`${belief.failure.name}: fires, and ${shownKey} is not open at ${destination}`]
    return isFolded ? [] : misshown(belief, shown, place)
  })
}

/** A person who ends a storm knows what it stood for; it is told again when something new folds. */
function isEndedByPerson({ happenings }: Played, destination: string, key: string): boolean {
  const last = happenings.findLast(
    (one) => one.kind === 'committed' && one.fingerprint === `own:${destination}:${key}`,
  )
  return last?.kind === 'committed' && last.decided.some(({ reason }) => reason === 'ended-by-person')
}

function isOpenAt(incident: Shown, line: number | undefined, key: string): boolean {
  return incident.key === key && incident.status !== 'resolved' && incident.line === line
}

/** Of an incident that several failures share, any of them may be what is shown. */
function misshown(
  { failure, content, acknowledged }: Belief,
  { summary, status }: Shown,
  place: string,
): string[] {
  const found: string[] = []
  const said = String(content).padStart(4, '0')
  if (failure.kind !== 'grouped' && !summary.startsWith(said))
    found.push(`${failure.name}: says ${said}, and ${place} shows "${summary}"`)
  if (acknowledged.has(place) && status !== 'acknowledged')
    found.push(`${failure.name}: somebody is on it, and ${place} shows it ${status}`)
  return found
}
