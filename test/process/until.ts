const LOOK_EVERY_MS = 10

/** What the condition gives once it is neither undefined nor false. Rejects when that has not come `deadlineMs` later. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs
  for (;;) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    if (performance.now() > giveUpAt)
      throw new Error(`Within ${deadlineMs} ms it did not happen that ${what}.`)
    await pass(LOOK_EVERY_MS)
  }
}

/** Lets a time pass that is part of what is tested: until a random moment, or between two alerts of a steady source. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
