import { command, lookAlone } from './nonces-run.ts'
import { largeMap, openAo } from './open-ao.ts'
import type { Row } from './row.ts'
import type { Measurement } from './setup.ts'

const PROCESSES = 10_000
const QUICK = 1_000
const LATENCY_MS = 20
const CONCURRENCIES = [10, 64] as const

/** What very many processes take: time, memory, sockets. */
export const processes: Measurement = {
  name: 'processes',
  about: `10,000 AO processes, answers of ${LATENCY_MS} ms: time, memory, sockets`,
  async *run({ quick, progress }) {
    const count = quick ? QUICK : PROCESSES
    await using ao = await openAo(largeMap(count), LATENCY_MS)
    for (const concurrency of CONCURRENCIES) {
      const name = `${count.toLocaleString('en')}, ${concurrency} at a time`
      const row = (what: string, ours: number, unit: string, of = 'monitor'): Row => ({
        what: `${name}: ${what}`,
        of,
        ours,
        unit,
        better: 'less',
      })
      progress(`processes: ${name}`)
      await ao.report()
      const alone = await lookAlone(ao, count, concurrency)
      const { requests, routerSockets, stateSockets } = await ao.report()
      const ideal = (Math.ceil(count / concurrency) * LATENCY_MS) / 1000
      yield { ...row('time', alone.seconds, 's'), peer: { name: 'ideal', figure: ideal } }
      yield row('processor time', alone.cpuSeconds, 's')
      yield row('memory at most', alone.rssMaxMb, 'MB')
      yield row('memory over the start', alone.rssMaxMb - alone.rssBeforeMb, 'MB')
      yield row('heap over the start', alone.heapMaxMb, 'MB')
      yield row('heap left of it', alone.heapLeftMb, 'MB')
      yield { ...row('requests', requests, ''), peer: { name: 'two each', figure: 2 * count } }
      yield { ...row('sockets to the router', routerSockets, ''), bar: { figure: concurrency } }
      const most = Math.max(...stateSockets)
      yield { ...row('sockets to a state', most, ''), bar: { figure: concurrency } }
      const { seconds, memoryMb } = await command(ao, count, concurrency)
      yield { ...row('time', seconds, 's', 'tocsin nonces'), peer: { name: 'ideal', figure: ideal } }
      yield row('memory at most', memoryMb, 'MB', 'tocsin nonces')
    }
  },
}
