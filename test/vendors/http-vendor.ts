import type { ServerResponse } from 'node:http'
import { Receiver, type Arrival } from '../contracts/receiver.ts'
import type { Behaviour, Heard, Vendor } from './vendor.ts'

/** What a place says to a request. `heard` is what it took, if it took anything; `complaint` the rule that was broken. */
export interface Said {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly heard?: Heard
  readonly complaint?: string
}

/** A vendor that speaks HTTP: what it says to a request is its own, how it misbehaves is the same for all. */
export class HttpVendor implements Vendor {
  readonly heard: Heard[] = []
  readonly complaints: string[] = []
  behaviour: Behaviour = 'take'
  /** Which requests the behaviour is for: the others are taken. */
  behavesFor: (arrival: Arrival) => boolean = () => true
  readonly #receiver: Receiver
  readonly #say: (arrival: Arrival) => Said

  private constructor(receiver: Receiver, say: (arrival: Arrival) => Said) {
    this.#receiver = receiver
    this.#say = say
    receiver.reply = (response, arrival) => this.#reply(response, arrival)
  }

  static async open(say: (arrival: Arrival) => Said): Promise<HttpVendor> {
    return new HttpVendor(await Receiver.open(), say)
  }

  get origin(): string {
    return this.#receiver.origin
  }

  /** Every request, whatever became of it. */
  get arrivals(): readonly Arrival[] {
    return this.#receiver.arrivals
  }

  shut(): Promise<void> {
    return this.#receiver.shut()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#receiver[Symbol.asyncDispose]()
  }

  #reply(response: ServerResponse, arrival: Arrival): void {
    const behaviour = this.behavesFor(arrival) ? this.behaviour : 'take'
    if (behaviour === 'hang') return
    if (behaviour === 'cut-before') return void response.destroy()
    const {
      status,
      headers = {},
      body = '',
    } = typeof behaviour === 'object' ? behaviour : this.#take(arrival)
    if (behaviour === 'cut-after') return void response.destroy()
    response.writeHead(status, headers).end(body)
  }

  #take(arrival: Arrival): Said {
    const said = this.#say(arrival)
    if (said.heard !== undefined) this.heard.push(said.heard)
    if (said.complaint !== undefined) this.complaints.push(said.complaint)
    return said
  }
}
