import type { World } from '../../world/world.ts'
import type { NoncesSettings } from '../settings.ts'

/**
 * How long to wait before asking again, in milliseconds: twice as long each time, between half of that and all of it, or as long as
 * the other side asks for (its header Retry-After, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after) where that is longer;
 * never longer than `maxMs`. `attempt` counts from 0.
 */
export function retryDelayMs(
  attempt: number,
  retryAfter: string | undefined,
  { baseMs, maxMs }: NoncesSettings['retries'],
  { clock, random }: Pick<World, 'clock' | 'random'>,
): number {
  const backoffMs = baseMs * 2 ** attempt * (0.5 + random() * 0.5)
  return Math.min(Math.max(backoffMs, askedForMs(retryAfter ?? '', clock.now())), maxMs)
}

function askedForMs(retryAfter: string, now: number): number {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000
  const dueAt = Date.parse(retryAfter)
  return Number.isNaN(dueAt) ? 0 : dueAt - now
}
