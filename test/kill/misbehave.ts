import type { Emulator, Faults } from '../../src/emulator/emulator.ts'
import { pass } from '../process/until.ts'

const FAULT_MS_MAX = 300

/**
 * Delays are shorter than a start of the service takes: what a destination does long after its client is gone nobody can
 * put in order.
 */
const FAULTS: readonly Faults[] = [
  { status: 503, share: 0.5 },
  { status: 429, retry_after: 1, share: 0.2 },
  { cut: 'before', share: 0.5 },
  { cut: 'after', share: 0.5 },
  { delay_ms: 60 },
  { hang: true, share: 0.3 },
]

/** Orders one fault after the other, with good times between them. */
export async function misbehave(
  emulator: Emulator,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    emulator.faults(FAULTS[Math.floor(random() * FAULTS.length)] ?? {})
    await pass(random() * FAULT_MS_MAX)
    emulator.faults({})
    await pass(random() * FAULT_MS_MAX)
  }
}
