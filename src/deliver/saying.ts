import type { Outcome } from '../decide/decide.ts'

/** What was said of it, with what had to be left out: nobody would look for that anywhere else. */
export function sayingOf(outcome: Outcome): string {
  const notes = outcome.kind === 'accepted' ? (outcome.notes ?? []) : []
  return notes.length === 0 ? outcome.message : `${outcome.message} Note: ${notes.join('; ')}.`
}
