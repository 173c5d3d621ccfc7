export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5)
}

/** The figure below which that share of them lies. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/**
 * The median of each, measured in turn (ours, theirs, ours, theirs, …): what else the machine does meanwhile falls on both
 * alike.
 */
export async function inTurn(
  rounds: number,
  measures: readonly (() => Promise<number>)[],
): Promise<readonly number[]> {
  const figures = measures.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, measure] of measures.entries()) figures[index]?.push(await measure())
  }
  return figures.map(median)
}
