import type { Json } from '../../alert/alert.ts'
import type { World } from '../../world/world.ts'
import type { Looking, Monitor } from '../monitor.ts'
import type { Observation, Observed } from '../observation.ts'
import type { HeartbeatSettings } from '../settings.ts'

/** When a heartbeat was last heard, epoch milliseconds; undefined: never. */
export type HeardAt = () => Promise<number | undefined>

/** Between two looks: since when we could have heard it, and when we last looked. */
interface Presence {
  readonly since: number
  readonly lookedAt: number
}

/** What it remembers is written anew once it is so old, in milliseconds: a heartbeat may be looked at each second. */
const STEP_MS_MIN = 10_000

/** So many looks that did not happen, and the service was away. */
const LOOKS_MISSED = 3

/**
 * Silence is trouble. Who has never been heard is silent since we began to listen. After a service was away for longer than the
 * grace, each gets its full time again: what was said meanwhile nobody heard. Another monitor, which may have been away with us,
 * gets the grace to run again.
 */
export function heartbeatMonitor(settings: HeartbeatSettings, heardAt: HeardAt): Monitor {
  const { name, withinMs, graceMs, of } = settings
  const stepMs = Math.max(STEP_MS_MIN, Math.floor(graceMs / 4))
  const awayMs = Math.max(graceMs, 2 * stepMs, LOOKS_MISSED * intervalMs(settings))
  const observe = async ({ clock }: World, { memory, isServed }: Looking): Promise<Observed> => {
    const now = clock.now()
    const heard = await heardAt()
    // Beats that a command hears are written down by commands: nobody has to be there.
    const presence = presenceAt(now, readPresence(memory), isServed ? awayMs : Infinity, stepMs)
    const silentSince = heard ?? presence.since
    const isSilent = now - silentSince > withinMs + graceMs
    // Said while we were away, it may have been: not sure yet, so nothing is said either way.
    const leaveMs = of === undefined ? withinMs + graceMs : isServed ? graceMs : -1
    const isKnown = !isSilent || now - presence.since > leaveMs
    const observations = isKnown ? [observation(settings, isSilent, heard, now)] : []
    const kept: Json = { since: presence.since, lookedAt: presence.lookedAt }
    const unseen = isKnown ? [] : [{ subject: '', type: 'silent' }]
    return { kind: 'seen', observations, unseen, subjects: new Set(['']), memory: kept }
  }
  return { name, observe }
}

function intervalMs({ schedule }: HeartbeatSettings): number {
  return schedule.kind === 'every' ? schedule.everyMs : Infinity
}

function presenceAt(now: number, before: Presence | undefined, awayMs: number, stepMs: number): Presence {
  if (before === undefined || now < before.lookedAt) return { since: now, lookedAt: now }
  const gapMs = now - before.lookedAt
  if (gapMs > awayMs) return { since: now, lookedAt: now }
  return gapMs < stepMs ? before : { since: before.since, lookedAt: now }
}

function readPresence(memory: Json | undefined): Presence | undefined {
  if (typeof memory !== 'object' || memory === null || !('since' in memory)) return undefined
  const { since, lookedAt } = memory
  return typeof since === 'number' && typeof lookedAt === 'number' ? { since, lookedAt } : undefined
}

function observation(
  { name, withinMs, graceMs, of }: HeartbeatSettings,
  isSilent: boolean,
  heard: number | undefined,
  now: number,
): Observation {
  const who = of === undefined ? `The heartbeat ${name}` : `The monitor ${of}`
  const verb = of === undefined ? 'was heard' : 'ran'
  const last = heard === undefined ? `never ${verb}` : `last ${verb} at ${new Date(heard).toISOString()}`
  const silent = of === undefined ? 'is silent' : 'does not run'
  return {
    subject: '',
    type: 'silent',
    isTrouble: isSilent,
    ...(heard === undefined ? {} : { value: now - heard }),
    finding: {
      summary: isSilent ? `${who} ${silent}: it ${last}` : `${who} ${last}`,
      severity: 'error',
      details: {
        heard_at: heard === undefined ? null : new Date(heard).toISOString(),
        within_seconds: withinMs / 1000,
        grace_seconds: graceMs / 1000,
      },
    },
  }
}
