import { systemWorld } from '../world/world.ts'
import { findStore, type Where } from './find-settings.ts'
import { serviceApi, type Api } from './service-api.ts'
import type { Terminal } from './terminal.ts'

export interface ApiOptions extends Where {
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

const DEADLINE_MS = 30_000

/** What a reading command asks: the running Tocsin that is named, or else the store's own file. */
export async function openApi(options: ApiOptions, terminal: Terminal): Promise<Api> {
  const world = systemWorld({ logLevel: 'silent' })
  const { url, token = terminal.env['TOCSIN_TOKEN'] } = options
  if (url !== undefined) return serviceApi({ url, token, deadlineMs: DEADLINE_MS, http: world.http })
  const { storeApi } = await import('./store-api.ts')
  return storeApi(findStore(options, terminal), world)
}

/** A path with those parts of a query that are given. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`
}
