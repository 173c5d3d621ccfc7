import { loadConfig, suggest } from '../config/config.ts'
import { openStore } from '../store/store.ts'
import { systemWorld } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { unlocked } from './deliver-here.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { storeUrl, type Where } from './find-settings.ts'
import { serviceApi } from './service-api.ts'
import { placeOf } from './store-place.ts'
import { timeoutMs } from './timeout.ts'
import type { Terminal } from './terminal.ts'

export interface HeartbeatOptions extends Where {
  readonly url?: string
  readonly token?: string
  readonly timeout: string
  readonly json?: boolean
}

/** `tocsin heartbeat NAME`: says that somebody is there, to a running service or into its store. */
export async function heartbeat(
  name: string,
  options: HeartbeatOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const answer =
    options.url === undefined
      ? await beatHere(name, options, terminal)
      : await beatThere(name, options, options.url, terminal)
  terminal.print(options.json === true ? `${JSON.stringify(answer)}\n` : `Heard: ${name}.\n`)
  return EXIT.well
}

async function beatThere(
  name: string,
  { token, timeout }: HeartbeatOptions,
  url: string,
  { env }: Terminal,
): Promise<unknown> {
  const { http } = systemWorld({ logLevel: 'silent' })
  const api = serviceApi({ url, token: token ?? env['TOCSIN_TOKEN'], deadlineMs: timeoutMs(timeout), http })
  try {
    return await api.ask('POST', `/v1/heartbeats/${encodeURIComponent(name)}`)
  } finally {
    await api.close()
  }
}

async function beatHere(
  name: string,
  { config, store: named, timeout }: HeartbeatOptions,
  { env }: Terminal,
): Promise<unknown> {
  const { settings } = loadConfig(config, env)
  const names = settings.monitors.flatMap((monitor) =>
    monitor.type === 'heartbeat' && monitor.of === undefined ? [monitor.name] : [],
  )
  if (!names.includes(name))
    throw new Complaint(
      EXIT.usage,
      `There is no heartbeat ${JSON.stringify(name)}.${suggest(name, names)}`,
      config === undefined
        ? 'Name the config with --config PATH, or give --url URL of the service.'
        : undefined,
    )
  const place = named === undefined ? settings.store : storeUrl(named)
  if (placeOf(place).kind === 'memory')
    throw new Complaint(
      EXIT.usage,
      'The store is in memory, which ends with this command.',
      'Give --url URL of the service.',
    )
  const patience = timeoutMs(timeout)
  const world = systemWorld({ logLevel: 'silent' })
  const store = await openStore(place, { clock: world.clock })
  try {
    const at = world.clock.now()
    await unlocked(() => store.watch(name, { ranAt: at }), at + patience, world)
    return { status: 'heard', heartbeat: name, at: new Date(at).toISOString() }
  } finally {
    await store.close()
  }
}
