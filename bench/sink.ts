/**
 * A destination that costs next to nothing, as a process of its own: it reads just as much HTTP as senders of events speak,
 * answers 202, and remembers when each dedup key arrived first. `fork('sink.ts')`, then talk to it: open-sink.ts.
 */
import { createServer as createPlain, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { monotonicMs } from './clock.ts'

export type Asked =
  | { readonly kind: 'listen'; readonly cert?: string; readonly key?: string }
  | { readonly kind: 'reset'; readonly delayMs: number }
  /** Say when so many distinct keys have arrived. */
  | { readonly kind: 'until'; readonly count: number }
  /** Say when each key has arrived, and how many events in all. */
  | { readonly kind: 'report' }

export type Said =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'reached'; readonly at: number }
  | { readonly kind: 'report'; readonly events: number; readonly arrivals: ReadonlyMap<string, number> }

const HEAD_END = Buffer.from('\r\n\r\n')
const LENGTH = /\r\ncontent-length: *(\d+)/i
const DEDUP_KEY = /"dedup_key":"([^"]*)"/

let delayMs = 0
let events = 0
let arrivals = new Map<string, number>()
let awaited = Infinity

function say(said: Said): void {
  process.send?.(said)
}

function take(body: string): Buffer {
  events++
  const key = DEDUP_KEY.exec(body)?.[1] ?? ''
  if (!arrivals.has(key)) {
    const at = monotonicMs()
    arrivals.set(key, at)
    if (arrivals.size >= awaited) {
      awaited = Infinity
      say({ kind: 'reached', at })
    }
  }
  const answer = `{"status":"success","message":"Event processed","dedup_key":"${key}"}`
  const head = `HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(answer)}`
  return Buffer.from(`${head}\r\n\r\n${answer}`)
}

function serve(socket: Socket): void {
  let waiting = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer<ArrayBuffer>) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
    for (;;) {
      const headEnd = waiting.indexOf(HEAD_END)
      if (headEnd === -1) return
      const length = Number(LENGTH.exec(waiting.toString('latin1', 0, headEnd))?.[1] ?? 0)
      const end = headEnd + HEAD_END.length + length
      if (waiting.length < end) return
      const answer = take(waiting.toString('utf8', headEnd + HEAD_END.length, end))
      waiting = waiting.subarray(end)
      if (delayMs === 0) socket.write(answer)
      else setTimeout(() => socket.write(answer), delayMs)
    }
  })
}

function listen(cert: string | undefined, key: string | undefined): void {
  const server =
    cert === undefined || key === undefined ? createPlain(serve) : createTls({ cert, key }, serve)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    say({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 })
  })
}

process.on('message', (asked: Asked) => {
  if (asked.kind === 'listen') listen(asked.cert, asked.key)
  else if (asked.kind === 'report') say({ kind: 'report', events, arrivals })
  else if (asked.kind === 'reset') {
    delayMs = asked.delayMs
    events = 0
    arrivals = new Map()
    awaited = Infinity
    say({ kind: 'ready' })
  } else if (arrivals.size >= asked.count) say({ kind: 'reached', at: monotonicMs() })
  else awaited = asked.count
})
process.on('disconnect', () => process.exit())
