import type { Alert } from '../alert/alert.ts'
import type { Opening } from './decision.ts'
import type { Remembered } from './incident.ts'

/** The open incidents that an alert names by the key its sender chose, at the destinations it would go to. */
export function openIncidentsNamed(alert: Alert, openings: readonly Opening[]): readonly Remembered[] {
  return openings.flatMap(({ incident }) =>
    incident !== undefined && incident.status !== 'resolved' && incident.key === alert.dedupKey
      ? [incident]
      : [],
  )
}
