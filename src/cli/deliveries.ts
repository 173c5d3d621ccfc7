import { systemWorld } from '../world/world.ts'
import type { DeliveryAnswer } from './answers.ts'
import { Complaint } from './complaint.ts'
import { deliverHere } from './deliver-here.ts'
import { deliveryById } from './deliveries-of.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { findSettings } from './find-settings.ts'
import { placeOf } from './store-place.ts'
import type { ActOptions } from './incidents.ts'
import { openApi, withQuery, type ApiOptions } from './open-api.ts'
import { printReport } from './report-text.ts'
import { refuseMissing } from './store-api.ts'
import { ago, table } from './table.ts'
import type { Terminal } from './terminal.ts'

export interface DeliveriesOptions extends ApiOptions {
  readonly state?: string
  readonly destination?: string
  readonly limit?: number
}

/** `tocsin deliveries`: what was told, what waits, what was refused. */
export async function deliveries(options: DeliveriesOptions, terminal: Terminal): Promise<ExitCode> {
  const { state, destination, limit, json } = options
  const api = await openApi(options, terminal)
  const answer = await api.ask(
    'GET',
    withQuery('/v1/deliveries', { state, destination, limit: limit?.toString() }),
  )
  await api.close()
  if (json === true) {
    terminal.print(`${JSON.stringify(answer)}\n`)
    return EXIT.well
  }
  const { deliveries } = answer as { deliveries: readonly DeliveryAnswer[] }
  const now = systemWorld({ logLevel: 'silent' }).clock.now()
  if (deliveries.length === 0) terminal.print('None.\n')
  else
    terminal.print(
      table(
        HEADINGS,
        deliveries.map((delivery) => row(delivery, now)),
        terminal,
      ),
    )
  return EXIT.well
}

const HEADINGS = ['ID', 'STATE', 'ACTION', 'DESTINATION', 'KEY', 'ATTEMPTS', 'AGE', 'OUTCOME']

function row(delivery: DeliveryAnswer, now: number): string[] {
  const { id, state, action, destination, dedup_key: key, summary, attempts, outcome } = delivery
  const age = ago(delivery.created_at, now)
  return [
    String(id),
    state,
    action ?? '-',
    destination,
    key ?? summary,
    String(attempts),
    age,
    outcome ?? '-',
  ]
}

/** `tocsin deliveries retry ID`: one that is dead, once more. */
export async function retryDelivery(id: number, options: ActOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.url !== undefined) {
    const api = await openApi(options, terminal)
    const answer = await api.ask('POST', `/v1/deliveries/${id}/retry`)
    await api.close()
    terminal.print(options.json === true ? `${JSON.stringify(answer)}\n` : `Delivery ${id} is tried again.\n`)
    return EXIT.well
  }
  const settings = findSettings(options, terminal)
  refuseMissing(settings.store)
  const { report } = await deliverHere({ settings, timeout: options.timeout }, async (pipeline) => {
    if (!(await pipeline.retry(id))) {
      const where = placeOf(settings.store).name
      throw new Complaint(
        EXIT.trouble,
        `There is no dead delivery ${id} in ${where} that could be tried again.`,
      )
    }
    return {
      reasons: [],
      look: async () => [await deliveryById(pipeline.store, id)].filter((delivery) => delivery !== undefined),
    }
  })
  return printReport(report, options.json === true, terminal)
}
