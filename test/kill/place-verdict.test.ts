/** The judge is judged: whatever must not be is planted once, and has to be found; what may be has to be let pass. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  judgePlace,
  WRONGS,
  type Attempt,
  type Doings,
  type PlaceHistory,
  type PlaceVerdict,
} from './place-verdict.ts'
import type { ToldStory } from './told-story.ts'

/** Says one thing a second, from second 1; what ends with ! lasts. Empty: it is over. */
function story(...steps: readonly string[]): ToldStory {
  return {
    name: 'disk',
    steps: steps.map((text, index) => {
      const at = (index + 1) * 1_000
      const lasts = text.endsWith('!')
      const firing = text.replace('!', '')
      return { firing, saidAt: at, answeredAt: at + 10, lasts, attempts: 1, refused: 0 }
    }),
  }
}

/** Heard so many milliseconds after the start: `trigger #0 1 by:story of:mark`, in doubt with a question mark; `none`: not taken. */
function heard(...events: readonly (readonly [at: number, text: string])[]): Attempt[] {
  return events.map(([at, text]) => {
    const [, action = '', firing = '', name = 'disk', mark = 'key'] =
      /^(\w+)(?: #([\d ]*?))?(?: by:(\w+))?(?: of:(\w+))?\??$/.exec(text) ?? []
    const isTaken = action !== 'none'
    const isDoubtful = text.endsWith('?') || !isTaken
    return isTaken
      ? { at, key: 'key', isDoubtful, heard: { action, name, firing, mark } }
      : { at, key: 'key', isDoubtful }
  })
}

function verdictOf(
  told: ToldStory,
  attempts: readonly Attempt[],
  { place = {}, doings = {} }: { place?: Partial<PlaceHistory>; doings?: Partial<Doings> } = {},
): PlaceVerdict {
  const history = { name: 'place', attempts, shown: [], ...place }
  return judgePlace(history, [told], { kills: [], gaveUp: new Map(), ...doings })
}

function wrongsOf(verdict: PlaceVerdict): string[] {
  return WRONGS.filter((kind) => verdict[kind].length > 0)
}

const ONE = story('0!', '')
const WELL = heard([1_010, 'trigger #0'], [2_010, 'resolve #0'])

for (const { name, told = ONE, attempts, wrong = [] } of [
  { name: 'told as it was said', attempts: WELL },
  { name: 'a failure that lasted and that nobody saw', attempts: [], wrong: ['lost'] },
  { name: 'a failure that did not last', told: story('0', ''), attempts: [] },
  {
    name: 'a change that lasted and that nobody saw',
    told: story('0', '1!', ''),
    attempts: heard([1_010, 'trigger #0'], [3_010, 'resolve #0']),
    wrong: ['lost'],
  },
  {
    name: 'a failure that was heard of when it was over',
    attempts: heard([2_010, 'trigger #0'], [2_020, 'resolve #0']),
    wrong: ['lost'],
  },
  { name: 'an end that was never told', attempts: WELL.slice(0, 1), wrong: ['leftOpen'] },
  {
    name: 'a trigger after its end',
    attempts: heard(
      [1_010, 'trigger #0'],
      [2_010, 'resolve #0'],
      [2_500, 'trigger #0'],
      [2_600, 'resolve #0'],
    ),
    wrong: ['outOfOrder', 'unexplained'],
  },
  {
    name: 'a trigger of what was over before the end that was told',
    told: story('0', '', '2', ''),
    attempts: heard(
      [3_010, 'trigger #2'],
      [4_010, 'resolve #2'],
      [4_100, 'trigger #0'],
      [4_200, 'resolve #0'],
    ),
    wrong: ['outOfOrder', 'unexplained'],
  },
  {
    name: 'older news after newer ones',
    told: story('0', '1', ''),
    attempts: heard([2_010, 'trigger #1'], [2_020, 'update #0'], [3_010, 'resolve #1']),
    wrong: ['outOfOrder'],
  },
  {
    name: 'the same again for no reason',
    attempts: heard([1_010, 'trigger #0'], [1_900, 'update #0'], [2_010, 'resolve #0']),
    wrong: ['unexplained'],
  },
  {
    name: 'an end again for no reason',
    attempts: heard([1_010, 'trigger #0'], [2_010, 'resolve #0'], [2_900, 'resolve #0']),
    wrong: ['unexplained'],
  },
  {
    name: 'a group that is again as it was before',
    told: story('0', '0 1', '0!', ''),
    attempts: heard(
      [1_010, 'trigger #0'],
      [2_010, 'update #0 1'],
      [3_010, 'update #0'],
      [4_010, 'resolve #'],
    ),
  },
  {
    name: 'something that nobody said',
    attempts: heard([1_010, 'trigger #0'], [2_010, 'resolve #0'], [2_500, 'resolve #0 by:other']),
    wrong: ['strange'],
  },
]) {
  test(`the judge of places, of ${name}: ${wrong.join(', ') || 'well'}`, () => {
    assert.deepEqual(wrongsOf(verdictOf(told, attempts)), wrong)
  })
}

const AGAIN = heard([1_010, 'trigger #0'], [1_900, 'trigger #0'], [2_010, 'resolve #0'])

for (const { cause, attempts = AGAIN, doings = {} } of [
  { cause: 'cut answer', attempts: heard([1_010, 'trigger #0?']).concat(AGAIN.slice(1)) },
  { cause: 'cut answer', attempts: AGAIN.toSpliced(1, 0, ...heard([1_500, 'none'])) },
  { cause: 'late answer', doings: { gaveUp: new Map([['key', [1_520]]]) } },
  { cause: 'kill', doings: { kills: [1_015] } },
]) {
  test(`the judge of places knows why something was told again: ${cause}`, () => {
    const verdict = verdictOf(ONE, attempts, { doings })
    assert.deepEqual(wrongsOf(verdict), [])
    assert.deepEqual(
      Object.entries(verdict.again).filter(([, count]) => count > 0),
      [[cause, 1]],
    )
  })
}

test('a kill long after the answer, or after it was told again, explains nothing', () => {
  const late = heard([1_010, 'trigger #0'], [8_000, 'trigger #0'])
  for (const kill of [7_000, 8_100]) {
    const verdict = verdictOf(story('0'), late, { doings: { kills: [kill] } })
    assert.deepEqual(verdict.unexplained, ['key: trigger #0 again for no reason'])
  }
})

const MESSAGES = heard(
  [1_010, 'trigger #0 of:first'],
  [1_500, 'trigger #0 of:second'],
  [2_010, 'resolve #0 of:second'],
)
const IN_DOUBT = heard([1_010, 'trigger #0 of:first?']).concat(MESSAGES.slice(1))
const isOver = (first: boolean, second: boolean): PlaceHistory['shown'] => [
  { mark: 'first', isOver: first },
  { mark: 'second', isOver: second },
]

for (const {
  name,
  attempts = MESSAGES,
  shown,
  forgets = 'posted anew',
  doings = {},
  wrong = [],
  left = 0,
} of [
  { name: 'its answer was lost', attempts: IN_DOUBT, shown: isOver(false, true), left: 1 },
  { name: 'it came just before a kill', shown: isOver(false, true), doings: { kills: [1_020] }, left: 1 },
  { name: 'nothing happened to it', shown: isOver(false, true), wrong: ['leftOpen', 'unexplained'] },
  {
    name: 'it is the one that is known',
    attempts: IN_DOUBT,
    shown: isOver(true, false),
    wrong: ['leftOpen'],
  },
  {
    name: 'it can be found by its key',
    attempts: IN_DOUBT,
    shown: isOver(false, true),
    forgets: 'opened anew',
    wrong: ['leftOpen'],
  },
] as const) {
  test(`a message that stands unresolved, and ${name}: ${wrong.join(', ') || 'well'}`, () => {
    const verdict = verdictOf(ONE, attempts, { place: { shown, forgets }, doings })
    assert.deepEqual(wrongsOf(verdict), wrong)
    assert.equal(verdict.leftBehind, left)
  })
}

test('what is shown, and was never heard of, is strange', () => {
  const verdict = verdictOf(ONE, WELL, { place: { shown: [{ mark: 'other', isOver: true }] } })
  assert.deepEqual(wrongsOf(verdict), ['strange'])
})

test('where an alert has to be opened to be ended, that is no failure anew, but it wants a cause', () => {
  const attempts = heard(
    [1_010, 'trigger #0'],
    [2_010, 'resolve #0'],
    [2_500, 'trigger #0'],
    [2_510, 'resolve #0'],
  )
  const place = { forgets: 'opened anew' } as const
  assert.deepEqual(wrongsOf(verdictOf(ONE, attempts, { place, doings: { kills: [2_020] } })), [])
  assert.deepEqual(wrongsOf(verdictOf(ONE, attempts, { place })), ['unexplained'])
})
