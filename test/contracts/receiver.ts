import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
export interface Arrival {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What to do with a request: answer it, or not. */
export type Reply = (response: ServerResponse, arrival: Arrival) => void

/** The other side of a destination: a real server on a free port of this machine, that does as it is told. */
export class Receiver implements AsyncDisposable {
  readonly arrivals: Arrival[] = []
  reply: Reply = (response) => void response.writeHead(202).end('{"status":"success"}')
  /** Where it listens, or has listened. */
  origin = ''
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const arrival = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
        this.arrivals.push(arrival)
        this.reply(response, arrival)
      })
    })
  }

  static async open(): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve))
    receiver.origin = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}`
    return receiver
  }

  /** Stops to listen: who connects from now on is refused. */
  async shut(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.shut()
  }
}
