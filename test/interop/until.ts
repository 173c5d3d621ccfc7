const POLL_MS = 20

/** The first value of `probe` that is there, asked for again and again. Rejects once `deadlineMs` have passed. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const deadlineAt = Date.now() + deadlineMs
  for (;;) {
    const value = await probe()
    if (value !== undefined) return value
    if (Date.now() > deadlineAt) throw new Error(`After ${deadlineMs} ms still not so: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Resolves as soon as `condition` holds. Rejects once `deadlineMs` have passed. */
export async function untilTrue(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs?: number,
): Promise<void> {
  await until(what, async () => ((await condition()) ? true : undefined), deadlineMs)
}
