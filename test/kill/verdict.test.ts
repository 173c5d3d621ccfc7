/** The judge is judged: whatever must not be is planted once, and has to be found; what may be has to be let pass. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mishap } from './fleet.ts'
import { fullestWindow } from './fullest-window.ts'
import type { Heard } from './heard.ts'
import type { Story } from './persistent-sender.ts'
import { judge, WRONGS, type Verdict } from './verdict.ts'

type Says = Story['steps'][number]['says']

/** Says one thing a second, from second 1. */
function story(...says: readonly Says[]): Story {
  const steps = says.map((says, index) => {
    const at = (index + 1) * 1_000
    return { index, says, saidAt: at, answeredAt: at + 10, attempts: 1, refused: 0 }
  })
  return { name: 'key', steps }
}

/** Heard so many milliseconds after the start: `10: trigger #0 opened`. */
function heard(...events: readonly (readonly [at: number, text: string])[]): Heard[] {
  return events.map(([at, text]) => {
    const [action = '', index = '', outcome = ''] = text.split(/ #?/)
    const isFault = outcome === 'fault'
    return {
      at,
      dedupKey: 'key',
      action,
      index: Number(index),
      outcome: outcome as Heard['outcome'],
      status: isFault ? null : 202,
      fault: null,
      hadEffect: !isFault,
      isDoubtful: isFault,
    }
  })
}

function verdictOf(
  told: Story,
  events: readonly Heard[],
  mishaps: readonly Mishap[] = [],
  gaveUp: readonly number[] = [],
): Verdict {
  const happened = { mishaps, gaveUp: new Map([['key', gaveUp]]) }
  const [verdict] = judge([told], new Map([['key', events]]), happened)
  assert.ok(verdict !== undefined)
  return verdict
}

function wrongsOf(verdict: Verdict): string[] {
  return WRONGS.filter((kind) => verdict[kind].length > 0)
}

const ONE_FAILURE = story('firing', 'resolved')
const WELL = heard([1_010, 'trigger #0 opened'], [2_010, 'resolve #0 resolved'])

for (const { name, told, events, wrong } of [
  { name: 'told as it was said', told: ONE_FAILURE, events: WELL, wrong: [] },
  { name: 'a failure that nobody saw', told: ONE_FAILURE, events: [], wrong: ['lost'] },
  {
    name: 'the last failure that nobody saw',
    told: story('firing', 'resolved', 'firing', 'resolved'),
    events: WELL,
    wrong: ['lost'],
  },
  {
    name: 'a failure that was followed by one that people saw',
    told: story('firing', 'resolved', 'firing', 'resolved'),
    events: heard([4_010, 'trigger #2 opened'], [4_020, 'resolve #2 resolved']),
    wrong: [],
  },
  {
    name: 'an end that was never told',
    told: ONE_FAILURE,
    events: heard([1_010, 'trigger #0 opened']),
    wrong: ['leftOpen'],
  },
  {
    name: 'a trigger after its end',
    told: ONE_FAILURE,
    events: [...WELL, ...heard([2_500, 'trigger #0 opened'], [2_600, 'resolve #0 resolved'])],
    wrong: ['outOfOrder', 'pagedTwice', 'unexplained'],
  },
  {
    name: 'older news after newer ones',
    told: story('firing', 'firing', 'resolved'),
    events: heard(
      [2_010, 'trigger #1 opened'],
      [2_020, 'trigger #0 updated'],
      [3_010, 'resolve #1 resolved'],
    ),
    wrong: ['outOfOrder'],
  },
  {
    name: 'the same again although it was answered',
    told: ONE_FAILURE,
    events: heard(
      [1_010, 'trigger #0 opened'],
      [1_900, 'trigger #0 updated'],
      [2_010, 'resolve #0 resolved'],
    ),
    wrong: ['unexplained'],
  },
]) {
  test(`the judge, of ${name}: ${wrong.join(', ') || 'well'}`, () => {
    assert.deepEqual(wrongsOf(verdictOf(told, events)), wrong)
  })
}

const AGAIN = heard(
  [1_010, 'trigger #0 opened'],
  [1_900, 'trigger #0 updated'],
  [2_010, 'resolve #0 resolved'],
)
const at = (kind: Mishap['kind'], from: number, until = from): Mishap => ({ kind, from, until })

for (const { cause, events = AGAIN, mishaps = [], gaveUp = [] } of [
  {
    cause: 'lost answer',
    events: heard([1_010, 'trigger #0 opened'], [1_500, 'trigger #0 fault']).concat(AGAIN.slice(1)),
  },
  { cause: 'late answer', gaveUp: [1_520] },
  { cause: 'kill', mishaps: [at('kill', 1_015)] },
  { cause: 'pause', mishaps: [at('pause', 1_012, 1_950)] },
  { cause: 'database', mishaps: [at('database', 1_012, 1_300)] },
] as const) {
  test(`the judge knows why something was told again: ${cause}`, () => {
    const verdict = verdictOf(ONE_FAILURE, events, mishaps, gaveUp)
    assert.deepEqual(wrongsOf(verdict), [])
    assert.deepEqual(
      Object.entries(verdict.again).filter(([, count]) => count > 0),
      [[cause, 1]],
    )
  })
}

test('a kill long after the answer explains nothing', () => {
  const events = heard(
    [1_010, 'trigger #0 opened'],
    [8_000, 'trigger #0 updated'],
    [9_010, 'resolve #0 resolved'],
  )
  assert.deepEqual(wrongsOf(verdictOf(story('firing'), events, [at('kill', 7_000)])), ['unexplained'])
})

test('the fullest window slides, and its two ends are not both in it', () => {
  assert.equal(fullestWindow([], 1_000), 0)
  assert.equal(fullestWindow([0, 1_000, 2_000], 1_000), 1)
  assert.equal(fullestWindow([0, 500, 999, 1_000, 1_400], 1_000), 4)
})
