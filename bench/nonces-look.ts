/**
 * The monitor of nonces alone in a process of its own: `nonces-look.ts MAP ROUTER CONCURRENCY` looks once and prints what that
 * took, as JSON. Run it with --expose-gc.
 */
import { fromObject } from '../src/config/config.ts'
import { noncesMonitor, type NoncesSettings } from '../src/monitors/monitors.ts'
import { systemWorld } from '../src/world/world.ts'
import { monotonicMs } from './clock.ts'

export interface Look {
  readonly seconds: number
  /** Processes that agree. */
  readonly matches: number
  readonly cpuSeconds: number
  /** Memory in use on the heap: at most while it looked, and what is left of it then, over what there was before; in MB. */
  readonly heapMaxMb: number
  readonly heapLeftMb: number
  /** Resident memory at most, and before it looked, in MB. */
  readonly rssMaxMb: number
  readonly rssBeforeMb: number
}

const MB = 2 ** 20
const SAMPLE_EVERY_MS = 20

/** The monitor as a config has it that says no more than it must. */
export function noncesSettings(processes: string, routerUrl: string, concurrency: number): NoncesSettings {
  const parsed = fromObject({
    destinations: { sink: { type: 'webhook', url: 'https://sink.invalid' } },
    monitors: { nonces: { type: 'nonces', processes, router_url: routerUrl, concurrency } },
  })
  const settings = parsed.ok ? parsed.settings.monitors[0] : undefined
  if (settings?.type !== 'nonces')
    throw new Error(`The config of the bench is wrong: ${JSON.stringify(parsed)}`)
  return settings
}

async function look(settings: NoncesSettings): Promise<Look> {
  const world = systemWorld({ logLevel: 'error' })
  let matches = 0
  const monitor = noncesMonitor(settings, {
    onResult: ({ kind }) => void (matches += Number(kind === 'match')),
  })
  globalThis.gc?.()
  const before = process.memoryUsage()
  let heapMax = before.heapUsed
  const sampling = setInterval(
    () => (heapMax = Math.max(heapMax, process.memoryUsage().heapUsed)),
    SAMPLE_EVERY_MS,
  )
  const [cpu, startedAt] = [process.cpuUsage(), monotonicMs()]
  const observed = await monitor.observe(world, {
    memory: undefined,
    signal: AbortSignal.timeout(600_000),
    isServed: false,
  })
  const seconds = (monotonicMs() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(sampling)
  if (observed.kind === 'failed') throw new Error(observed.failure.reason)
  globalThis.gc?.()
  const heapLeft = process.memoryUsage().heapUsed - before.heapUsed
  await world.http.close()
  return {
    seconds,
    matches,
    cpuSeconds: (user + system) / 1e6,
    heapMaxMb: (heapMax - before.heapUsed) / MB,
    heapLeftMb: heapLeft / MB,
    rssMaxMb: process.resourceUsage().maxRSS / 1024,
    rssBeforeMb: before.rss / MB,
  }
}

if (import.meta.main) {
  const [map = '', routerUrl = '', concurrency = ''] = process.argv.slice(2)
  process.stdout.write(`${JSON.stringify(await look(noncesSettings(map, routerUrl, Number(concurrency))))}\n`)
  process.exit()
}
