/** Runs work at most `count` at a time, first come, first served. What the work answers, or throws, is handed on. */
export function limiter(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The place passes on directly: nobody who comes now gets in before those who wait.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
