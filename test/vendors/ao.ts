import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server says of a process: its nonce, or something that is none. */
export interface AoAnswer {
  /** A body that is as it should be, with this nonce. */
  readonly nonce?: string
  /** In place of that body. */
  readonly body?: string
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Beside the latency of all. */
  readonly delayMs?: number
  /** Cut: the connection ends without an answer. Hang: there is none. */
  readonly instead?: 'cut' | 'hang'
}

/** What is said of one process. Of a list each answer is given once, the last from then on. */
export interface AoProcess {
  readonly state: AoAnswer | readonly AoAnswer[]
  readonly router: AoAnswer | readonly AoAnswer[]
}

type Kind = 'state' | 'router'

/**
 * The AO network: state servers, each at an address of its own, and the router of the schedulers. They answer for the processes
 * that they know, as the real ones do, and count who asks.
 */
export class Ao implements AsyncDisposable {
  /** By id. */
  readonly processes: Map<string, AoProcess> = new Map()
  /** Every request, as `state /ID~process@1.0/compute/at-slot`. */
  readonly asked: string[] = []
  /** Requests that the real ones would not understand. */
  readonly complaints: string[] = []
  /** Of every answer. */
  latencyMs = 0
  /** Requests that have not been answered, at most, over all servers of a kind. */
  readonly inFlightMax: Record<Kind, number> = { state: 0, router: 0 }
  readonly router: AoServer
  readonly states: readonly AoServer[]
  readonly #inFlight: Record<Kind, number> = { state: 0, router: 0 }
  readonly #given = new Map<string, number>()

  private constructor(router: AoServer, states: readonly AoServer[]) {
    this.router = router
    this.states = states
    router.reply = (request, response) => this.#reply('router', request, response)
    for (const state of states) state.reply = (request, response) => this.#reply('state', request, response)
  }

  /** `states`: how many state servers. */
  static async open(states = 1): Promise<Ao> {
    const open = async (): Promise<AoServer> => new AoServer().listen()
    return new Ao(await open(), await Promise.all(Array.from({ length: states }, open)))
  }

  get routerUrl(): string {
    return this.router.url
  }

  get stateUrl(): string {
    return this.states[0]?.url ?? ''
  }

  /** A process whose servers say these nonces. */
  say(
    id: string,
    state: string | AoAnswer | readonly AoAnswer[],
    router: string | AoAnswer | readonly AoAnswer[],
  ): void {
    const answer = <T>(said: string | T): AoAnswer | T => (typeof said === 'string' ? { nonce: said } : said)
    this.processes.set(id, { state: answer(state), router: answer(router) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.router, ...this.states].map((server) => server.shut()))
  }

  #reply(kind: Kind, { method, url = '' }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${kind} ${url}`)
    this.#inFlight[kind]++
    this.inFlightMax[kind] = Math.max(this.inFlightMax[kind], this.#inFlight[kind])
    response.on('close', () => void this.#inFlight[kind]--)
    const path = kind === 'state' ? /^\/([^/]+)~process@1\.0\/compute\/at-slot$/ : /^\/([^/]+)\/latest$/
    const [, encoded] = path.exec(url) ?? []
    if (method !== 'GET' || encoded === undefined) {
      this.complaints.push(`${kind}: ${method} ${url}`)
      return void response.writeHead(method === 'GET' ? 404 : 405).end('Not Found')
    }
    const id = decodeURIComponent(encoded)
    const answer = this.#answerFor(kind, id)
    const { delayMs = 0, instead } = answer
    if (instead === 'hang') return
    const send = (): void => {
      if (instead === 'cut') return void response.destroy()
      const { status = 200, headers, nonce = '' } = answer
      const { type, body } = kind === 'state' ? { type: 'text/plain', body: `${nonce}\n` } : latest(id, nonce)
      response.writeHead(status, { 'content-type': type, ...headers }).end(answer.body ?? body)
    }
    if (this.latencyMs + delayMs === 0) return send()
    const timer = setTimeout(send, this.latencyMs + delayMs)
    response.on('close', () => clearTimeout(timer))
  }

  #answerFor(kind: Kind, id: string): AoAnswer {
    const known = this.processes.get(id)?.[kind]
    if (known === undefined) return { status: 404, body: 'process not found' }
    if (!isList(known)) return known
    const given = this.#given.get(`${kind} ${id}`) ?? 0
    this.#given.set(`${kind} ${id}`, given + 1)
    return known[Math.min(given, known.length - 1)] ?? { status: 404 }
  }
}

/** One of its servers. */
class AoServer {
  url = ''
  reply: (request: IncomingMessage, response: ServerResponse) => void = ignore
  /** Connections that are open now, and that were at most. */
  sockets = 0
  socketsMax = 0
  /** Requests that have not been answered, at most. */
  inFlightMax = 0
  #inFlight = 0
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      this.#inFlight++
      this.inFlightMax = Math.max(this.inFlightMax, this.#inFlight)
      response.on('close', () => void this.#inFlight--)
      this.reply(request, response)
    })
    this.#server.on('connection', (socket) => {
      this.sockets++
      this.socketsMax = Math.max(this.socketsMax, this.sockets)
      socket.on('close', () => void this.sockets--)
    })
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async shut(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** The latest assignment of a process, with what the real router has beside the nonce. */
function latest(id: string, nonce: string): { type: string; body: string } {
  const tags = [
    { name: 'Data-Protocol', value: 'ao' },
    { name: 'Process', value: id },
    { name: 'Epoch', value: '0' },
    { name: 'Nonce', value: nonce },
    { name: 'Timestamp', value: '1760365800000' },
  ]
  const assignment = {
    processes: [id],
    message: 'm',
    epoch: 0,
    timestamp: 1_760_365_800_000,
    block_height: 1,
    tags,
  }
  return { type: 'application/json', body: JSON.stringify({ message: null, assignment }) }
}

function isList(said: AoAnswer | readonly AoAnswer[]): said is readonly AoAnswer[] {
  return Array.isArray(said)
}

function ignore(): void {}
