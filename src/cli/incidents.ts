import { systemWorld } from '../world/world.ts'
import type { IncidentAnswer } from './answers.ts'
import { GATE_WORDS } from '../server/server.ts'
import { deliverHere } from './deliver-here.ts'
import { deliveryOf } from './deliveries-of.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { findSettings } from './find-settings.ts'
import { placeOf } from './store-place.ts'
import { openApi, withQuery, type ApiOptions } from './open-api.ts'
import { printReport } from './report-text.ts'
import { refuseMissing } from './store-api.ts'
import { ago, table } from './table.ts'
import type { Terminal } from './terminal.ts'

export interface IncidentsOptions extends ApiOptions {
  readonly status?: string
  readonly destination?: string
  readonly limit?: number
}

/** `tocsin incidents`: those that are open, or as asked. */
export async function incidents(options: IncidentsOptions, terminal: Terminal): Promise<ExitCode> {
  const { status, destination, limit, json } = options
  const api = await openApi(options, terminal)
  const answer = await api.ask(
    'GET',
    withQuery('/v1/incidents', { status, destination, limit: limit?.toString() }),
  )
  await api.close()
  if (json === true) {
    terminal.print(`${JSON.stringify(answer)}\n`)
    return EXIT.well
  }
  const { incidents } = answer as { incidents: readonly IncidentAnswer[] }
  const now = systemWorld({ logLevel: 'silent' }).clock.now()
  const headings = ['ID', 'STATUS', 'SEVERITY', 'DESTINATION', 'KEY', 'TOLD', 'SINCE', 'SUMMARY']
  if (incidents.length === 0) terminal.print(status === undefined ? 'No incident is open.\n' : 'None.\n')
  else
    terminal.print(
      table(
        headings,
        incidents.map((incident) => row(incident, now)),
        terminal,
      ),
    )
  return EXIT.well
}

function row(incident: IncidentAnswer, now: number): string[] {
  const { id, status, severity, destination, dedup_key: key, summary } = incident
  return [
    String(id),
    status,
    severity,
    destination,
    key,
    toldSoFar(incident),
    ago(incident.opened_at, now),
    summary,
  ]
}

/** What is known there; where nothing is, and on purpose, why. */
function toldSoFar({ status, told, delivery, gate, muted_by: mute }: IncidentAnswer): string {
  const held = gate === null ? undefined : `held back: ${GATE_WORDS[gate]}`
  const why = status === 'resolved' ? undefined : mute === null ? held : `muted: ${mute}`
  if (why !== undefined && told === 'nothing') return why
  const more = [delivery, why].filter((part) => part !== null && part !== undefined)
  return more.length === 0 ? told : `${told} (${more.join(', ')})`
}

export interface ActOptions extends ApiOptions {
  readonly timeout: string
}

/** `tocsin incidents acknowledge|resolve ID`: as a person does it, whatever the sources say. */
export async function actOnIncident(
  act: 'acknowledge' | 'resolve',
  id: number,
  options: ActOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.url !== undefined) {
    const api = await openApi(options, terminal)
    const answer = await api.ask('POST', `/v1/incidents/${id}/${act}`)
    await api.close()
    const { reason = '', meaning = '' } = answer as { reason?: string; meaning?: string }
    terminal.print(
      options.json === true ? `${JSON.stringify(answer)}\n` : `Incident ${id}: ${meaning} (${reason}).\n`,
    )
    return EXIT.well
  }
  const settings = findSettings(options, terminal)
  refuseMissing(settings.store)
  const { report } = await deliverHere(
    { settings, timeout: options.timeout },
    async (pipeline, { clock }) => {
      const since = clock.now()
      const reason = await pipeline[act](id)
      if (reason === undefined)
        throw new Complaint(EXIT.trouble, `There is no incident ${id} in ${placeOf(settings.store).name}.`)
      const look = async (): Promise<NonNullable<Awaited<ReturnType<typeof deliveryOf>>>[]> => {
        const delivery = await deliveryOf(pipeline.store, id, since)
        return delivery === undefined ? [] : [delivery]
      }
      return { reasons: [reason], look }
    },
  )
  return printReport(report, options.json === true, terminal)
}
