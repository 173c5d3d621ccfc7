import { inTurn } from './figures.ts'
import { command, lookAlone } from './nonces-run.ts'
import { openAo, realMap, type AoNetwork } from './open-ao.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'

const LATENCY_MS = 450
/** Of the processes at a time, and how many of them are looked at one at a time with --quick. */
const CONCURRENCIES = [10, 64] as const
const QUICK = 13

/** No more than half as long again as the answers themselves take. */
const BAR = { times: 0.67 }

/** How long a real map takes, beside what its answers alone would take. */
export const nonces: Measurement = {
  name: 'nonces',
  about: `a real map of 129 AO processes, answers of ${LATENCY_MS} ms, beside the ideal`,
  async *run(setup) {
    const map = realMap()
    await using ao = await openAo(map, LATENCY_MS)
    const count = Object.keys(map).length
    const alone = new Map<number, number>()
    for (const concurrency of CONCURRENCIES) {
      const figures = await measure(setup, ao, count, concurrency)
      alone.set(concurrency, figures[1] ?? Number.NaN)
      yield* rows(figures, count, concurrency)
    }
    const few = setup.quick ? QUICK : count
    setup.progress(`nonces: ${few} processes, one at a time`)
    const { seconds } = await lookAlone(ao, few, 1)
    yield* rows([Number.NaN, seconds], few, 1)
    const each = seconds / few
    for (const [concurrency, ours] of alone) {
      const peer = { name: 'one at a time', figure: each * count }
      yield {
        what: `${count} processes, ${concurrency} at a time`,
        of: 'monitor',
        ours,
        unit: 's',
        better: 'less',
        peer,
      }
    }
    const { complaints } = await ao.report()
    if (complaints > 0) throw new Error(`AO would not have understood ${complaints} requests.`)
  },
}

function measure(
  { rounds, progress }: Setup,
  ao: AoNetwork,
  count: number,
  concurrency: number,
): Promise<readonly number[]> {
  progress(`nonces: ${count} processes, ${concurrency} at a time`)
  return inTurn(rounds, [
    async () => (await command(ao, count, concurrency)).seconds,
    async () => (await lookAlone(ao, count, concurrency)).seconds,
  ])
}

/** `figures`: of the command, which begins with the start of a process, and of the monitor alone. */
function* rows(figures: readonly number[], count: number, concurrency: number): Generator<Row> {
  const ideal = (Math.ceil(count / concurrency) * LATENCY_MS) / 1000
  for (const [at, of] of ['tocsin nonces', 'monitor'].entries()) {
    const ours = figures[at] ?? Number.NaN
    if (Number.isNaN(ours)) continue
    const what = `${count} processes, ${concurrency} at a time`
    yield { what, of, ours, unit: 's', better: 'less', peer: { name: 'ideal', figure: ideal }, bar: BAR }
  }
}
