import type { Terminal } from './terminal.ts'

export interface Progress {
  /** How far something is. */
  readonly show: (name: string, done: number, total: number) => void
  /** Takes the bar away. */
  readonly end: () => void
}

const BAR_MAX = 30
/** Less is over before anybody could read it. */
const TOTAL_MIN = 10

/** A bar on a terminal; off it, nothing: a log wants lines, not a bar. It goes to standard error, beside what is printed. */
export function progressOn({ columns, error }: Pick<Terminal, 'columns' | 'error'>): Progress {
  if (columns === undefined) return { show: () => {}, end: () => {} }
  let isShown = false
  const show: Progress['show'] = (name, done, total) => {
    if (total < TOTAL_MIN) return
    const text = ` ${done}/${total} ${name}`
    const width = Math.max(0, Math.min(BAR_MAX, columns - text.length - 3))
    const filled = Math.round((width * done) / total)
    isShown = true
    error(`\r\u001b[K[${'='.repeat(filled)}${' '.repeat(width - filled)}]${text}`)
  }
  const end = (): void => {
    if (isShown) error('\r\u001b[K')
    isShown = false
  }
  return { show, end }
}
