import { lineOf, type Happening } from '../trace.ts'

/**
 * Two runs of one seed tell one trace, to the millisecond and the last word. Whatever reads a clock, draws chance or asks
 * the machine past `World` breaks it. Says where the two part.
 */
export function sameSeedSameTrace(
  first: readonly Happening[],
  second: readonly Happening[],
): readonly string[] {
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [one, other] = [first[index], second[index]].map((happening) =>
      happening === undefined ? 'nothing more' : lineOf(happening),
    )
    if (one !== other) return [`the two runs part at step ${index}:\n  first:  ${one}\n  second: ${other}`]
  }
  return []
}
