import type { Seen } from './look.ts'

/** How many processes a run found how. */
export interface Counts {
  /** Those that there was no time for included. */
  readonly total: number
  readonly matches: number
  readonly mismatches: number
  readonly errors: number
  /** Of the mismatches: the state below the router, and above it. */
  readonly behind: number
  readonly ahead: number
}

/** Counts the results of a run. */
export function countsOf({ results, total }: Readonly<Pick<Seen, 'results' | 'total'>>): Counts {
  const mismatches = results.filter((result) => result.kind === 'mismatch')
  const ahead = mismatches.filter(({ state, router }) => state > router).length
  return {
    total,
    matches: results.filter(({ kind }) => kind === 'match').length,
    mismatches: mismatches.length,
    errors: results.filter(({ kind }) => kind === 'error').length,
    behind: mismatches.length - ahead,
    ahead,
  }
}
