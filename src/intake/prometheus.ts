import type { Item } from '../alert/alert.ts'
import type { Format, IntakeContext, Parsed } from './format.ts'
import { makeLabelItem, readLabelAlert } from './label-alert.ts'
import { noProblems, refuse, refuseFor, report, seen, within, type Problems } from './problems.ts'

/**
 * What Prometheus pushes to an Alertmanager: POST /api/v2/alerts, as described by
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (postableAlerts).
 *
 * Here every alert of every Prometheus arrives, again and again: labels and annotations that fit are kept as they came,
 * and nothing is put together that is not needed.
 */
export const prometheus: Format = {
  name: 'prometheus',
  title: 'Prometheus (the Alertmanager API v2)',
  parse: parsePush,
}

function parsePush(body: unknown, context: IntakeContext): Parsed {
  if (!Array.isArray(body)) return refuseFor('', `expected an array of alerts, saw ${seen(body)}`)
  const { itemsMax } = context.limits
  if (body.length > itemsMax) {
    return refuseFor('', `expected at most ${itemsMax} alerts, saw ${body.length}`, 413)
  }
  const problems = noProblems()
  const items: Item[] = []
  for (const [index, value] of body.entries()) {
    const item = readPushed(value, index, context, problems)
    if (item !== undefined) items.push(item)
  }
  return problems.count === 0 ? { ok: true, items } : refuse(problems)
}

/**
 * Prometheus says that an alert is over by an `endsAt` that has come, and how long it holds by one that has not: it
 * sends the alert again well before. Without any, the alert lasts for the resolve timeout, as in Alertmanager.
 */
function readPushed(
  value: unknown,
  index: number,
  context: IntakeContext,
  problems: Problems,
): Item | undefined {
  const read = readLabelAlert(value, '', index, context, problems)
  if (read === undefined) return undefined
  const { startsAt, endsAt } = read
  if (endsAt === undefined) {
    return makeLabelItem(
      read,
      { status: 'firing', expiresAt: context.now + context.resolveTimeoutMs },
      context,
    )
  }
  if (startsAt !== undefined && startsAt > endsAt) {
    report(problems, within(within('', index), 'startsAt'), 'expected a time before endsAt, saw one after it')
    return undefined
  }
  if (endsAt <= context.now) return makeLabelItem(read, { status: 'resolved', endsAt }, context)
  return makeLabelItem(read, { status: 'firing', expiresAt: endsAt }, context)
}
