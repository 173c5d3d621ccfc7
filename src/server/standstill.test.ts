import assert from 'node:assert/strict'
import { test } from 'node:test'
import { virtualWorld } from '../world/world.ts'
import { Standstill } from './standstill.ts'

test('what is read after a standstill is stale for a second, and nothing is while the process turns', async () => {
  const world = virtualWorld()
  const standstill = new Standstill(world.clock)
  standstill.start()
  await world.advance(60_000)
  assert.equal(standstill.isStale, false)
  world.jump(4_000)
  assert.equal(standstill.isStale, false, 'a short hiccup is none')
  await world.advance(1_000)
  world.jump(60_000)
  assert.equal(standstill.isStale, true, 'seen before any timer has fired')
  await world.advance(999)
  assert.equal(standstill.isStale, true)
  await world.advance(2)
  assert.equal(standstill.isStale, false)
  standstill.stop()
})
