import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limiter } from './limiter.ts'

test('no more works at a time than may, and the first to come is the first to start', async () => {
  const limit = limiter(3)
  const started: number[] = []
  let running = 0
  let most = 0
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      limit(async () => {
        started.push(at)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return at * 2
      }),
    ),
  )
  assert.equal(most, 3)
  assert.deepEqual(
    started,
    [...started].sort((one, other) => one - other),
  )
  assert.deepEqual(
    answers,
    started.map((at) => at * 2),
  )
})

test('who comes as a place becomes free waits behind those who were there before', async () => {
  const limit = limiter(1)
  const order: string[] = []
  const first = limit(async () => void order.push('first'))
  const second = limit(async () => void order.push('second'))
  const third = first.then(() => limit(async () => void order.push('third')))
  await Promise.all([first, second, third])
  assert.deepEqual(order, ['first', 'second', 'third'])
})

test('work that fails gives its place back', async () => {
  const limit = limiter(1)
  await assert.rejects(
    limit(() => Promise.reject(new Error('broken'))),
    /broken/,
  )
  assert.equal(await limit(async () => 'well'), 'well')
})
