import type { Doings, PlaceHistory } from './place-verdict.ts'
import type { ToldStory } from './told-story.ts'

/** Of so many keys everything is told: they mostly fail for the same reason. */
const KEYS_MAX = 2

/** All that was said, heard and done about the first of the keys and stories that one of the sentences names, in the order of time. */
export function accountOf(
  { name: place, attempts }: PlaceHistory,
  stories: readonly ToldStory[],
  { kills, gaveUp }: Doings,
  wrongs: readonly string[],
): string[] {
  const isNamed = (name: string): boolean => wrongs.some((wrong) => wrong.includes(name))
  const keys = new Set(
    attempts.filter(({ key, heard }) => isNamed(key) || isNamed(`${heard?.name},`)).map(({ key }) => key),
  )
  return [...keys].slice(0, KEYS_MAX).flatMap((key) => {
    const tries = attempts.filter((attempt) => attempt.key === key)
    const names = new Set(tries.map(({ heard }) => heard?.name))
    const told = tries.map(({ at, heard, isDoubtful }) => ({
      at,
      text: `  ${heard === undefined ? 'tried' : `heard ${heard.action} #${heard.firing} ${heard.mark}`}${isDoubtful ? ', and answered in vain' : ''}`,
    }))
    const said = stories
      .filter(({ name }) => names.has(name))
      .flatMap(({ steps }) =>
        steps.flatMap(({ saidAt, answeredAt, firing, attempts: times }, index) => [
          { at: saidAt, text: `says ${index}: ${firing || 'over'}` },
          { at: answeredAt, text: `${index} was answered (said ${times} times)` },
        ]),
      )
    const done = kills.map((at) => ({ at, text: '      kill' }))
    const gave = (gaveUp.get(key) ?? []).map((at) => ({ at, text: '    waited in vain' }))
    const lines = [...said, ...told, ...done, ...gave].sort((a, b) => a.at - b.at)
    const written = lines.map(({ at, text }) => `${new Date(at).toISOString().slice(14, 23)} ${text}`)
    return [`${place}, ${key}`].concat(written)
  })
}
