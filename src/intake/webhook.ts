import type { Item } from '../alert/alert.ts'
import type { IntakeContext, Parsed } from './format.ts'
import { isObject } from './json.ts'
import { makeLabelItem, readLabelAlert, type Standing } from './label-alert.ts'
import { noProblems, refuse, refuseFor, report, seen, within, type Problems } from './problems.ts'

/** What a format finds in an alert of a webhook beyond the fields that all have. */
export type Extras = Pick<Standing, 'links' | 'images' | 'details'>

const NO_EXTRAS: Extras = {}

/**
 * The body that Alertmanager's webhook receiver takes and Grafana has extended. Each of its alerts is an item of its own:
 * grouping is ours to do, so the group's own fields (`groupKey`, `commonLabels`, `truncatedAlerts` …) are not kept. They
 * change with the alert's neighbours, and would make an update of every repeat.
 */
export function parseWebhook(
  body: unknown,
  context: IntakeContext,
  extrasOf: (value: Readonly<Record<string, unknown>>, index: number, problems: Problems) => Extras = () =>
    NO_EXTRAS,
): Parsed {
  if (!isObject(body)) return refuseFor('', `expected an object with alerts, saw ${seen(body)}`)
  const { alerts } = body
  if (!Array.isArray(alerts)) return refuseFor('alerts', `expected an array of alerts, saw ${seen(alerts)}`)
  const { itemsMax } = context.limits
  if (alerts.length > itemsMax) {
    return refuseFor('alerts', `expected at most ${itemsMax} alerts, saw ${alerts.length}`, 413)
  }
  const problems = noProblems()
  const items: Item[] = []
  for (const [index, value] of alerts.entries()) {
    const read = readLabelAlert(value, 'alerts', index, context, problems)
    const standing = standingOf(value, index, read?.endsAt, context.now, problems)
    const extras = isObject(value) ? extrasOf(value, index, problems) : NO_EXTRAS
    if (read === undefined || standing === undefined) continue
    const item = makeLabelItem(read, { ...standing, ...extras }, context)
    if (item !== undefined) items.push(item)
  }
  return problems.count === 0 ? { ok: true, items } : refuse(problems)
}

// The status decides. A firing alert usually has no end at all; one that has not come yet says how long it lasts, and one
// that has come contradicts the status and is left out.
function standingOf(
  value: unknown,
  index: number,
  endsAt: number | undefined,
  now: number,
  problems: Problems,
): Standing | undefined {
  if (!isObject(value)) return undefined
  const { status } = value
  if (status === 'resolved') return { status, endsAt }
  if (status === 'firing')
    return { status, expiresAt: endsAt !== undefined && endsAt > now ? endsAt : undefined }
  const path = within(within('alerts', index), 'status')
  report(problems, path, `expected "firing" or "resolved", saw ${seen(status)}`)
  return undefined
}
