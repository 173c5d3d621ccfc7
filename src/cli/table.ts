import { plain, type Terminal } from './terminal.ts'

/** Less than this of a last column says nothing; the terminal then wraps the line. */
const LAST_MIN = 20

/** Rows under headings. On a terminal the last column is cut to its width, so that a row stays a line. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { columns }: Pick<Terminal, 'columns'>,
): string {
  const lines = [headings, ...rows.map((row) => row.map(plain))]
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const room = columns === undefined ? Infinity : Math.max(LAST_MIN, columns - before)
  return lines
    .map((line) =>
      line.map((cell, at) => (at === headings.length - 1 ? cut(cell, room) : cell.padEnd(widths[at] ?? 0))),
    )
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('')
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}

/** How long ago, in its largest unit: 5s, 12m, 3h, 9d. */
export function ago(isoTime: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(isoTime)) / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}
