import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, removeFolder, ROOT, start, type Running } from './running.ts'

/** As any routing key looks. Only sinks hear of it. */
export const ROUTING_KEY = 'TocsinDemoKeyThatEverybodyKnows0'

/** How the one destination is told. */
export interface Telling {
  readonly url: string
  /** @default 'none' */
  readonly rate?: 'none' | '{ limit: 120, window: 60s }'
  /** @default what the service does by itself */
  readonly storm?: 'off'
  /** Further lines of the config. */
  readonly more?: readonly string[]
}

/** Some replicas of `tocsin serve` on one store. */
export interface Tocsin extends AsyncDisposable {
  readonly urls: readonly string[]
  /** All replicas together, in MB. */
  memoryMb(): number
  /** All replicas together, since they began. */
  cpuSeconds(): number
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts real services, each in its own process, from source. Rejects when one does not come up. */
export async function startTocsin(
  store: string,
  telling: Telling,
  { replicas = 1, port = 0 }: { readonly replicas?: number; readonly port?: number } = {},
): Promise<Tocsin> {
  const folder = makeFolder()
  const config = join(folder, 'tocsin.yaml')
  writeFileSync(config, configOf(store, telling, port))
  const running: Running[] = []
  // One after the other: the first brings the schema up, as in any careful rollout.
  for (let replica = 0; replica < replicas; replica++) running.push(await serve(config))
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await Promise.all(running.map((one) => one.stop(signal)))
    removeFolder(folder)
  }
  return {
    urls: running.map(({ said }) => said),
    memoryMb: () => running.reduce((sum, one) => sum + one.memoryMb(), 0),
    cpuSeconds: () => running.reduce((sum, one) => sum + one.cpuSeconds(), 0),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

/** A config with one destination. */
export function configOf(
  store: string,
  { url, rate = 'none', storm, more = [] }: Telling,
  port: number,
): string {
  const destination = {
    type: 'pagerduty',
    routing_key: ROUTING_KEY,
    url: `"${url}"`,
    rate,
    ...(storm === undefined ? {} : { storm: `"${storm}"` }),
  }
  const lines = Object.entries(destination).map(([name, value]) => `    ${name}: ${value}`)
  return [
    `store: "${store}"`,
    `server: { listen: "127.0.0.1:${port}" }`,
    'destinations:',
    '  sink:',
    ...lines,
    ...more,
    '',
  ].join('\n')
}

function serve(config: string): Promise<Running> {
  const words = [join(ROOT, 'src/cli/main.ts'), 'serve', '--config', config, '--log-level', 'error']
  return start(process.execPath, words, /http:\/\/127\.0\.0\.1:\d+/)
}
