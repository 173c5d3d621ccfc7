/** The known word that `word` was probably meant to be, or undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  // A long word is text of another kind, and comparing it would cost more than it tells.
  if (word.length > 64) return undefined
  const plain = simplify(word)
  let best: string | undefined
  // Whoever errs by more than a third meant something else.
  let bestDistance = Math.floor(plain.length / 3) + 1
  for (const candidate of known) {
    const full = simplify(candidate)
    // An abbreviation, such as "crit", is no error of spelling.
    const distance = plain.length > 2 && full.startsWith(plain) ? 1 : editDistance(plain, full)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** ` Did you mean "oncall"?`, or all the known words when none is near. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return ` Did you mean "${near}"?`
  return known.length === 0 ? '' : ` Known: ${known.slice(0, 20).join(', ')}.`
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** Optimal string alignment: two letters that changed places are one error, as a hand makes it. */
function editDistance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
