/** Milliseconds of the machine's monotonic clock: the same in every process of it, so that times can be compared. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Polls until `isSo`; rejects when that takes longer than `withinMs`. */
export async function until(
  what: string,
  withinMs: number,
  isSo: () => boolean | Promise<boolean>,
  everyMs = 5,
): Promise<void> {
  const deadline = monotonicMs() + withinMs
  while (!(await isSo())) {
    if (monotonicMs() > deadline) throw new Error(`After ${withinMs} ms it was still not so: ${what}.`)
    await sleep(everyMs)
  }
}
