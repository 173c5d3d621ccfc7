/** What a sender was answered. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends a body as JSON. Undefined when no answer came, or only a part of it: whether it was taken is not known then. */
export async function send(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  patienceMs?: number,
): Promise<Answered | undefined> {
  return ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) }),
  })
}

/** Makes a request. Undefined when no answer came, or its signal ended it first. */
export async function ask(url: string, request: RequestInit = {}): Promise<Answered | undefined> {
  try {
    const response = await fetch(url, request)
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (error) {
    // What fetch throws when the connection cannot be had, or breaks.
    if (error instanceof TypeError || request.signal?.aborted === true) return undefined
    throw error
  }
}

/** Whether it was answered 2xx. */
export function isTaken(answered: Answered | undefined): boolean {
  return answered !== undefined && answered.status >= 200 && answered.status <= 299
}

/** Calls `work` for each item, at most `atATime` of them under way. */
export async function forEachOf<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}
