/**
 * The AO network as a process of its own, so that what it costs is not counted: `fork('ao-network.ts')`, then talk to it:
 * open-ao.ts.
 */
import { Ao } from '../test/vendors/ao.ts'

export type AoAsked =
  | {
      readonly kind: 'open'
      readonly hosts: number
      readonly ids: readonly string[]
      readonly latencyMs: number
    }
  /** Say what was asked since it was asked last. */
  | { readonly kind: 'report' }

export type AoSaid =
  | { readonly kind: 'opened'; readonly routerUrl: string; readonly stateUrls: readonly string[] }
  | {
      readonly kind: 'report'
      readonly requests: number
      readonly complaints: number
      /** Connections that were open at most: to the router, and to the state servers one by one. */
      readonly routerSockets: number
      readonly stateSockets: readonly number[]
    }

/** Both sides say it: everything agrees, so that nothing but looking is measured. */
const NONCE = '1234567'

let ao: Ao | undefined

async function open({ hosts, ids, latencyMs }: Extract<AoAsked, { kind: 'open' }>): Promise<AoSaid> {
  ao = await Ao.open(hosts)
  ao.latencyMs = latencyMs
  for (const id of ids) ao.say(id, NONCE, NONCE)
  return { kind: 'opened', routerUrl: ao.routerUrl, stateUrls: ao.states.map(({ url }) => url) }
}

function report(): AoSaid {
  if (ao === undefined) throw new Error('The network is not open.')
  const { asked, complaints, router, states } = ao
  const requests = asked.length
  asked.length = 0
  const [routerSockets, stateSockets] = [router.socketsMax, states.map(({ socketsMax }) => socketsMax)]
  for (const server of [router, ...states]) server.socketsMax = server.sockets
  return { kind: 'report', requests, complaints: complaints.length, routerSockets, stateSockets }
}

process.on('message', (asked: AoAsked) => {
  if (asked.kind === 'report') process.send?.(report())
  else void open(asked).then((said) => process.send?.(said))
})
process.on('disconnect', () => process.exit())
