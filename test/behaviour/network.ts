import type { Answer, EmulatorCore } from '../../src/emulator/emulator.ts'
import type { Clock, HttpAnswer, HttpFailure, HttpRequest } from '../../src/world/world.ts'

/** The way between us and the emulator, on virtual time. */
export interface Network {
  request(request: HttpRequest): Promise<HttpAnswer | HttpFailure>
  /** While false, nobody answers the door: it is certain that nothing arrived. */
  isUp: boolean
  /** Routing keys whose events find nobody. */
  readonly cutOff: Set<string>
  /** How many heartbeats were heard. */
  beats: number
  /** What everybody is answered in place of what the emulator says. */
  answer: HttpAnswer | HttpFailure | undefined
  /** When each request arrived, whatever became of it. */
  readonly arrivals: readonly number[]
}

/** Where the emulator listens; nobody does anywhere else. */
const PORT = '8351'

/** How long a request takes in each direction. */
export const LATENCY_MS = 10

export function openNetwork(emulator: EmulatorCore, clock: Clock): Network {
  const arrivals: number[] = []
  const network: Network = {
    isUp: true,
    cutOff: new Set(),
    beats: 0,
    answer: undefined,
    arrivals,
    request: (request) =>
      new Promise((resolve) => {
        const isCutOff = [...network.cutOff].some((key) => request.body?.includes(key))
        if (!network.isUp || isCutOff || new URL(request.url).port !== PORT) {
          resolve({ failure: 'connection', sent: false, reason: 'could not connect' })
          return
        }
        if (request.url.includes('/beat/')) {
          network.beats++
          resolve({ status: 200, headers: {}, body: '' })
          return
        }
        const late: HttpFailure = { failure: 'timeout', sent: true, reason: 'no answer in time' }
        const cancel = clock.after(request.deadlineMs, () => resolve(late))
        const answer = (answer: HttpAnswer | HttpFailure): void => {
          clock.after(LATENCY_MS, () => {
            cancel()
            resolve(answer)
          })
        }
        clock.after(LATENCY_MS, () => {
          arrivals.push(clock.now())
          if (network.answer !== undefined) answer(network.answer)
          else enact(emulator.handle(asked(request), clock.now()), clock, answer)
        })
      }),
  }
  return network
}

function asked({ method, url, headers, body = '' }: HttpRequest): Parameters<EmulatorCore['handle']>[0] {
  return { method, path: new URL(url).pathname, headers, body }
}

function enact(answer: Answer, clock: Clock, give: (answer: HttpAnswer | HttpFailure) => void): void {
  switch (answer.kind) {
    case 'reply':
      return give({ status: answer.status, headers: answer.headers, body: answer.body })
    case 'cut':
      return give({ failure: 'connection', sent: true, reason: 'the connection broke' })
    case 'hang':
      return
    case 'delayed':
      clock.after(answer.delayMs, () => enact(answer.resume(clock.now()), clock, give))
      return
    default:
      answer satisfies never
  }
}
