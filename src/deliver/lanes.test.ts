import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { LANES } from '../decide/decide.ts'
import type { LaneCounts } from '../store/store.ts'
import { allot, type AllotOptions } from './lanes.ts'

const NONE: LaneCounts = { critical: 0, resolve: 0, trigger: 0, update: 0 }
const MANY: LaneCounts = { critical: 500, resolve: 500, trigger: 500, update: 500 }
const OPTIONS: AllotOptions = { limit: 120, slots: 1_000, slotsKept: 0, reversed: false }

function sum(counts: LaneCounts): number {
  return LANES.reduce((total, lane) => total + counts[lane], 0)
}

interface Row {
  readonly name: string
  readonly used?: Partial<LaneCounts>
  readonly due: Partial<LaneCounts>
  readonly options?: Partial<AllotOptions>
  readonly taken: Partial<LaneCounts>
}

const ROWS: readonly Row[] = [
  {
    name: 'one lane alone leaves room for critical alerts and resolves',
    due: { trigger: 500 },
    taken: { trigger: 96 },
  },
  { name: 'critical alerts alone leave room for resolves', due: { critical: 500 }, taken: { critical: 108 } },
  {
    name: 'what waits has its share, and urgency takes the rest',
    due: MANY,
    taken: { critical: 78, resolve: 24, trigger: 12, update: 6 },
  },
  {
    name: 'a share that is not needed goes to others',
    due: { ...MANY, resolve: 3 },
    taken: { critical: 90, resolve: 3, trigger: 12, update: 6 },
  },
  {
    name: 'a full window takes nothing',
    used: { trigger: 120 },
    due: MANY,
    taken: {},
  },
  {
    name: 'what others left of the window is for critical alerts and resolves',
    used: { trigger: 96 },
    due: { ...MANY, critical: 1, resolve: 2 },
    taken: { critical: 1, resolve: 2 },
  },
  {
    name: 'what lanes have used already counts towards their shares',
    used: { critical: 12, resolve: 24 },
    due: { trigger: 500 },
    taken: { trigger: 84 },
  },
  {
    name: 'the least urgent first, now and then: it takes what no other is sure of',
    due: MANY,
    options: { reversed: true },
    taken: { critical: 12, resolve: 24, trigger: 12, update: 72 },
  },
  {
    name: 'so small a limit that a share is no event: by urgency alone',
    due: { ...MANY, critical: 1 },
    options: { limit: 4 },
    taken: { critical: 1, resolve: 3 },
  },
  {
    name: 'a limit of five keeps one for each',
    due: MANY,
    options: { limit: 5 },
    taken: { critical: 2, resolve: 1, trigger: 1, update: 1 },
  },
  {
    name: 'no limit: as many as may start',
    due: { ...NONE, trigger: 500 },
    options: { limit: undefined, slots: 32 },
    taken: { trigger: 32 },
  },
  {
    name: 'the slots that are kept are for critical alerts alone',
    due: { ...MANY, critical: 2 },
    options: { limit: undefined, slots: 10, slotsKept: 4 },
    taken: { critical: 2, resolve: 4 },
  },
  {
    name: 'with only kept slots left, nothing else starts',
    due: { trigger: 5 },
    options: { limit: undefined, slots: 4, slotsKept: 4 },
    taken: {},
  },
]

suite('of the window each lane is allotted its part', () => {
  for (const { name, used, due, options, taken } of ROWS) {
    test(name, () => {
      const allotted = allot({ ...NONE, ...used }, { ...NONE, ...due }, { ...OPTIONS, ...options })
      assert.deepEqual(allotted, { ...NONE, ...taken })
    })
  }
})

const counts = (max: number): fc.Arbitrary<LaneCounts> => {
  const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max }))
  return fc.record({ critical: count, resolve: count, trigger: count, update: count })
}
const options = fc.record({
  limit: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  slots: fc.integer({ min: 0, max: 64 }),
  slotsKept: fc.integer({ min: 0, max: 8 }),
  reversed: fc.boolean(),
})

test('never more than the window, the slots and what is due allow, whatever waits', () => {
  fc.assert(
    fc.property(counts(60), counts(300), options, (used, due, given) => {
      const taken = allot(used, due, given)
      for (const lane of LANES) assert.ok(taken[lane] >= 0 && taken[lane] <= due[lane])
      assert.ok(sum(taken) <= given.slots)
      if (given.limit !== undefined) assert.ok(sum(taken) <= Math.max(0, given.limit - sum(used)))
    }),
  )
})

test('what waits moves on: by any history of full windows, no lane that waits gets less than its share', () => {
  const shares = { critical: 0.1, resolve: 0.2, trigger: 0.1, update: 0.05 }
  fc.assert(
    fc.property(counts(300), fc.integer({ min: 20, max: 200 }), fc.boolean(), (due, limit, reversed) => {
      const taken = allot(NONE, due, { limit, slots: 1_000, slotsKept: 0, reversed })
      for (const lane of LANES)
        assert.ok(taken[lane] >= Math.min(due[lane], Math.max(1, Math.floor(limit * shares[lane]))))
    }),
  )
})

test('a critical alert and a resolve find room behind any backlog that was sent by these rules', () => {
  const steps = fc.array(counts(100), { minLength: 1, maxLength: 20, size: 'max' })
  fc.assert(
    fc.property(steps, fc.integer({ min: 10, max: 200 }), (arriving, limit) => {
      const used = { ...NONE }
      for (const due of arriving) {
        const taken = allot(used, { ...due, critical: 0, resolve: 0 }, { ...OPTIONS, limit })
        used.trigger += taken.trigger
        used.update += taken.update
        for (const lane of ['critical', 'resolve'] as const)
          for (const reversed of [false, true])
            assert.equal(allot(used, { ...MANY, [lane]: 1 }, { ...OPTIONS, limit, reversed })[lane], 1)
      }
    }),
  )
})
