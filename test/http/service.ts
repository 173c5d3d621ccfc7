import { fromObject, type Config, type Settings } from '../../src/config/config.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import { wire } from '../../src/pipeline/pipeline.ts'
import { Metrics, openServer } from '../../src/server/server.ts'
import type { ServerContext } from '../../src/server/context.ts'
import { systemWorld, type World } from '../../src/world/world.ts'

export const ROUTING_KEY = 'RoutingKeyOfTheServiceUnderTest1'

export interface Service {
  readonly url: string
  readonly pipeline: Pipeline
  close(): Promise<void>
}

/** Settings of a service that forgets at the end, on a free port, with one destination where nothing listens. */
export function settingsOf(config: Partial<Config> = {}): Settings {
  const parsed = fromObject({
    store: 'sqlite::memory:',
    destinations: {
      oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: 'http://127.0.0.1:9' },
    },
    ...config,
    server: { listen: '127.0.0.1:0', ...config.server },
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

/** What every endpoint works with; nothing of it is started. */
export async function contextOf(
  settings: Settings,
  world: World = systemWorld({ logLevel: 'silent' }),
): Promise<ServerContext> {
  const metrics = new Metrics()
  const { pipeline } = await wire(settings, world, (notice) => metrics.notice(notice))
  return { pipeline, settings, world, metrics, version: '0.0.0-test', startedAt: world.clock.now() }
}

/** A real service on a real socket. */
export async function openService(
  config: Partial<Config> = {},
  options: { start?: boolean; world?: World } = {},
): Promise<Service> {
  const context = await contextOf(settingsOf(config), options.world)
  const { pipeline, world } = context
  if (options.start !== false) await pipeline.start()
  const server = await openServer(context)
  return {
    url: server.url,
    pipeline,
    close: async () => {
      await server.close()
      await pipeline.drain(1_000)
      await pipeline.store.close()
      await world.http.close()
    },
  }
}

/** Sends a body as JSON. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}
