import type { Severity } from '../alert/alert.ts'
import { parseSeverity } from '../alert/alert.ts'
import type { Settings } from '../config/config.ts'
import { DEFAULT_LIMITS, type IntakeContext } from '../intake/intake.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { World } from '../world/world.ts'
import type { Metrics } from './metrics.ts'

/** What every endpoint works with. */
export interface ServerContext {
  readonly pipeline: Pipeline
  readonly settings: Settings
  readonly world: World
  readonly metrics: Metrics
  readonly version: string
  /** Epoch milliseconds. */
  readonly startedAt: number
}

/** What an intake has to know to read a body. */
export function intakeContext({ settings, world }: ServerContext, source: string): IntakeContext {
  const { severityWords, resolveTimeoutMs, server } = settings
  const severity = (word: string | undefined): Severity | undefined =>
    word === undefined ? undefined : (severityWords.get(word.trim().toLowerCase()) ?? parseSeverity(word))
  const limits = { ...DEFAULT_LIMITS, itemsMax: server.limits.alertsMax, labelsMax: server.limits.labelsMax }
  return { source, now: world.clock.now(), resolveTimeoutMs, severity, limits }
}
