import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openStore, StoreError, type Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Finding } from './finding.ts'
import { placeOf } from './store-place.ts'

/** Below this, a storm of alerts may fill the disk before anybody looks. */
const FREE_BYTES_MIN = 500 * 1024 * 1024

/** Whether the store is sound, of our schema, can be written, and what waits in it for a person. */
export async function checkStore(url: string, world: World): Promise<Finding[]> {
  const about = 'store'
  const { kind, name } = placeOf(url)
  if (kind === 'memory')
    return [{ verdict: 'doubtful', about, message: 'it is in memory, and forgotten when Tocsin stops.' }]
  const space = kind === 'file' ? await checkSpace(dirname(name)) : []
  if (kind === 'file' && !existsSync(name))
    return [
      { verdict: 'good', about, message: `${name} is not there yet; the first start makes it.` },
      ...space,
    ]
  try {
    const store = await openStore(url, { clock: world.clock, migrate: false })
    try {
      return [...(await checkOpened(store, name, world)), ...space]
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return [{ verdict: 'bad', about, message: error.message, next: error.next }, ...space]
  }
}

async function checkOpened(store: Store, name: string, { clock }: World): Promise<Finding[]> {
  const about = 'store'
  const damage = await store.check()
  if (damage.length > 0) {
    const next = 'Stop Tocsin, keep a copy of the file, and restore a backup.'
    return damage.map((message): Finding => ({ verdict: 'bad', about, message: `${name}: ${message}`, next }))
  }
  // A transaction that finds nothing to do: it needs the right to write, and changes nothing.
  await store.retry(-1, clock.now())
  const findings: Finding[] = [{ verdict: 'good', about, message: `${name} is sound and can be written.` }]
  for (const [destination, count] of await store.dead('')) {
    findings.push({
      verdict: 'doubtful',
      about,
      message: `${destination} has refused ${count === 1 ? 'a delivery' : `${count} deliveries`}.`,
      next: 'See `tocsin deliveries --state dead`; `tocsin deliveries retry ID` tries one again.',
    })
  }
  return findings
}

async function checkSpace(folder: string): Promise<Finding[]> {
  const about = 'disk'
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const megabytes = Math.floor(free / 1024 / 1024)
    if (free >= FREE_BYTES_MIN) return []
    const next = 'Free some: when it is full, senders are answered 503.'
    return [{ verdict: 'doubtful', about, message: `${megabytes} MB are left for the store.`, next }]
  } catch {
    const next = 'Make it, or name another place with `store:` in the config.'
    return [
      { verdict: 'bad', about, message: `the folder of the store, ${folder}, cannot be looked at.`, next },
    ]
  }
}
