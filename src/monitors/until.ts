/**
 * What `work` comes to; undefined when the signal is aborted first: then it is not begun, or goes on unheard. The signal is
 * that of `Looking`.
 */
export async function until<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined
  const { promise: isLate, resolve } = Promise.withResolvers<undefined>()
  const onAbort = (): void => resolve(undefined)
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work(), isLate])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
