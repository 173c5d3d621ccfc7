import { kindOf } from '../house-config.ts'
import { BEGAN_AT, type Happening, type Of } from '../trace.ts'
import type { Checker } from './check.ts'

/**
 * No delivery is claimed while somebody else who is alive holds an unexpired lease of it, nor by a process that is still
 * sending it, and of one incident no two deliveries are claimed at a time. Nothing is sent that was not claimed.
 *
 * Whoever dies loses its leases at once: the next process may take them. A lease that ran out is nobody's: also that of a
 * process that has its answer and could not write it down, because the store was away for longer. Where the clock jumps,
 * every lease may seem to have run out: then only the process itself can tell that it is sending a row, and a row beside it
 * of the same incident may be new.
 *
 * Rootly may take two requests for one step: an alert whose id nobody knows is told again before it is ended. A message in Slack
 * shows how an incident stands, and not by which step it came to that.
 */
export const oneLeasePerRow: Checker = ({ plan, happenings }) => {
  const found: string[] = []
  const held = new Map<number, Held>()
  const gone = new Set<string>()
  for (const happening of happenings) {
    if (happening.kind === 'process' && isEnd(happening)) {
      release(held, happening.process)
      gone.add(happening.process)
    }
    if (happening.kind === 'settled' && held.get(happening.deliveryId)?.claim.process === happening.process)
      held.delete(happening.deliveryId)
    if (happening.kind === 'claimed') {
      for (const other of held.values())
        if (isBroken(other, happening, plan.clockJumps > 0)) found.push(complaint(other.claim, happening))
      // Who died in the middle of a claim is heard of it after its death, and holds nothing.
      if (!gone.has(happening.process))
        held.set(happening.deliveryId, { claim: happening, request: undefined, isHeard: false })
    }
    if (happening.kind === 'sent') {
      const kind = kindOf(plan, happening.line)
      const mayBeSecond = kind === 'rootly' || kind === 'slack'
      const claims = [...held.values()]
      const claimed =
        claims.find((other) => isOf(other, happening)) ??
        claims.find((other) => mayBeSecond && isStepOf(other, happening))
      if (claimed !== undefined) claimed.request = happening.request
      else
        found.push(
          `${happening.process} sends ${happening.action} ${happening.key} at ${happening.at} ms, which it has not claimed`,
        )
    }
    if (happening.kind === 'heard')
      for (const other of held.values()) if (other.request === happening.request) other.isHeard = true
  }
  return found
}

/** A claim that is not settled yet, with the request that tells it. */
interface Held {
  readonly claim: Of<'claimed'>
  request: number | undefined
  isHeard: boolean
}

function release(held: Map<number, Held>, process: string): void {
  for (const [id, { claim }] of held) if (claim.process === process) held.delete(id)
}

function isEnd({ what }: Of<'process'>): boolean {
  return what === 'crashes' || what === 'stopped' || what === 'cannot start'
}

/** Whether a claim is one too many beside another that is held. */
function isBroken({ claim, isHeard }: Held, next: Of<'claimed'>, isClockWrong: boolean): boolean {
  const isSameRow = claim.deliveryId === next.deliveryId
  const isSameIncident = claim.incidentId !== undefined && claim.incidentId === next.incidentId
  if (!isSameRow && (!isSameIncident || isClockWrong)) return false
  const isOver = isClockWrong || claim.leaseUntil - BEGAN_AT <= next.at
  return !isOver || (claim.process === next.process && !isHeard)
}

function complaint(claim: Of<'claimed'>, next: Of<'claimed'>): string {
  const what = `${next.key ?? 'a message'} at ${next.destination}`
  return (
    `${what}: ${next.process} claims delivery ${next.deliveryId} at ${next.at} ms ` +
    `while ${claim.process} holds ${claim.deliveryId}, claimed at ${claim.at} ms`
  )
}

/** Another request for what is being told. */
function isStepOf({ claim }: Held, { process, key }: Extract<Happening, { kind: 'sent' }>): boolean {
  return claim.process === process && claim.key === key
}

function isOf(
  { claim, request }: Held,
  { process, key, action }: Extract<Happening, { kind: 'sent' }>,
): boolean {
  if (request !== undefined || claim.process !== process || (claim.key ?? '') !== key) return false
  // A note is a message of its own, as a change is; an update is a trigger, as PagerDuty has it.
  return (
    claim.action === action ||
    (claim.action === 'update' && action === 'trigger') ||
    (claim.action === 'note' && action === 'change')
  )
}
