import type { Member, Membership, Remembered, Target } from '../../decide/decide.ts'
import { MEMBER_COLUMNS, toIncident, toMember } from '../rows.ts'
import type { Session } from './database.ts'

type Place = Pick<Target, 'destination' | 'key'>

/** What the database holds of some alerts and incidents, as read once. Nothing here is ever changed by a decision. */
export class Recollection {
  readonly incidents: Map<number, Remembered> = new Map()
  /** By fingerprint, then by incident. */
  readonly members: Map<string, Map<number, Member>> = new Map()
  /** By destination and key; undefined: there is none. */
  readonly #ids = new Map<string, number | undefined>()

  add({ incident, member }: Membership): void {
    this.addIncident(incident)
    const known = this.members.get(member.fingerprint)
    if (known === undefined) this.members.set(member.fingerprint, new Map([[incident.id, member]]))
    else known.set(incident.id, member)
  }

  addIncident(incident: Remembered): void {
    this.incidents.set(incident.id, incident)
    this.#ids.set(placeOf(incident), incident.id)
  }

  /** Whether it is known what stands there, be it nothing. */
  knows(place: Place): boolean {
    return this.#ids.has(placeOf(place))
  }

  idAt(place: Place): number | undefined {
    return this.#ids.get(placeOf(place))
  }

  /** Recalls everything that alerts with these fingerprints are part of. */
  async recallAlerts(session: Session, fingerprints: readonly string[]): Promise<void> {
    if (fingerprints.length === 0) return
    const rows = await session.all(
      `select i.*, ${MEMBER_COLUMNS} from alerts a join incidents i on i.id = a.incident_id
       where a.fingerprint = any($1::text[]) order by a.incident_id`,
      [fingerprints],
    )
    for (const row of rows) this.add({ incident: toIncident(row), member: toMember(row) })
  }

  /** Recalls the incidents that stand at these places. */
  async recallPlaces(session: Session, places: readonly Place[]): Promise<void> {
    const asked = new Map(places.map((place) => [placeOf(place), place]))
    const unknown = [...asked.values()].filter((place) => !this.knows(place))
    if (unknown.length === 0) return
    const rows = await session.all(
      `select i.* from unnest($1::text[], $2::text[]) as place (destination, key)
       join incidents i on i.key = place.key and i.destination = place.destination`,
      [unknown.map(({ destination }) => destination), unknown.map(({ key }) => key)],
    )
    for (const place of unknown) this.#ids.set(placeOf(place), undefined)
    for (const row of rows) this.addIncident(toIncident(row))
  }
}

/** One string for one (destination, key). */
export function placeOf({ destination, key }: Place): string {
  return JSON.stringify([destination, key])
}
