import type { Observation } from './observation.ts'

/** Of every subject and type that is looked at, those that nothing was seen of. */
export function unseenOf(
  subjects: Iterable<string>,
  types: readonly string[],
  seen: readonly Observation[],
): readonly Pick<Observation, 'subject' | 'type'>[] {
  const known = new Set(seen.map(({ subject, type }) => `${type} ${subject}`))
  return Array.from(subjects, (subject) =>
    types.filter((type) => !known.has(`${type} ${subject}`)).map((type) => ({ subject, type })),
  ).flat()
}
