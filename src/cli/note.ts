import { noNotes } from '../server/server.ts'
import { deliverHere } from './deliver-here.ts'
import { Complaint } from './complaint.ts'
import { deliveryById, messagesOf } from './deliveries-of.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { findSettings } from './find-settings.ts'
import type { ActOptions } from './incidents.ts'
import { openApi } from './open-api.ts'
import { printReport } from './report-text.ts'
import { refuseMissing } from './store-api.ts'
import { placeOf } from './store-place.ts'
import type { Terminal } from './terminal.ts'
import type { Delivery } from '../store/store.ts'

/** `tocsin note ID TEXT`: a remark for those who look at an incident where it was told. */
export async function note(
  id: number,
  text: string,
  options: ActOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (text.trim() === '') throw new Complaint(EXIT.usage, 'There is no text to note.')
  if (options.url !== undefined) {
    const api = await openApi(options, terminal)
    const answer = await api.ask('POST', `/v1/incidents/${id}/notes`, { text })
    await api.close()
    terminal.print(options.json === true ? `${JSON.stringify(answer)}\n` : `Noted on incident ${id}.\n`)
    return EXIT.well
  }
  const settings = findSettings(options, terminal)
  refuseMissing(settings.store)
  const { name } = placeOf(settings.store)
  const { report } = await deliverHere({ settings, timeout: options.timeout }, async (pipeline) => {
    const { store } = pipeline
    const [latest] = await store.deliveries({ limit: 1 })
    const noted = await pipeline.note(id, text.trim())
    if (noted === undefined) throw new Complaint(EXIT.trouble, `There is no incident ${id} in ${name}.`)
    if (noted === 'no-notes') {
      const view = await store.incident(id)
      throw new Complaint(EXIT.trouble, noNotes(id, view?.incident.destination ?? '', settings))
    }
    const ids = await messagesOf(store, 'note', text.trim(), latest?.id ?? 0)
    const look = async (): Promise<readonly Delivery[]> => {
      const deliveries = await Promise.all(ids.map((id) => deliveryById(store, id)))
      return deliveries.filter((delivery) => delivery !== undefined)
    }
    return { reasons: [], look }
  })
  return printReport(report, options.json === true, terminal)
}
