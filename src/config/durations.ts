const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['w', 7 * 24 * 60 * 60 * 1000],
  ['d', 24 * 60 * 60 * 1000],
  ['h', 60 * 60 * 1000],
  ['m', 60 * 1000],
  ['s', 1000],
  ['ms', 1],
])

/** What a duration looks like, as a regular expression for editors. */
export const DURATION_PATTERN = '^(?=\\d)(0|(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?)$'

/**
 * The milliseconds of a duration such as `500ms`, `30s`, `24h`, `7d` or `1h30m`; undefined when it is none. Units stand
 * in falling order, each once: whoever writes `30m1h` may well have meant something else. Only 0 needs no unit.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d+(w|d|h|ms|m|s))+$/.test(text)) return undefined
  let total = 0
  let smallest = Infinity
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(w|d|h|ms|m|s)/g)) {
    const unitMs = UNITS_MS.get(unit) ?? 0
    if (unitMs >= smallest) return undefined
    smallest = unitMs
    total += Number(count) * unitMs
  }
  return Number.isSafeInteger(total) ? total : undefined
}

/** The shortest usual form: 30d, 1h30m, 500ms. Weeks are told as days. */
export function formatDuration(ms: number): string {
  let rest = ms
  let text = ''
  for (const [unit, unitMs] of UNITS_MS) {
    if (unit === 'w') continue
    const count = Math.floor(rest / unitMs)
    if (count > 0) text += `${count}${unit}`
    rest -= count * unitMs
  }
  return text === '' ? '0s' : text
}
