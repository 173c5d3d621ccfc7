import { existsSync } from 'node:fs'
import { fromObject, type Config, type Settings } from '../config/config.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import { makeApp, Metrics } from '../server/server.ts'
import { openStore } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'
import { placeOf } from './store-place.ts'
import { readAnswer, type Api } from './service-api.ts'
import { version } from './version.ts'

/**
 * The store's own file, asked through the very endpoints that a service has, without a port: what a command prints is the
 * same with and without --url. Nothing is delivered.
 */
export async function storeApi(storeUrl: string, world: World): Promise<Api> {
  refuseMissing(storeUrl)
  const settings = settingsOfReader(storeUrl)
  const { policy, retryForMs, retention } = settings
  const store = await openStore(storeUrl, { clock: world.clock, migrate: false })
  const pipeline = new Pipeline({ store, destinations: [], policy, world, retryForMs, retention })
  const startedAt = world.clock.now()
  const metrics = new Metrics()
  const app = makeApp(
    { pipeline, settings, world, metrics, version: version(), startedAt, isAside: true },
    { isDraining: false },
  )
  return {
    ask: async (method, path, body) => {
      const payload = body === undefined ? {} : { payload: JSON.stringify(body), headers: JSON_TYPE }
      const answer = await app.inject({ method, url: path, ...payload })
      return readAnswer(answer.statusCode, answer.body, placeOf(storeUrl).name)
    },
    close: async () => {
      await app.close()
      await store.close()
    },
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** To open a store that is not there would make an empty one, and its emptiness would look like good news. */
export function refuseMissing(storeUrl: string): void {
  const place = placeOf(storeUrl)
  if (place.kind !== 'file' || existsSync(place.name)) return
  throw new Complaint(
    EXIT.usage,
    `There is no store at ${place.name}.`,
    'Name it with --store PATH or --config PATH, or name a running Tocsin with --url URL.',
  )
}

/** Whoever may read the file needs no token, and whoever only reads needs no destination. */
function settingsOfReader(store: string): Settings {
  const config: Config = { store, destinations: { none: { type: 'pagerduty', routing_key: '0'.repeat(32) } } }
  const parsed = fromObject(config)
  if (!parsed.ok) throw new Complaint(EXIT.usage, parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.settings
}
