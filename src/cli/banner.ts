import type { Server } from '../server/server.ts'
import type { OwnEmulator } from './own-emulator.ts'

export interface About {
  readonly server: Pick<Server, 'url'>
  readonly emulator: Pick<OwnEmulator, 'url' | 'isShared'> | undefined
  readonly store: string
  readonly destinations: readonly string[]
  readonly needsToken: boolean
  readonly config: string | undefined
  readonly version: string
}

/** What a person wants to know once the service runs: where everything is, and what to try first. */
export function banner(about: About): string {
  const { server, store, config, version } = about
  const rows = [
    ['Page', `${server.url}/`],
    ['Tells', tells(about)],
    ['Store', store],
    ['Config', config ?? 'none (./tocsin.yaml, or --config PATH)'],
  ]
  return [
    `Tocsin ${version} listens on ${server.url}`,
    '',
    ...rows.map(([name = '', value]) => `  ${name.padEnd(8)}${value}`),
    '',
    'Try it:',
    ...firstRequest(about),
    '',
    '',
  ].join('\n')
}

function tells({ emulator, destinations }: About): string {
  if (emulator === undefined) return destinations.join(', ')
  const whose = emulator.isShared ? 'that runs already' : 'of PagerDuty on this machine'
  return `${emulator.url}/ (an emulator ${whose}; nobody is paged)`
}

function firstRequest({ server, needsToken }: About): string[] {
  const token = needsToken ? ` -H "authorization: Bearer $TOCSIN_TOKEN"` : ''
  return [
    `  curl ${server.url}/v1/alerts -H 'content-type: application/json'${token} \\`,
    `    -d '{"dedup_key":"db-1","summary":"db-1 is down","severity":"critical"}'`,
  ]
}
