import type { Delivery } from '../../store/store.ts'
import { fateOf, type Fate, type Report } from '../report.ts'
import { plain } from '../terminal.ts'

/** What one channel was told of a run. */
export interface Told {
  /** Triggers and updates that arrived, by what they said. */
  readonly alerts: readonly string[]
  readonly resolved: number
  /** Deliveries that go out with the next run, and those that nobody will take. */
  readonly kept: number
  readonly refused: number
}

export const TOLD_NOTHING: Told = { alerts: [], resolved: 0, kept: 0, refused: 0 }

/** What became of what a channel was to be told. */
export function toldOf({ deliveries, at }: Report, channel: string): Told {
  const own = of(deliveries, channel)
  const arrived = own.filter(({ state }) => state === 'delivered')
  const [ends, alerts] = [arrived.filter(isEnd), arrived.filter((delivery) => !isEnd(delivery))]
  const countOf = (fate: Fate): number => own.filter((delivery) => fateOf(delivery, at) === fate).length
  return {
    alerts: alerts.map(({ summary }) => summary),
    resolved: ends.length,
    kept: countOf('kept'),
    refused: countOf('rejected'),
  }
}

function of(deliveries: readonly Delivery[], channel: string): readonly Delivery[] {
  return deliveries.filter(({ destination }) => destination === channel)
}

function isEnd({ action }: Delivery): boolean {
  return action === 'resolve'
}

/** Why a channel was not told, each reason once, and what becomes of it. */
export function failureText({ deliveries, at, store }: Report, channel: string, title: string): string {
  const failed = of(deliveries, channel).filter((delivery) =>
    ['kept', 'rejected'].includes(fateOf(delivery, at)),
  )
  const byReason = Map.groupBy(failed, (delivery) => `${fateOf(delivery, at)} ${delivery.outcome ?? ''}`)
  return Array.from(byReason.values(), (alike) => reasonText(alike, { at, store }, title)).join('')
}

function reasonText(
  alike: readonly Delivery[],
  { at, store }: Pick<Report, 'at' | 'store'>,
  title: string,
): string {
  const [first] = alike
  if (first === undefined) return ''
  const why = `${title} alert failed: ${plain(first.outcome ?? 'there was no answer in time')}\n`
  const isOne = alike.length === 1
  const what = isOne ? 'It is' : `${alike.length} alerts are`
  if (fateOf(first, at) === 'kept')
    return `${why}${what} kept in ${store} and ${isOne ? 'goes' : 'go'} out with the next run.\n`
  const ids = alike.map(({ id }) => id).toSorted((one, other) => one - other)
  const named = `${isOne ? 'delivery' : 'deliveries'} ${ids.slice(0, NAMED_MAX).join(', ')}${ids.length > NAMED_MAX ? ', …' : ''}`
  const retry = `\`tocsin deliveries retry ${isOne ? first.id : 'ID'}\``
  return `${why}${what} kept in ${store} as ${named}: correct the cause, then ${retry}.\n`
}

const NAMED_MAX = 10
