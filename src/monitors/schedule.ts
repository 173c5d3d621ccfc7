import { hash } from 'node:crypto'
import { Cron } from 'croner'
import type { Schedule } from './settings.ts'

/**
 * When a monitor is due next after a moment, epoch milliseconds; undefined: never again. The same for every process that has the
 * same config, so that they can agree on who looks. Monitors of one interval are spread over it by their names: a thousand of
 * them do not look all at once.
 */
export function nextSlot(schedule: Schedule, name: string, after: number): number | undefined {
  if (schedule.kind === 'cron') {
    const cron = new Cron(schedule.pattern, { timezone: schedule.timezone, paused: true })
    return cron.nextRun(new Date(after))?.getTime()
  }
  const { everyMs } = schedule
  const offsetMs = offsetOf(name, everyMs)
  return (Math.floor((after - offsetMs) / everyMs) + 1) * everyMs + offsetMs
}

/** When a monitor was due last, at a moment or before; undefined: never. */
export function latestSlot(schedule: Schedule, name: string, at: number): number | undefined {
  if (schedule.kind === 'every') return (nextSlot(schedule, name, at) ?? 0) - schedule.everyMs
  const cron = new Cron(schedule.pattern, { timezone: schedule.timezone, paused: true })
  return cron.previousRuns(1, new Date(at + 1))[0]?.getTime()
}

/** The slots after one moment, up to and with another; at most `max` of them are counted. */
export function slotsBetween(
  schedule: Schedule,
  name: string,
  after: number,
  until: number,
  max = 1000,
): number {
  if (schedule.kind === 'every') {
    const first = nextSlot(schedule, name, after) ?? Infinity
    return first > until ? 0 : Math.min(max, Math.floor((until - first) / schedule.everyMs) + 1)
  }
  let count = 0
  let slot = nextSlot(schedule, name, after)
  while (slot !== undefined && slot <= until && count < max) {
    count++
    slot = nextSlot(schedule, name, slot)
  }
  return count
}

function offsetOf(name: string, everyMs: number): number {
  return Number.parseInt(hash('sha256', name).slice(0, 12), 16) % everyMs
}
