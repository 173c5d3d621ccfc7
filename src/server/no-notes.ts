import type { Settings } from '../config/config.ts'

/** Why an incident takes no notes, and what would change that, in the words of the config. */
export function noNotes(incidentId: number, destination: string, { destinations }: Settings): string {
  const type = destinations.find(({ name }) => name === destination)?.type
  return `Incident ${incidentId} is told to "${destination}", where no notes are taken. ${wayOut(type, `destinations.${destination}`)}`
}

function wayOut(type: Settings['destinations'][number]['type'] | undefined, place: string): string {
  switch (type) {
    case 'pagerduty':
      return `Give ${place} api_token, a REST API key, and from, the user whose notes they are: PagerDuty takes notes by these.`
    case 'slack':
      return `Give ${place} token and channel in place of webhook_url: Slack takes notes from a bot.`
    case 'rootly':
    case 'mir3':
      return `A destination of type ${type} has no place for them: add the note there by hand.`
    case 'webhook':
    case 'email':
    case undefined:
      return `Look at ${place}.`
    default:
      return type satisfies never
  }
}
