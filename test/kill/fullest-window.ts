/** The most of these times, in order, that fall into any window of this length. Two that are it apart are not in one. */
export function fullestWindow(times: readonly number[], windowMs: number): number {
  let most = 0
  let from = 0
  for (const [index, at] of times.entries()) {
    while ((times[from] ?? at) <= at - windowMs) from++
    most = Math.max(most, index - from + 1)
  }
  return most
}
