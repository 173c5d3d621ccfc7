import type { Settings } from '../config/config.ts'
import type { Reason } from '../decide/decide.ts'
import { wire, type Pipeline } from '../pipeline/pipeline.ts'
import { StoreError, type Delivery } from '../store/store.ts'
import { systemWorld, type World } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'
import { placeOf } from './store-place.ts'
import { fateOf, type Report } from './report.ts'
import { timeoutMs } from './timeout.ts'

/** What was asked of a store: why it was decided so, and the deliveries that it concerns, looked up anew each time. */
export interface Asked {
  readonly reasons: readonly Reason[]
  readonly look: () => Promise<readonly Delivery[]>
}

export interface DeliverOptions {
  readonly settings: Settings
  /** A duration: how long to wait for the destinations. */
  readonly timeout: string
}

export const POLL_MS = 15
/** What is in flight at the end gets so long; left undone, it goes out again with the next run. */
export const DRAIN_MS_MIN = 1_000

/**
 * Opens the store, asks for one thing, delivers (what an earlier run left, too), and waits for that one thing only. Beside
 * a running service either may be the one that delivers it: the store tells.
 */
export async function deliverHere<T extends Asked>(
  { settings, timeout }: DeliverOptions,
  ask: (pipeline: Pipeline, world: World) => Promise<T>,
): Promise<{ report: Report; asked: T }> {
  const patience = timeoutMs(timeout)
  refuseForgetful(settings)
  const world = systemWorld({ logLevel: 'silent', secrets: () => settings.secrets })
  const endAt = world.clock.now() + patience
  const { pipeline, store } = await wire(settings, world, () => {})
  await using opened = new AsyncDisposableStack()
  // The network is left to the end of the process: what drain has given up on is not waited for.
  opened.defer(() => store.close())
  opened.defer(() => pipeline.drain(Math.max(DRAIN_MS_MIN, endAt - world.clock.now())))
  const asked = await unlocked(() => ask(pipeline, world), endAt, world)
  let deliveries = await asked.look()
  await unlocked(() => pipeline.deliver(), endAt, world).catch(() => {
    // It is durable already, so the report says what became of it: a service beside us, or the next run, delivers it.
  })
  while (deliveries.some((delivery) => isUnderWay(delivery, world)) && world.clock.now() < endAt) {
    await wait(POLL_MS, world)
    deliveries = await asked.look()
  }
  const { reasons } = asked
  const report = { reasons, deliveries, at: world.clock.now(), store: placeOf(settings.store).name, timeout }
  return { report, asked }
}

/** A store in memory ends with the command: what could not be told would be lost, and nobody would know. */
export function refuseForgetful({ store }: Settings): void {
  if (placeOf(store).kind !== 'memory') return
  throw new Complaint(
    EXIT.usage,
    'The store is in memory, which ends with this command.',
    'Name a file or a database with --store.',
  )
}

function isUnderWay(delivery: Delivery, { clock }: World): boolean {
  return fateOf(delivery, clock.now()) === 'kept'
}

/** A busy service beside us holds the file most of the time; what it keeps from us now it may not a moment later. */
export async function unlocked<T>(work: () => Promise<T>, endAt: number, world: World): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const isLocked = error instanceof StoreError && error.fault === 'locked'
      if (!isLocked || world.clock.now() >= endAt) throw error
    }
    await wait(POLL_MS, world)
  }
}

export function wait(delayMs: number, { clock }: World): Promise<void> {
  return new Promise((resolve) => void clock.after(delayMs, resolve))
}
