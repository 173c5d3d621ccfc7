/** SIGTERM under load: nothing that was answered is lost, the port is free, and whoever insists need not wait. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { isTaken, send } from './sender.ts'
import { configOf, startService, tempFolder, type ServiceProcess } from './service-process.ts'
import { until } from './until.ts'

const SENDERS = 8

test('what was answered 2xx before the end of a service that got SIGTERM under load is told after the next start', async (t) => {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const config = configOf(tempFolder(t), emulator.url)
  emulator.faults({ delay_ms: 50 })
  const first = await startService(config)
  const load = { taken: new Set<string>(), refused: [] as number[] }
  const senders = Array.from({ length: SENDERS }, (_, index) => sendOn(first, `sender-${index}`, load))
  await until('there is load', 10_000, () => load.taken.size > 300)
  const asked = performance.now()
  const { code, signal } = await first.stop()
  const tookMs = Math.round(performance.now() - asked)
  await Promise.all(senders)
  assert.deepEqual([code, signal], [0, null])
  assert.match(first.output, /Stopped\. What was not told yet is kept/)
  assert.deepEqual(load.refused, [], 'who is answered while it stops is answered 2xx')
  await assertFree(first.url)
  const told = emulator.incidents().length
  assert.ok(told < load.taken.size, 'it stops with something left to tell, or the test proves nothing')

  emulator.faults({})
  const second = await startService(config)
  await until('all that was answered is told', 10_000, () => emulator.incidents().length >= load.taken.size)
  assert.deepEqual(missing(emulator, load.taken), [])
  const pagedTwice = emulator.incidents().filter(({ pages }) => pages !== 1)
  assert.deepEqual(pagedTwice, [])
  // Nothing was in flight when it ended, so nothing had to be told again.
  assert.equal(emulator.events().length, emulator.incidents().length)
  assert.equal((await second.stop()).code, 0)
  t.diagnostic(`${load.taken.size} answered, ${told} of them told before the end; stopping took ${tookMs} ms`)
})

test('the first signal waits for what is in flight, the second ends the process at once', async (t) => {
  const emulator = await openEmulator({ limit: 0 })
  t.after(() => emulator.close())
  const config = configOf(tempFolder(t), emulator.url)
  emulator.faults({ hang: true })
  const first = await startService(config)
  assert.ok(isTaken(await send(`${first.url}/v1/alerts`, alert('stuck'))))
  await until('it is being told', 5_000, () => emulator.events().length === 1)
  first.signal('SIGTERM')
  await until('it says that it waits', 5_000, () => /Stopping \(SIGTERM\)/.test(first.output))
  // A request that waits ten seconds for its answer is still in flight.
  await until('nobody listens there any more', 5_000, async () => (await send(first.url, {})) === undefined)
  assert.equal(first.hasExited, false)
  const asked = performance.now()
  first.signal('SIGTERM')
  const { code, signal } = await first.exited
  assert.deepEqual([code, signal], [1, null])
  assert.ok(performance.now() - asked < 2_000)

  emulator.faults({})
  const second = await startService(config)
  const { pages } = await emulator.waitFor('stuck', 'triggered')
  assert.equal(pages, 1)
  assert.equal((await second.stop()).code, 0)
})

function alert(name: string): object {
  return { dedup_key: name, summary: name, severity: 'error' }
}

/** Sends one alert after the other until nobody takes them any more. */
async function sendOn(
  { url }: ServiceProcess,
  sender: string,
  load: { taken: Set<string>; refused: number[] },
): Promise<void> {
  for (let count = 0; ; count++) {
    const name = `${sender}-${count}`
    const answer = await send(`${url}/v1/alerts`, alert(name))
    if (answer === undefined) return
    if (isTaken(answer)) load.taken.add(name)
    else load.refused.push(answer.status)
  }
}

function missing(emulator: Emulator, names: ReadonlySet<string>): string[] {
  const told = new Set(emulator.incidents().map(({ dedup_key: key }) => key))
  return [...names].filter((name) => !told.has(name))
}

async function assertFree(url: string): Promise<void> {
  const server = createServer()
  server.listen(Number(new URL(url).port), '127.0.0.1')
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
