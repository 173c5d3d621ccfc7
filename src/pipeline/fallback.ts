import { ownFingerprint, type Alert, type Item } from '../alert/alert.ts'
import type { IncidentView } from '../store/store.ts'

/** Keys of incidents that stand in for one that its own destination cannot be told of. */
export const FALLBACK_KEY = 'fallback:'

/** The alert that tells a fallback of an incident in place of its own destination. */
export function handedOver({ incident, lead }: IncidentView, to: string, afterMs: number): Item {
  const { destination, severity, openedAt } = incident
  const { classification: _classification, expiresAt: _expiresAt, endsAt: _endsAt, ...shown } = lead
  const why = `Told here because "${destination}" could not be told of it within ${Math.round(afterMs / 1_000)} s.`
  const description = lead.annotations['description']
  const alert: Alert = {
    ...shown,
    ...identity(incident.id, destination, to),
    // What a person ends there stays ended until the failure begins anew.
    startsAt: openedAt,
    status: 'firing',
    severity,
    summary: `[for ${destination}] ${lead.summary}`,
    annotations: {
      ...lead.annotations,
      description: description === undefined ? why : `${why} ${description}`,
    },
  }
  return { kind: 'alert', alert }
}

/** The end of an incident that stood in for another: that one has been heard of where it belongs, or is over. */
export function takenBack({ incident, lead }: IncidentView): Item {
  return {
    kind: 'alert',
    alert: {
      ...lead,
      source: 'tocsin',
      fingerprint: ownFingerprint(incident.key, incident.destination),
      dedupKey: incident.key,
      to: incident.destination,
      status: 'resolved',
    },
  }
}

/** What those who look at the incident where it belongs should know: who had it meanwhile. */
export function standInNote({ incident }: IncidentView): { incidentId: number; text: string; once: string } {
  const { key, destination, openedAt, status } = incident
  const since = new Date(openedAt).toISOString()
  const who = status === 'acknowledged' ? ', where somebody acknowledged it' : ''
  return {
    incidentId: Number.parseInt(key.slice(FALLBACK_KEY.length), 10),
    text: `This could not be told here at first: since ${since} "${destination}" was told in its place${who}.`,
    once: `${key}:${openedAt}`,
  }
}

function identity(
  incidentId: number,
  from: string,
  to: string,
): Pick<Alert, 'source' | 'fingerprint' | 'dedupKey' | 'to'> {
  const dedupKey = `${FALLBACK_KEY}${incidentId}:${from}`
  return { source: 'tocsin', dedupKey, to, fingerprint: ownFingerprint(dedupKey, to) }
}
