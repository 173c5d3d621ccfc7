import type { HttpAnswer, HttpFailure, World } from '../../world/world.ts'
import type { NoncesSettings } from '../settings.ts'
import { USER_AGENT } from '../user-agent.ts'
import { routerNonce, ROUTER_BYTES_MAX, stateNonce, type Read, type Wrong } from './nonce.ts'
import type { Looked, Process, Result } from './result.ts'
import { retryDelayMs } from './retry-delay.ts'

type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** How processes are asked. */
export interface Asking {
  readonly world: Pick<World, 'http' | 'clock' | 'random'>
  readonly settings: Pick<NoncesSettings, 'routerUrl' | 'timeoutMs' | 'retries'>
  /** Works for a process when it is its turn. */
  readonly inTurn: InTurn
  /** Asks the host of an address when it is its turn there. */
  readonly turnAt: (url: string) => InTurn
  /** Lets time pass; ends at once when there is none left. */
  readonly pause: (ms: number) => Promise<void>
  /** Whether there is no time left: nothing is begun then. */
  readonly isOver: () => boolean
}

/** Asks the state and the router for the nonce of a process, both at once. Undefined: there was no time. Never rejects. */
export async function checkProcess(process: Process, asking: Asking): Promise<Result | undefined> {
  const id = encodeURIComponent(process.id.toWellFormed())
  const slotUrl = `${withoutSlash(process.stateUrl)}/${id}~process@1.0/compute/at-slot`
  const routerUrl = `${withoutSlash(asking.settings.routerUrl)}/${id}/latest`
  const [state, first] = await asking.inTurn(() =>
    Promise.all([ask(slotUrl, stateNonce, asking), askRouter(routerUrl, asking)]),
  )
  // Whatever the router may say later, without its state the process cannot be checked.
  const isSettled = state === undefined || 'error' in state
  const router = isSettled ? first : await askAgain(routerUrl, first, asking)
  if (state === undefined || router === undefined) return undefined
  return resultOf({ process, slotUrl, routerUrl }, state, router)
}

function resultOf(looked: Looked, state: Read, router: Read): Result {
  if ('error' in state) return { ...looked, kind: 'error', error: state.error, errorType: state.errorType }
  if ('error' in router) return { ...looked, kind: 'error', error: router.error, errorType: router.errorType }
  return state.nonce === router.nonce
    ? { ...looked, kind: 'match', nonce: state.nonce }
    : { ...looked, kind: 'mismatch', state: state.nonce, router: router.nonce }
}

/** Asks the router again as long as it may answer otherwise in a moment. Who waits for that keeps nobody else waiting. */
async function askAgain(url: string, first: Read | undefined, asking: Asking): Promise<Read | undefined> {
  const { retries } = asking.settings
  let read = first
  let attempts = 1
  for (; read !== undefined && 'error' in read && read.isPassing && attempts <= retries.max; attempts++) {
    await asking.pause(retryDelayMs(attempts - 1, read.retryAfter, retries, asking.world))
    read = await asking.inTurn(() => askRouter(url, asking))
  }
  return read !== undefined && 'error' in read ? afterAttempts(read, attempts) : read
}

function afterAttempts(wrong: Wrong, attempts: number): Wrong {
  // An answer that makes no sense says whose it is.
  if (wrong.errorType === 'validation') return wrong
  const what = attempts === 1 ? 'Failed to fetch SU Router nonce' : `Failed after ${attempts} attempts`
  return { ...wrong, error: `${what}: ${wrong.error}` }
}

function askRouter(url: string, asking: Asking): Promise<Read | undefined> {
  return ask(url, routerNonce, asking, ROUTER_BYTES_MAX)
}

async function ask(
  url: string,
  read: (answer: HttpAnswer | HttpFailure, timeoutMs: number) => Read,
  { world, settings: { timeoutMs }, turnAt, isOver }: Asking,
  bodyBytesMax?: number,
): Promise<Read | undefined> {
  return turnAt(url)(async () => {
    if (isOver()) return undefined
    const answer = await world.http.request({
      method: 'GET',
      url,
      headers: { accept: '*/*', 'user-agent': USER_AGENT },
      deadlineMs: timeoutMs,
      ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
    })
    // Its connection takes the next request only when this answer has been handed on: else each would open another.
    await new Promise<void>((resolve) => world.clock.soon(resolve))
    return read(answer, timeoutMs)
  })
}

function withoutSlash(base: string): string {
  return base.replace(/\/+$/, '')
}
