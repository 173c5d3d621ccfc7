import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { systemWorld } from '../world/world.ts'
import { openOwnEmulator } from './own-emulator.ts'

const world = systemWorld({ logLevel: 'silent' })

test('an emulator that runs already is used, and left running', async () => {
  const first = await openOwnEmulator(world, 'http://127.0.0.1:0')
  const second = await openOwnEmulator(world, first.url)
  assert.deepEqual([first.isShared, second.isShared, second.url], [false, true, first.url])
  await second.close()
  const answer = await fetch(`${first.url}/emulator/incidents`)
  assert.equal(answer.status, 200)
  await first.close()
})

test('anything else at its address is in the way', async (t) => {
  const other = createServer((_, response) => void response.end('hello'))
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.after(() => void other.close())
  const { port } = other.address() as AddressInfo
  await assert.rejects(openOwnEmulator(world, `http://127.0.0.1:${port}`), {
    exitCode: 2,
    message: /something else listens there/,
  })
})
