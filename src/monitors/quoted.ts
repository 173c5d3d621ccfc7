import { withoutSecrets } from '../world/world.ts'

/** Enough to tell what went wrong, and no more than a line. */
const QUOTED_UNITS_MAX = 200

/** Somebody else's text made fit for ours: one line of at most 200 UTF-16 units, without the secrets. */
export function quoted(
  text: string,
  secrets: readonly string[] = [],
  unitsMax: number = QUOTED_UNITS_MAX,
): string {
  const line = withoutSecrets(text, secrets)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toWellFormed()
  return line.length <= unitsMax ? line : `${line.slice(0, unitsMax - 1).toWellFormed()}…`
}
