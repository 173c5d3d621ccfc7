import type { z } from 'zod'
import type { Keys, Problems } from './problems.ts'

/** Turns the issues of the shape into problems that name what was seen. */
export function reportIssues(
  issues: readonly z.core.$ZodIssue[],
  config: unknown,
  problems: Problems,
  around: Keys = [],
): void {
  for (const issue of issues) {
    const keys = [...around, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))]
    const value = valueAt(config, keys)
    if (issue.code === 'unrecognized_keys') {
      const lines = issue.message.split('\n')
      for (const [at, key] of issue.keys.entries())
        problems.add([...keys, key], lines[at] ?? ': no such key.')
    } else if (issue.code === 'invalid_union') {
      // The last kind is the map: what is wrong within a map is told as such.
      reportIssues((isMap(value) ? issue.errors.at(-1) : issue.errors[0]) ?? [], config, problems, keys)
    } else if (issue.code === 'invalid_key') {
      problems.add(keys, ': no name; expected letters, digits, "_", "." and "-", at most 64 in all.')
    } else {
      problems.add(keys, sentence(issue.message, keys, value, problems))
    }
  }
}

function sentence(expected: string, keys: Keys, value: unknown, problems: Problems): string {
  // After a colon a reason may quote what was written, which nobody may see when it came from the environment.
  const safe = problems.isHidden(keys) ? expected.replace(/: .*$/s, '') : expected
  const begun = safe.startsWith(' ') ? safe : `${seen(keys, value, problems)}; ${safe}`
  return /[.?]$/.test(begun) ? begun : `${begun}.`
}

function seen(keys: Keys, value: unknown, problems: Problems): string {
  return value === undefined ? ' is missing' : ` is ${problems.show(keys, value)}`
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands under a key of a map; undefined where there is no map. */
export function at(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function valueAt(config: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)]
    return at(value, String(key))
  }, config)
}
