import { ask } from '../process/sender.ts'
import { until } from '../process/until.ts'

/** So many are quoted when time runs out. */
const QUOTED_MAX = 5

/** Resolves once nothing waits to be told, and nothing was given up. */
export async function untilAllTold(url: string, deadlineMs: number): Promise<void> {
  let left: readonly unknown[] | undefined
  await until('nothing waits to be told', deadlineMs, async () => {
    left = await untold(url)
    return left?.length === 0
  }).catch((error: unknown) => {
    const quoted = left?.slice(0, QUOTED_MAX).map((delivery) => JSON.stringify(delivery))
    throw new Error(`${new Date().toISOString()}, left (${left?.length}):\n${quoted?.join('\n')}`, {
      cause: error,
    })
  })
}

/** Deliveries that wait or were given up; the latest 200. Undefined when nobody answers. */
async function untold(url: string): Promise<readonly unknown[] | undefined> {
  const answers = await Promise.all(
    ['waiting', 'dead'].map((state) => ask(`${url}/v1/deliveries?state=${state}`)),
  )
  if (answers.some((answer) => answer?.status !== 200)) return undefined
  return answers.flatMap((answer) => (JSON.parse(answer?.text ?? '') as { deliveries: unknown[] }).deliveries)
}
