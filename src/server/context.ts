import type { Severity } from '../alert/alert.ts'
import { parseSeverity } from '../alert/alert.ts'
import type { ConfigProblem, Settings } from '../config/config.ts'
import { DEFAULT_LIMITS, type IntakeContext } from '../intake/intake.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { World } from '../world/world.ts'
import type { Metrics } from './metrics.ts'

/** What every endpoint works with. */
export interface ServerContext {
  readonly pipeline: Pipeline
  /** As they are now: another config may come while we run, so nobody keeps them beyond a request. */
  readonly settings: Settings
  readonly world: World
  readonly metrics: Metrics
  readonly version: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Undefined: there is no config that could be read again. */
  readonly reloading?: Reloading
  /** Whether another process decides what is muted, and we only write down what it goes by. @default false */
  readonly isAside?: boolean
}

/** Another config, while we run. */
export interface Reloading {
  /** Reads the config again and goes by it, unless something is wrong with it. Never rejects. */
  request(reason: string): Promise<Reloaded>
  /** What came of it last; undefined before the first time. */
  readonly last: (Reloaded & { readonly at: number }) | undefined
}

/** Refused: what went before goes on. */
export type Reloaded =
  | { readonly ok: true; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** What an intake has to know to read a body. */
export function intakeContext({ settings, world }: ServerContext, source: string): IntakeContext {
  const { severityWords, resolveTimeoutMs, server } = settings
  const severity = (word: string | undefined): Severity | undefined =>
    word === undefined ? undefined : (severityWords.get(word.trim().toLowerCase()) ?? parseSeverity(word))
  const limits = { ...DEFAULT_LIMITS, itemsMax: server.limits.alertsMax, labelsMax: server.limits.labelsMax }
  return { source, now: world.clock.now(), resolveTimeoutMs, severity, limits }
}
