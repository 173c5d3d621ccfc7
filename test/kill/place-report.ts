import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { accountOf } from './place-account.ts'
import {
  CAUSES,
  judgePlace,
  WRONGS,
  type Doings,
  type PlaceHistory,
  type PlaceVerdict,
} from './place-verdict.ts'
import type { ToldStory } from './told-story.ts'

/** All that was said, heard and done. */
export interface PlaceEvidence {
  readonly histories: readonly PlaceHistory[]
  readonly stories: readonly ToldStory[]
  readonly doings: Doings
  /** What else is counted, by its name. */
  readonly more: Readonly<Record<string, number>>
}

/** Fewer answers for a kill prove nothing. */
const ANSWERED_MIN = 5

/** Says in one line of figures what was done, said and heard, and fails when anything of it must not be. */
export function reportPlaces(t: TestContext, { histories, stories, doings, more }: PlaceEvidence): void {
  const judged = histories.map((history) => ({ history, verdict: judgePlace(history, stories, doings) }))
  const each = (of: (verdict: PlaceVerdict) => number): string =>
    judged.map(({ history, verdict }) => `${history.name} ${of(verdict)}`).join(' ')
  const total = (of: (verdict: PlaceVerdict) => number): number =>
    judged.reduce((sum, { verdict }) => sum + of(verdict), 0)
  const kills = doings.kills.length
  const answered = stories.reduce((sum, { steps }) => sum + steps.length, 0)
  const done = Object.entries({ kills, ...more, answered }).map(([name, count]) => `${name} ${count}`)
  const causes = CAUSES.map((cause) => `${cause} ${total(({ again }) => again[cause])}`)
  t.diagnostic(
    [
      done.join(', '),
      `heard: ${each(({ heard }) => heard)}`,
      `told twice, by cause: ${causes.join(', ')}`,
      `left behind: ${each(({ leftBehind }) => leftBehind)}`,
    ].join('; '),
  )
  const wrongs = judged.flatMap(({ history, verdict }) => {
    const found = WRONGS.flatMap((kind) => verdict[kind].map((text) => `${history.name}, ${kind}: ${text}`))
    return found.concat(accountOf(history, stories, doings, found))
  })
  assert.equal(wrongs.join('\n'), '')
  const isEnough = judged.every(({ verdict }) => verdict.heard > stories.length)
  assert.ok(isEnough && answered > kills * ANSWERED_MIN, 'too little happened')
}
