import { parseSeverity, type Item, type JsonObject } from '../alert/alert.ts'
import type { Settings } from '../config/config.ts'
import { DEFAULT_LIMITS, own, type Problem } from '../intake/intake.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { World } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { deliverHere, type Asked, type DeliverOptions } from './deliver-here.ts'
import { deliveriesOfAlert, deliveryById, messagesOf } from './deliveries-of.ts'
import { EXIT } from './exit-code.ts'
import type { Report } from './report.ts'

export interface SentHere {
  readonly item: Item
  readonly report: Report
}

/** Takes one event into the store and delivers it from here. */
export async function sendHere(body: JsonObject, options: DeliverOptions): Promise<SentHere> {
  const { report, asked } = await deliverHere(options, (pipeline, world) =>
    accept(body, options.settings, pipeline, world),
  )
  return { item: asked.item, report }
}

async function accept(
  body: JsonObject,
  settings: Settings,
  pipeline: Pipeline,
  world: World,
): Promise<Asked & { item: Item }> {
  const { store } = pipeline
  const now = world.clock.now()
  const item = read(body, settings, now)
  const [latest] = await store.deliveries({ limit: 1 })
  const [accepted] = await pipeline.accept([item])
  const reasons = accepted?.reasons ?? []
  if (item.kind === 'alert') return { item, reasons, look: () => deliveriesOfAlert(store, item.alert, now) }
  const ids = await messagesOf(store, 'change', item.change.summary, latest?.id ?? 0)
  const look: Asked['look'] = async () => {
    const deliveries = await Promise.all(ids.map((id) => deliveryById(store, id)))
    return deliveries.filter((delivery) => delivery !== undefined)
  }
  return { item, reasons, look }
}

function read(body: JsonObject, { severityWords, resolveTimeoutMs }: Settings, now: number): Item {
  const parsed = own.parse(body, {
    source: 'cli',
    now,
    resolveTimeoutMs,
    severity: (word) =>
      word === undefined ? undefined : (severityWords.get(word.trim().toLowerCase()) ?? parseSeverity(word)),
    limits: DEFAULT_LIMITS,
  })
  if (!parsed.ok) throw badEvent(parsed.problems)
  const [item] = parsed.items
  if (item === undefined) throw new Complaint(EXIT.usage, 'There is no event in what was typed.')
  return item
}

/** What is wrong with an event that was typed. */
export function badEvent(problems: readonly Problem[]): Complaint {
  const lines = problems.map(({ path, message }) => `  ${path === '' ? message : `${path}: ${message}`}`)
  return new Complaint(EXIT.usage, ['Nothing was taken:', ...lines].join('\n'))
}
