import type { Incident } from './incident.ts'

/**
 * An incident that a destination has been told of, to be told there anew so that it pages: what it knows ends first. What it
 * has not heard of stays as it is.
 */
export function toldAnew(incident: Incident): Incident {
  const { told } = incident
  if (told.status === 'nothing' || told.status === 'perhaps-nothing' || told.status === 'resolved')
    return incident
  return { ...incident, status: 'triggered', told: { ...told, status: 'outdated' } }
}
