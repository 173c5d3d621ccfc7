import type { TestContext } from 'node:test'
import type { Emulator } from '../../src/emulator/emulator.ts'
import { assertWell } from './account.ts'
import type { Fleet } from './fleet.ts'
import { hear } from './heard.ts'
import type { Story } from './persistent-sender.ts'
import { CAUSES } from './told-again.ts'
import { judge, WRONGS, type Verdict } from './verdict.ts'

/** Says in figures what was said, heard and done, and fails when anything of it must not be. */
export async function report(
  t: TestContext,
  stories: readonly Story[],
  emulator: Emulator,
  fleet: Fleet,
  url: string,
): Promise<void> {
  const { mishaps, starts } = fleet
  const events = emulator.events()
  const heard = hear(events)
  const verdicts = judge(stories, heard, { mishaps, gaveUp: fleet.gaveUp() })
  const total = (of: (verdict: Verdict) => number): number => verdicts.reduce((sum, one) => sum + of(one), 0)
  const steps = stories.flatMap((story) => story.steps)
  const pages = emulator.incidents().reduce((sum, incident) => sum + incident.pages, 0)
  const done = Object.entries(Object.groupBy(mishaps, ({ kind }) => kind))
  const figures = {
    done: figuresOf(done.map(([kind, all]) => [kind, all.length])),
    starts: `median ${median(starts)} ms, longest ${Math.max(...starts)} ms`,
    'answered 2xx': figuresOf([
      ['alerts', steps.length],
      ['said more than once', steps.filter(({ attempts }) => attempts > 1).length],
      ['refused at first', steps.filter(({ refused }) => refused > 0).length],
      ['longest wait in ms', steps.reduce((most, one) => Math.max(most, one.answeredAt - one.saidAt), 0)],
    ]),
    'at the emulator': figuresOf([
      ['events', events.length],
      ['failed or unanswered', events.filter(({ outcome, status }) => outcome === 'fault' || !status).length],
      ['pages', pages],
      ['failures that came and went before they could be told', total(({ overtaken }) => overtaken)],
    ]),
    'told again, by cause': figuresOf(CAUSES.map((cause) => [cause, total(({ again }) => again[cause])])),
    wrong: figuresOf(WRONGS.map((kind) => [kind, total((verdict) => verdict[kind].length)])),
  }
  for (const [name, text] of Object.entries(figures)) t.diagnostic(`${name}: ${text}`)
  await assertWell(verdicts, { stories, heard, mishaps, url })
}

function figuresOf(figures: readonly (readonly [string, number])[]): string {
  return figures.map(([name, value]) => `${name} ${value}`).join(', ')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
