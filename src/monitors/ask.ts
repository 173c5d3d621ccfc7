import type { HttpAnswer, HttpFailure, HttpRequest, World } from '../world/world.ts'
import { until } from './until.ts'

/** Asks, but waits no longer than there is time to look: `signal` is that of `Looking`. Never rejects. */
export async function ask(
  { http }: Pick<World, 'http'>,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer | HttpFailure> {
  return (await until(signal, () => http.request(request))) ?? TOO_LATE
}

const TOO_LATE: HttpFailure = {
  failure: 'timeout',
  sent: true,
  reason: 'no answer before the time to look was over',
}
