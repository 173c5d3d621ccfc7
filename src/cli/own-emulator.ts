import { EMULATOR_URL } from '../config/config.ts'
import { openEmulator } from '../emulator/emulator.ts'
import type { World } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'

/** The emulator that is paged when there is no config: our own, or one that was here before. */
export interface OwnEmulator {
  readonly url: string
  readonly isShared: boolean
  readonly close: () => Promise<void>
}

/** Opens it at its fixed address. One of ours that listens there already does as well; anything else is in the way. */
export async function openOwnEmulator(world: World, address: string = EMULATOR_URL): Promise<OwnEmulator> {
  const { hostname: host, port } = new URL(address)
  try {
    const emulator = await openEmulator({ world, host, port: Number(port) })
    return { url: emulator.url, isShared: false, close: () => emulator.close() }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
  }
  if (await isEmulator(address, world)) return { url: address, isShared: true, close: async () => {} }
  throw new Complaint(
    EXIT.usage,
    `Without a config, Tocsin tells an emulator of PagerDuty on ${host}:${port}, and something else listens there.`,
    'Stop that, or write a tocsin.yaml that names a destination: see docs/configuration.md.',
  )
}

const PROBE_MS = 3_000

async function isEmulator(address: string, { http }: World): Promise<boolean> {
  const url = `${address}/emulator/faults`
  const answer = await http.request({ method: 'GET', url, headers: {}, deadlineMs: PROBE_MS })
  return 'status' in answer && answer.status === 200 && answer.body.startsWith('{"faults"')
}
