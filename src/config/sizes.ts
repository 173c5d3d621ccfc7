const UNITS_BYTES: ReadonlyMap<string, number> = new Map([
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['KB', 1024],
  ['B', 1],
])

/** What a size looks like, as a regular expression for editors. */
export const SIZE_PATTERN = '^\\d+ ?[KkMmGg]?[Bb]$'

/** The bytes of a size such as `512KB` or `5MB`, or undefined when it is none. A KB is 1024 bytes. */
export function parseSize(text: string): number | undefined {
  const [, count, unit] = /^(\d+) ?([KMG]?B)$/i.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  const bytes = Number(count) * (UNITS_BYTES.get(unit.toUpperCase()) ?? 1)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** The largest unit that needs no fraction: 5MB, 1536B. */
export function formatSize(bytes: number): string {
  for (const [unit, unitBytes] of UNITS_BYTES) {
    if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes}${unit}`
  }
  return `${bytes}B`
}
