import { formatDuration } from '../config/config.ts'
import type { MonitorSettings } from '../monitors/monitors.ts'
import type { MonitorStanding } from '../pipeline/pipeline.ts'
import type { MonitorRecord } from '../store/store.ts'
import { isoTime } from './views.ts'

/** How a monitor stands, in a word. */
export type MonitorState =
  /** It could not look. */
  | 'failed'
  /** Its alerts fire. */
  | 'trouble'
  /** It saw trouble that is not believed yet. */
  | 'unsure'
  | 'well'
  /** It looks for the first time since this process started, or since it read its config anew. */
  | 'looking'
  /** It has not looked since then. */
  | 'new'

export const MONITOR_STATES: readonly MonitorState[] = [
  'failed',
  'trouble',
  'unsure',
  'well',
  'looking',
  'new',
]

/** A monitor of the config, as it is shown. */
export interface MonitorView {
  readonly standing: MonitorStanding
  /** Undefined: another process has looked since this one did, and knows. */
  readonly state: MonitorState | undefined
  /** When it looked last, whoever did, or when the beats of a heartbeat were last heard; epoch milliseconds. */
  readonly lastAt: number | undefined
}

/** The monitors of the config, in its order. */
export function monitorViews(
  standings: readonly MonitorStanding[],
  records: readonly MonitorRecord[],
): readonly MonitorView[] {
  const byName = new Map(records.map((record) => [record.name, record]))
  return standings.map((standing) => {
    const { settings } = standing
    const { name } = settings
    const heard = settings.type === 'heartbeat' ? (settings.of ?? name) : name
    return {
      standing,
      state: stateOf(standing, byName.get(name)),
      lastAt: byName.get(heard)?.ranAt,
    }
  })
}

function stateOf(standing: MonitorStanding, record: MonitorRecord | undefined): MonitorState | undefined {
  const { last, isLooking, settings } = standing
  // Before this process started, or read its config anew, somebody has looked: until it is due again, nobody here knows more.
  const isKnownElsewhere = settings.type !== 'heartbeat' && record?.ranAt !== undefined
  if (last === undefined) return isLooking ? 'looking' : isKnownElsewhere ? undefined : 'new'
  if (isOutdated(standing, record)) return undefined
  if (last.isFailed) return 'failed'
  if (last.firing > 0) return 'trouble'
  return last.troubles.length > 0 ? 'unsure' : 'well'
}

/** Of a heartbeat, only the runs that were taken tell who looked: the rest of its record is about beats. */
function isOutdated(
  { settings, last, isLooking }: MonitorStanding,
  { ranAt = 0, slotAt = 0 }: Partial<MonitorRecord> = {},
): boolean {
  if (last === undefined) return false
  return settings.type === 'heartbeat'
    ? !isLooking && slotAt > last.startedAt
    : ranAt > last.startedAt + last.tookMs
}

/** `firing` is of the store, where this process has not looked. */
export function monitorJson({ standing, state, lastAt }: MonitorView, firing?: number): object {
  const { settings, nextAt, isLooking, last, missed } = standing
  return {
    name: settings.name,
    type: settings.type,
    schedule: scheduleText(settings),
    state: state ?? null,
    looking: isLooking,
    last_at: timeOrNull(lastAt),
    next_at: timeOrNull(nextAt),
    took_ms: last?.tookMs ?? null,
    failed: last?.isFailed ?? null,
    troubles: last?.troubles.length ?? null,
    firing: last?.firing ?? firing ?? null,
    missed,
  }
}

/** A monitor that is remembered, and that no config here names: only others know how it does. */
export function rememberedJson({ name, ranAt }: MonitorRecord, firing: number): object {
  return {
    name,
    type: null,
    schedule: null,
    state: null,
    looking: null,
    last_at: timeOrNull(ranAt),
    next_at: null,
    took_ms: null,
    failed: null,
    troubles: null,
    firing,
    missed: null,
  }
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoTime(at)
}

/** Such as `every 5m`. */
export function scheduleText({ schedule }: MonitorSettings): string {
  return schedule.kind === 'every'
    ? `every ${formatDuration(schedule.everyMs)}`
    : `${schedule.pattern} ${schedule.timezone}`
}
