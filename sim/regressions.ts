import type { Plan } from './plan.ts'

/**
 * A seed that once failed, and what was wrong. It must never fail again. A seed tells the same as long as nothing else is
 * drawn in its plan or its run; what is added there is drawn by a fork of its own, or last.
 */
export interface Regression {
  readonly seed: number
  readonly overrides?: Partial<Plan>
  readonly was: string
}

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 2,
    was: 'an open breaker whose probe was due woke the courier every millisecond while the window was full',
  },
  {
    seed: 4338,
    was: 'a destination added with a key that others had renamed their window, and it was exceeded',
  },
  {
    seed: 4332,
    overrides: { sharesKey: true, reloads: 3 },
    was: 'the same, of a smaller window',
  },
  {
    seed: 3693,
    was: 'a clock that was set back while no process ran held up what waited, by as much',
  },
  {
    seed: 10451,
    was: 'a clock that was set back while upkeep waited for a slow disk was not noticed',
  },
  {
    seed: 4681,
    was: 'times were moved at each start after the clock had been set back, and the window was empty',
  },
  {
    seed: 61_013,
    overrides: { clockJumps: 0 },
    was: 'the sends of a dead process that nobody knew to be gone counted in their window for ever',
  },
  { seed: 55_672, was: 'the same, of a smaller window' },
  { seed: 50_552, was: 'what was written just after the clock had been set back was moved with it' },
  { seed: 51_469, was: 'the same, of another window' },
  {
    seed: 102_005,
    was: 'a process that wrote after the clock was set back and crashed before it noticed hid it',
  },
  {
    seed: 5336,
    was: 'an outcome that could not be written down kept its times, although the clock was set back meanwhile',
  },
  {
    seed: 945,
    was: 'a person who ended the incident of a storm left what folded later with nobody',
  },
  { seed: 291, was: 'a process that crashed after moving its times had them moved again by the next one' },
  {
    seed: 22_555,
    was: 'an update of an incident that came back showed it as triggered in Slack, where somebody was on it',
  },
  {
    seed: 574,
    was: 'a mail whose answer was lost was told again with other content under the same Message-ID, and nobody read it',
  },
  {
    seed: 1_261,
    was: 'at Rootly an end whose answer was lost opened its alert anew with each try',
  },
]
