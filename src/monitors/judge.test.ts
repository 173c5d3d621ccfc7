import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { AT_ONCE, judge, type Confirm, type Looks } from './judge.ts'
import type { Observation } from './observation.ts'

function seen(isTrouble: boolean, value?: number): Observation {
  const finding = { summary: 'it is', severity: 'error' } as const
  return { subject: '', type: 'status', isTrouble, finding, ...(value === undefined ? {} : { value }) }
}

/** What fires after each look: `x` trouble, `.` none; a number is trouble with that value. One look a minute. */
function firings(looks: readonly (string | number)[], confirm: Partial<Confirm>): string {
  let before: Looks | undefined
  let isFiring = false
  return looks
    .map((look, at) => {
      const observation = typeof look === 'number' ? seen(true, look) : seen(look === 'x')
      const verdict = judge(observation, before, isFiring, { ...AT_ONCE, ...confirm }, at * 60_000)
      before = verdict.looks
      isFiring = verdict.isFiring
      return isFiring ? 'F' : '-'
    })
    .join('')
}

test('one look is enough, unless the config asks for more', () => {
  assert.equal(firings('.x.xx.'.split(''), {}), '-F-FF-')
})

test('trouble is believed once it was seen in N of the last M looks, the latest among them', () => {
  assert.equal(firings('x.x.x'.split(''), { trouble: 2, of: 2 }), '-----')
  assert.equal(firings('x.x'.split(''), { trouble: 2, of: 3 }), '--F')
  assert.equal(firings('xx.'.split(''), { trouble: 2, of: 3 }), '-F-')
  assert.equal(firings('x..x.x'.split(''), { trouble: 2, of: 3 }), '-----F')
})

test('it is over once it was well in so many looks in a row', () => {
  assert.equal(firings('x.x..x'.split(''), { well: 2 }), 'FFFF-F')
})

test('trouble has to last, where the config says for how long', () => {
  assert.equal(firings('xxx.xxx'.split(''), { forMs: 120_000 }), '--F---F')
})

test('a number has to grow at each of so many looks in a row', () => {
  assert.equal(firings([5, 6, 7, 7, 8, 9, '.', 1, 2, 3], { growing: 2 }), '--FFFF---F')
})

test('what has no number cannot grow, and fires all the same', () => {
  assert.equal(firings(['x', '.', 'x'], { growing: 1 }), 'F-F')
  assert.equal(firings(['x', 'x'], { growing: 3, trouble: 2, of: 2 }), '-F')
})

test('what is well, and was all along, needs no memory; of what fires, it is remembered since when', () => {
  assert.equal(judge(seen(false), undefined, false, { ...AT_ONCE, trouble: 2, of: 3 }, 0).looks, undefined)
  assert.equal(judge(seen(false), { seen: 'x', since: 5 }, true, AT_ONCE, 9).looks, undefined)
  assert.deepEqual(judge(seen(true), undefined, false, AT_ONCE, 5).looks, { seen: 'x', since: 5 })
  const wavering = judge(seen(false), { seen: 'x', since: 5 }, true, { ...AT_ONCE, well: 2 }, 9)
  assert.deepEqual(wavering, { isFiring: true, looks: { seen: 'x.', since: 5 } })
})

test('whatever was seen: enough looks of the same kind in a row decide, and memory is bounded', () => {
  const counts = fc.record({
    trouble: fc.integer({ min: 1, max: 5 }),
    more: fc.integer({ min: 0, max: 4 }),
    well: fc.integer({ min: 1, max: 5 }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 40 }),
      counts,
      fc.boolean(),
      (history, { trouble, more, well }, last) => {
        const confirm = { ...AT_ONCE, trouble, of: trouble + more, well }
        let before: Looks | undefined
        let isFiring = false
        for (const isTrouble of [...history, ...Array.from({ length: 10 }, () => last)]) {
          const verdict = judge(seen(isTrouble), before, isFiring, confirm, 0)
          ;({ isFiring, looks: before } = verdict)
          assert((before?.seen.length ?? 0) <= Math.max(confirm.of, well))
        }
        assert.equal(isFiring, last)
        if (!last) assert.equal(before, undefined)
      },
    ),
  )
})
