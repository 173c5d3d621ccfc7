import type { Config } from '../../src/config/config.ts'
import { systemWorld } from '../../src/world/world.ts'
import { until } from '../process/until.ts'
import { openService, type Service } from './service.ts'

type Monitors = NonNullable<Config['monitors']>

/** A service with monitors that have all looked once: at its start they look at once, and not some seconds later. */
export async function openWatching(monitors: Monitors, config: Partial<Config> = {}): Promise<Service> {
  const world = { ...systemWorld({ logLevel: 'silent' }), random: () => 0 }
  const service = await openService({ ...config, monitors }, { world })
  await until('every monitor has looked', 20_000, () =>
    service.pipeline.monitors.standings.every(({ last }) => last !== undefined),
  )
  return service
}

/** A check that prints this and ends with that. */
export function saying(text: string, code: number): Monitors[string] {
  const script = `console.log(process.argv[1]); process.exitCode = ${code}`
  return { type: 'exec', every: '1h', command: [process.execPath, '-e', script, text] }
}
