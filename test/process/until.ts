const LOOK_EVERY_MS = 10

/**
 * What the condition gives once it is neither undefined nor false. Rejects when that has not come `deadlineMs` later,
 * counted in looks: while the whole machine stands still, nobody's time runs out.
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (let leftMs = deadlineMs; leftMs >= 0; leftMs -= LOOK_EVERY_MS) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    await pass(LOOK_EVERY_MS)
  }
  throw new Error(`Within ${deadlineMs} ms it did not happen that ${what}.`)
}

/** Lets a time pass that is part of what is tested: until a random moment, or between two alerts of a steady source. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
