import type { Gate } from '../decide/decide.ts'

/** Why an open incident is held back, for people. */
export const GATE_WORDS: Readonly<Record<Gate, string>> = {
  'below-threshold': 'its number is below the threshold',
  'too-few': 'too few alerts fire in it',
  'no-trend': 'its number does not grow',
  'perhaps-told': 'it is below its threshold, and may have been told before its source forgot',
}
