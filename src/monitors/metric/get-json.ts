import { withoutSecrets, type World } from '../../world/world.ts'
import { ask } from '../ask.ts'
import type { Failure } from '../observation.ts'
import { saidIn } from '../said-in.ts'
import type { MetricSettings } from '../settings.ts'
import { secretsOf, SECRET_UNITS_MIN, shownUrl } from '../shown-url.ts'
import { USER_AGENT } from '../user-agent.ts'

export type Got =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A thousand series with twenty long labels each are about 2 MiB. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/** Asks for JSON, with the headers and the token of the settings. The reason of a failure names the address without its query. */
export async function getJson(
  { headers, bearer, timeoutMs }: Pick<MetricSettings, 'headers' | 'bearer' | 'timeoutMs'>,
  url: string,
  world: Pick<World, 'http'>,
  signal: AbortSignal,
): Promise<Got> {
  const token = bearer?.()
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const request = {
    method: 'GET',
    url,
    headers: {
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(Object.fromEntries(own) as Record<string, string>),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    deadlineMs: timeoutMs,
    bodyBytesMax: ANSWER_BYTES_MAX,
  } as const
  const answer = await ask(world, request, signal)
  const place = shownUrl(url)
  if ('failure' in answer) return failed('request', `${place} gave no answer: ${answer.reason}`)
  const { status, body } = answer
  if (status < 200 || status > 299) {
    const values = Object.values(headers).filter(({ length }) => length >= SECRET_UNITS_MIN)
    const secrets = [...(token === undefined ? [] : [token]), ...values, ...secretsOf(url)]
    const said = saidIn(body, secrets)
    return failed('answer', `${place} answered ${status}${said}; expected 200`)
  }
  if (Buffer.byteLength(body) >= ANSWER_BYTES_MAX)
    return failed('answer', `the answer of ${place} is longer than 4 MiB; ask for less`)
  try {
    return { kind: 'json', value: token === undefined ? JSON.parse(body) : parsedWithout(token, body) }
  } catch {
    return failed('answer', `the answer of ${place} is no JSON`)
  }
}

/** Texts of an answer are shown where a number was expected, and as labels: an answer may repeat what it was asked. */
function parsedWithout(token: string, body: string): unknown {
  return JSON.parse(body, (_, value: unknown) =>
    typeof value === 'string' ? withoutSecrets(value, [token]) : value,
  )
}

function failed(point: 'request' | 'answer', reason: string): Got {
  return { kind: 'failed', failure: { reason, point } }
}
