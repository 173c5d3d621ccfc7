import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import type { Outcome } from '../decide/decide.ts'
import { Breaker } from './breaker.ts'

const NOW = 1_700_000_000_000
const MOST = 32

const ACCEPTED: Outcome = { kind: 'accepted', message: '' }
const REJECTED: Outcome = { kind: 'rejected', reason: 'invalid-event', status: 400, message: '' }
const UNSENT: Outcome = { kind: 'rejected', reason: 'invalid-event', message: '' }
const FAILED: Outcome = { kind: 'retry', reason: 'server-error', maybeAccepted: true, message: '' }
const LIMITED: Outcome = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false, message: '' }

/** Outcomes one after the other at one time, and what the breaker said to each. */
function after(outcomes: readonly Outcome[], random = 1): { breaker: Breaker; said: readonly unknown[] } {
  const breaker = new Breaker()
  return {
    breaker,
    said: outcomes.map((outcome) => {
      breaker.begin()
      return breaker.end(outcome, NOW, random)
    }),
  }
}

interface Row {
  readonly name: string
  readonly outcomes: readonly Outcome[]
  readonly state: 'closed' | 'open'
  readonly permits: number
  readonly probeInMs?: number
  readonly said?: 'opened' | 'closed'
}

const FOUR: readonly Outcome[] = [FAILED, FAILED, FAILED, FAILED]
const ROWS: readonly Row[] = [
  { name: 'nothing happened yet', outcomes: [], state: 'closed', permits: MOST },
  { name: 'all is well', outcomes: [ACCEPTED, ACCEPTED], state: 'closed', permits: MOST },
  { name: 'one failure: one send at a time', outcomes: [ACCEPTED, FAILED], state: 'closed', permits: 1 },
  { name: 'a success after failures', outcomes: [...FOUR, ACCEPTED], state: 'closed', permits: MOST },
  { name: 'a refusal is an answer too', outcomes: [...FOUR, REJECTED], state: 'closed', permits: MOST },
  { name: 'what never left us is no answer', outcomes: [...FOUR, UNSENT], state: 'closed', permits: 1 },
  {
    name: 'five failures in a row',
    outcomes: [...FOUR, FAILED],
    state: 'open',
    permits: 0,
    probeInMs: 1_000,
    said: 'opened',
  },
  {
    name: 'five failures, the last with a wish',
    outcomes: [...FOUR, { ...FAILED, afterMs: 30_000 }],
    state: 'open',
    permits: 0,
    probeInMs: 30_000,
    said: 'opened',
  },
  {
    name: 'we are too fast',
    outcomes: [LIMITED],
    state: 'open',
    permits: 0,
    probeInMs: 5_000,
    said: 'opened',
  },
  {
    name: 'we are too fast, and for how long',
    outcomes: [{ ...LIMITED, afterMs: 12_000 }],
    state: 'open',
    permits: 0,
    probeInMs: 12_000,
    said: 'opened',
  },
]

suite('the state of a breaker', () => {
  for (const { name, outcomes, state, permits, probeInMs, said } of ROWS) {
    test(name, () => {
      const { breaker, said: answers } = after(outcomes)
      assert.deepEqual([breaker.state, breaker.permits(NOW, MOST)], [state, permits])
      assert.equal(breaker.probeAt, probeInMs === undefined ? undefined : NOW + probeInMs)
      assert.equal(answers.at(-1), said)
    })
  }
})

test('an open one lets one probe pass when its time comes, and nothing beside it', () => {
  const { breaker } = after([LIMITED])
  assert.equal(breaker.permits(NOW + 4_999, MOST), 0)
  assert.equal(breaker.permits(NOW + 5_000, MOST), 1)
  breaker.begin()
  assert.deepEqual(
    [breaker.state, breaker.probeAt, breaker.permits(NOW + 5_000, MOST)],
    ['open', undefined, 1],
  )
  assert.equal(breaker.end(ACCEPTED, NOW + 5_100, 0.5), 'closed')
  assert.deepEqual([breaker.state, breaker.permits(NOW + 5_100, MOST)], ['closed', MOST])
})

test('each probe that fails is followed by a longer wait, up to 15 s, and nobody hears of it again', () => {
  const { breaker } = after([...FOUR, FAILED])
  const waits: number[] = []
  for (let time = NOW, turn = 0; turn < 7; turn++) {
    const { probeAt = 0 } = breaker
    waits.push(probeAt - time)
    time = probeAt
    breaker.begin()
    assert.equal(breaker.end(FAILED, time, 1), undefined)
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
})

test('a send that was under way when it opened says nothing new, unless it was asked to wait longer', () => {
  const { breaker } = after([LIMITED])
  breaker.end(FAILED, NOW, 1)
  assert.equal(breaker.probeAt, NOW + 5_000)
  breaker.end({ ...FAILED, afterMs: 20_000 }, NOW, 1)
  assert.equal(breaker.probeAt, NOW + 20_000)
  breaker.end({ ...FAILED, afterMs: 1 }, NOW, 1)
  assert.equal(breaker.probeAt, NOW + 20_000)
  assert.equal(breaker.end(ACCEPTED, NOW, 1), 'closed')
})

test('a destination that is down gets eight probes a minute at most, once it is known to be', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.infiniteStream(random), fc.integer({ min: 0, max: 3 }), (randoms, kind) => {
      const breaker = new Breaker()
      const outcome = kind === 0 ? LIMITED : FAILED
      const probes: number[] = []
      let time = NOW
      while (time < NOW + 600_000) {
        if (breaker.permits(time, MOST) > 0) {
          probes.push(time)
          breaker.begin()
          const [chance = 0] = randoms.take(1)
          breaker.end(outcome, time, chance)
        }
        time = breaker.probeAt ?? time
      }
      const late = probes.filter((at) => at >= NOW + 60_000)
      for (const [index, at] of late.entries())
        assert.ok(at - (late[index - 8] ?? -Infinity) >= 60_000, 'nine probes within a minute')
      assert.ok(probes.every((at, index) => index === 0 || at - (probes[index - 1] ?? 0) <= 15_000))
    }),
    { numRuns: 50 },
  )
})
