import assert from 'node:assert/strict'
import { test } from 'node:test'
import { virtualWorld } from './world.ts'

test('time stands still until it is advanced, and then everything happens at its own moment', async () => {
  const world = virtualWorld({ now: 1_000 })
  const { clock } = world
  const seen: (readonly [string, number])[] = []
  const note = (name: string) => () => void seen.push([name, clock.now()])
  clock.after(300, note('c'))
  clock.after(100, () => {
    note('a')()
    clock.after(100, note('b'))
  })
  clock.after(300, note('d'))
  clock.after(301, note('late'))
  const cancel = clock.after(200, note('cancelled'))
  cancel()
  cancel()
  assert.deepEqual(seen, [])
  await world.advance(300)
  assert.deepEqual(seen, [
    ['a', 1_100],
    ['b', 1_200],
    ['c', 1_300],
    ['d', 1_300],
  ])
  assert.equal(clock.now(), 1_300)
})

test('what needs no time happens without any', async () => {
  const world = virtualWorld()
  const { clock } = world
  const seen: string[] = []
  clock.soon(() => {
    seen.push('soon')
    void Promise.resolve().then(() => clock.soon(() => seen.push('sooner')))
  })
  await world.settle()
  assert.deepEqual(seen, ['soon', 'sooner'])
})

test('a jump moves the clock and lets nothing happen', async () => {
  const world = virtualWorld({ now: 0 })
  const { clock } = world
  let isCalled = false
  clock.after(1_000, () => (isCalled = true))
  world.jump(5_000)
  assert.equal(clock.now(), 5_000)
  await world.advance(999)
  assert.equal(isCalled, false)
  await world.advance(1)
  assert.equal(isCalled, true)
})

test('a seed gives the same chance twice, and another seed another', () => {
  const draw = (seed: number): readonly unknown[] => {
    const { random, id } = virtualWorld({ seed })
    return [random(), random(), id(), random()]
  }
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  const { random, id } = virtualWorld({ seed: 7 })
  for (let count = 0; count < 1_000; count++) assert.ok(random() >= 0 && random() < 1)
  assert.match(id(), /^[0-9a-f]{32}$/)
})

test('nobody answers unless somebody was put there', async () => {
  const request = { method: 'POST', url: 'https://a.example', headers: {}, deadlineMs: 1_000 } as const
  assert.deepEqual(await virtualWorld().http.request(request), {
    failure: 'connection',
    sent: false,
    reason: 'nothing listens there',
  })
  const { programs, certificates } = virtualWorld()
  assert.deepEqual(await programs.run({ command: ['true'], env: {}, deadlineMs: 1_000 }), {
    failure: 'not-started',
    reason: 'there is no such program',
    output: '',
  })
  assert.deepEqual(await certificates.expiry('a.example', 443, 1_000), {
    failure: 'connection',
    sent: false,
    reason: 'nothing listens there',
  })
})
