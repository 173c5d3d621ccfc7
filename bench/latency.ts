import { createServer, type Server } from 'node:http'
import { post, serve } from './house.ts'

interface Sink {
  readonly url: string
  /** Called with the dedup key of each event, the moment it has arrived. */
  onEvent: (key: string) => void
  close(): void
}

/** A destination in this process, so that departure and arrival are read from one clock. */
function openSink(answerAfterMs: number): Promise<Sink> {
  return new Promise((resolve) => {
    const server: Server = createServer((request, reply) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const { dedup_key: key } = JSON.parse(body) as { dedup_key: string }
        sink.onEvent(key)
        const answer = JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key })
        setTimeout(
          () => reply.writeHead(202, { 'content-type': 'application/json' }).end(answer),
          answerAfterMs,
        )
      })
    })
    const sink = {
      url: '',
      onEvent: (_key: string): void => {},
      close: (): void => {
        server.closeAllConnections()
        server.close()
      },
    }
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      sink.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
      resolve(sink)
    })
  })
}

/** Milliseconds from a request to the event at the destination: at `rate` a second, or one after the other. */
export async function latencies(
  count: number,
  rate: number | undefined,
  answerAfterMs: number,
): Promise<number[]> {
  const sink = await openSink(answerAfterMs)
  const service = await serve(sink.url)
  const sentAt = new Map<string, number>()
  const took: number[] = []
  const all = new Promise<void>((resolve) => {
    sink.onEvent = (key) => {
      const at = sentAt.get(key)
      if (at !== undefined) took.push(performance.now() - at)
      if (took.length === count) resolve()
    }
  })
  const send = async (number: number): Promise<void> => {
    const key = `latency-${number}`
    sentAt.set(key, performance.now())
    await post(
      `${service.url}/v1/alerts`,
      JSON.stringify({ dedup_key: key, summary: key, severity: 'error' }),
    )
  }
  const startedAt = performance.now()
  for (let number = 0; number < count; number++) {
    if (rate === undefined) {
      await send(number)
      while (took.length <= number) await new Promise((resolve) => setImmediate(resolve))
    } else {
      const wait = startedAt + (number * 1000) / rate - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      void send(number)
    }
  }
  await all
  await service.stop()
  sink.close()
  return took.toSorted((a, b) => a - b)
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
