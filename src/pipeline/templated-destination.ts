import type { Destination, Telling } from '../destinations/destinations.ts'
import { tellWithTexts, type RouteTexts } from '../templates/templates.ts'
import type { Log } from '../world/world.ts'
import type { Notify } from './notice.ts'

/** By name of the route. */
export type Texts = ReadonlyMap<string, RouteTexts>

/**
 * The destination, told what each incident's route wants shown. A template that fails costs nobody a page: the built-in text
 * goes out in its place, the outcome says so, and so does the log, once.
 */
export function templatedDestination(
  destination: Destination,
  texts: Texts,
  { log }: { readonly log: Log },
  onNotice: Notify,
): Destination {
  const { name, type, capabilities, sendMsMax, rate } = destination
  const complained = new Set<string>()
  const complain = (route: string, template: string): void => {
    onNotice({ kind: 'template-failed', route, template })
    const about = `${route} ${template}`
    if (complained.has(about)) return
    complained.add(about)
    log.warn('template fails: the built-in text is told', { destination: name, route, template })
  }
  const tell = async (told: Telling): ReturnType<Destination['tell']> => {
    if (!('incident' in told)) return destination.tell(told)
    const { route } = told.incident
    const { telling, failed } = tellWithTexts(told, texts.get(route))
    for (const template of failed) complain(route, template)
    const outcome = await destination.tell(telling)
    if (outcome.kind !== 'accepted' || failed.length === 0) return outcome
    const notes = failed.map((template) => `the template for ${template} failed; the built-in text was sent`)
    return { ...outcome, notes: [...(outcome.notes ?? []), ...notes] }
  }
  return {
    name,
    type,
    capabilities,
    sendMsMax,
    ...(rate === undefined ? {} : { rate }),
    tell,
    close: () => destination.close(),
  }
}
