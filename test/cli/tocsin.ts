import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { run, start, type Ran, type Started } from './run.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

export const ROUTING_KEY = 'cli0test0routing0key000000000001'

/** A person at a terminal: a folder of their own, and a PagerDuty that answers. */
export interface Desk {
  readonly folder: string
  readonly emulator: Emulator
  /** Runs `tocsin ARGS` to its end. */
  readonly tocsin: (...args: string[]) => Promise<Ran>
  /** The same, with the emulator as the PagerDuty that the environment names. */
  readonly script: (...args: string[]) => Promise<Ran>
  /** The same, with other variables in the environment. */
  readonly scriptIn: (env: Readonly<Record<string, string>>, ...args: string[]) => Promise<Ran>
  /** Starts `tocsin ARGS`, which runs until it is stopped. */
  readonly start: (...args: string[]) => Started
  /** Writes ./tocsin.yaml: one destination, at the emulator, and a free port. */
  readonly configure: (config?: Partial<Config>) => void
  /** Starts `tocsin serve` and waits until it listens. */
  readonly serve: (...args: string[]) => Promise<{ service: Started; url: string }>
}

/** Everything is gone after the test. */
export async function sitDown(t: TestContext): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
  const emulator = await openEmulator({ limit: 0 })
  const started = new Set<Started>()
  t.after(async () => {
    await Promise.all(Array.from(started, (one) => one.stop()))
    await emulator.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const begin = (args: readonly string[]): Started => {
    const one = start(process.execPath, [MAIN, ...args], { cwd: folder })
    started.add(one)
    return one
  }
  const scriptIn: Desk['scriptIn'] = (more, ...args) => {
    const env = { PAGERDUTY_ROUTING_KEY: ROUTING_KEY, PAGERDUTY_URL: emulator.url, ...more }
    return run(process.execPath, [MAIN, ...args], { cwd: folder, env })
  }
  return {
    folder,
    emulator,
    tocsin: (...args) => run(process.execPath, [MAIN, ...args], { cwd: folder }),
    script: (...args) => scriptIn({}, ...args),
    scriptIn,
    start: (...args) => begin(args),
    configure: (config = {}) => {
      const oncall = { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } as const
      const whole: Config = { server: { listen: '127.0.0.1:0' }, destinations: { oncall }, ...config }
      writeFileSync(join(folder, 'tocsin.yaml'), JSON.stringify(whole))
    },
    serve: async (...args) => {
      const service = begin(['serve', ...args])
      const [, url = ''] = await service.printed(/listens on (http:\S+)/)
      return { service, url }
    },
  }
}

/** What `--json` printed. */
export function json(ran: Ran): Record<string, unknown> {
  return JSON.parse(ran.stdout) as Record<string, unknown>
}
