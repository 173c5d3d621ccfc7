import type { EmulatorEvent } from '../../src/emulator/emulator.ts'

/** An event about one key, as it came to the emulator. */
export interface Heard {
  readonly at: number
  readonly dedupKey: string
  readonly action: string
  /** The step that it tells of: that of the summary it carries. */
  readonly index: number
  readonly outcome: EmulatorEvent['outcome']
  readonly status: number | null
  readonly fault: string | null
  readonly hadEffect: boolean
  /** It had no effect, or one that its sender could not know of. */
  readonly isDoubtful: boolean
}

const NO_EFFECT: ReadonlySet<Heard['outcome']> = new Set(['fault', 'limited', 'refused', 'waiting'])

/** What every event of ours holds. */
interface Sent {
  readonly event_action: string
  readonly dedup_key: string
  readonly payload: { readonly summary: string }
}

/** What was heard of each key, by its name. */
export function hear(events: readonly EmulatorEvent[]): Map<string, Heard[]> {
  const heard = new Map<string, Heard[]>()
  for (const { event, at, status, outcome, fault } of events) {
    const { event_action: action, dedup_key: dedupKey, payload } = event as Sent
    const [name = '', index = ''] = payload.summary.split('#')
    const hadEffect = !NO_EFFECT.has(outcome)
    const isDoubtful = status === null || outcome === 'fault'
    const of = heard.get(name) ?? []
    of.push({
      at: Date.parse(at),
      dedupKey,
      action,
      index: Number(index),
      outcome,
      status,
      fault,
      hadEffect,
      isDoubtful,
    })
    heard.set(name, of)
  }
  return heard
}
