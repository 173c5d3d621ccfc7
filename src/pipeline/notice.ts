import type { Reason } from '../decide/decide.ts'
import type { Told } from '../deliver/deliver.ts'
import type { Round } from './monitor-round.ts'

/** Something that happened, for log and metrics. Nothing in it is a secret. */
export type Notice =
  | { readonly kind: 'decided'; readonly source: string; readonly reason: Reason; readonly count: number }
  | { readonly kind: 'told'; readonly told: Told }
  | { readonly kind: 'breaker'; readonly destination: string; readonly state: 'opened' | 'closed' }
  /** A template of a route failed: `summary`, or `details.NAME`. */
  | { readonly kind: 'template-failed'; readonly route: string; readonly template: string }
  /** A monitor has looked. */
  | { readonly kind: 'looked'; readonly round: Round }
  /** Nobody looked at so many times when a monitor was due. */
  | { readonly kind: 'looks-missed'; readonly monitor: string; readonly count: number }

export type Notify = (notice: Notice) => void
