import type { CoreOptions } from '../src/emulator/emulator.ts'
import type { Wire } from './trace.ts'

type Change = Parameters<NonNullable<CoreOptions['onChange']>>[0]

/** What the events did at the emulator: it tells each change as it happens. */
export class Effects {
  #last: string | undefined
  readonly #open = new Set<string>()

  readonly note = ({ incident, change }: Change): void => {
    const name = `${incident.routingKey} ${incident.dedupKey}`
    if (change === 'resolved') this.#open.delete(name)
    else this.#open.add(name)
    this.#last = change === 'triggered' ? 'opened' : change
  }

  /** What the event that has just been answered did; to be asked once. */
  of({ action, key }: Pick<Wire, 'action' | 'key'>, routingKey: string, status: number | undefined): string {
    const last = this.#last
    this.#last = undefined
    if (last !== undefined) return last
    if (status === 429) return 'limited'
    if (status === undefined || status >= 300) return 'refused'
    if (action === 'change') return 'recorded'
    return this.#open.has(`${routingKey} ${key}`) ? 'unchanged' : 'dropped'
  }
}
