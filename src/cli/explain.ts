import { GATE_WORDS } from '../server/server.ts'
import { systemWorld } from '../world/world.ts'
import type { LedgerAnswer, StoryAnswer } from './answers.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { openApi, withQuery, type ApiOptions } from './open-api.ts'
import { plain, type Terminal } from './terminal.ts'

export interface ExplainOptions extends ApiOptions {
  readonly incident?: number
  readonly fingerprint?: string
}

/** `tocsin explain`: why somebody was told, or was not. */
export async function explain(
  key: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { incident, fingerprint } = options
  if (key === undefined && incident === undefined && fingerprint === undefined)
    throw new Complaint(EXIT.usage, 'Name what to explain: KEY, --incident ID or --fingerprint FINGERPRINT.')
  const api = await openApi(options, terminal)
  const answer = await api.ask(
    'GET',
    withQuery('/v1/explain', { key, incident: incident?.toString(), fingerprint }),
  )
  await api.close()
  if (options.json === true) terminal.print(`${JSON.stringify(answer)}\n`)
  else terminal.print(story(answer as Explanation, systemWorld({ logLevel: 'silent' }).clock.now()))
  return EXIT.well
}

interface Explanation {
  readonly incidents: readonly StoryAnswer[]
  readonly without_incident: readonly LedgerAnswer[]
}

function story({ incidents, without_incident: stray }: Explanation, now: number): string {
  const parts = incidents.map((incident) => ofIncident(incident, now))
  if (stray.length > 0) parts.push(['Without an incident:', ...stray.map(entry)].join('\n'))
  return `${parts.join('\n\n')}\n`
}

function ofIncident(incident: StoryAnswer, now: number): string {
  const { id, destination, status, severity, summary, route, told, delivery, timeline } = incident
  const trouble = delivery === null ? '' : `, and a delivery is ${delivery}`
  return [
    `Incident ${id} at ${destination}: ${status}, ${severity}`,
    `  ${plain(summary)}`,
    `  Key ${plain(incident.dedup_key)}, by ${plain(route)}; ${destination} knows: ${told}${trouble}.`,
    ...keptBack(incident, now).map((line) => `  ${line}`),
    ...timeline.map(entry),
  ].join('\n')
}

/** What is not told on purpose, and until when. */
function keptBack({ status, gate, muted_by: mute, deliveries }: StoryAnswer, now: number): readonly string[] {
  const held = deliveries.filter(
    ({ state, lane, attempts, due_at: due }) =>
      state === 'waiting' && lane !== 'folded' && attempts === 0 && Date.parse(due) > now,
  )
  return [
    ...(status === 'resolved' || mute === null ? [] : [`Muted: ${plain(mute)}.`]),
    ...(status === 'resolved' || gate === null ? [] : [`Held back: ${GATE_WORDS[gate]}.`]),
    ...held.map(({ lane, due_at: due }) =>
      // An update waits for a time only to be said again.
      lane === 'update'
        ? `Told again at ${due}, as its route asks.`
        : `Held until ${due}, as its route asks.`,
    ),
  ]
}

function entry({ at, kind, reason, detail, meaning }: LedgerAnswer): string {
  const said = [meaning, detail]
    .filter((part) => part !== null && part !== '')
    .map((part) => plain(part ?? ''))
  return `  ${at}  ${kind.padEnd(7)}  ${reason.padEnd(14)}  ${said.join('; ')}`
}
