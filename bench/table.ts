import { isReached, ratioOf, type Row } from './row.ts'

const WIDTHS = { what: 50, of: 22, figure: 18, peer: 34, ratio: 10, bar: 18 } as const

/** The head of the table. */
export function headLine(): string {
  return line('', '', 'tocsin', 'peer', 'ratio', 'bar', '')
}

/** One row as it stands in the table. A ratio above 1 is in our favour. */
export function rowLine(row: Row): string {
  const { what, of, ours, unit, peer } = row
  const ratio = ratioOf(row)
  const reached = isReached(row)
  return line(
    what,
    of,
    `${shown(ours)} ${unit}`,
    peer === undefined ? '-' : `${peer.name} ${shown(peer.figure)}`,
    ratio === undefined ? '-' : `${shown(ratio)} ×`,
    barOf(row),
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
  )
}

function barOf({ bar, better, unit }: Row): string {
  if (bar === undefined) return '-'
  if ('times' in bar) return `≥ ${bar.times} ×`
  return `${better === 'more' ? '≥' : '≤'} ${bar.figure} ${unit}`
}

/** Three digits say all that a noisy machine can. */
function shown(figure: number): string {
  if (Math.abs(figure) >= 100) return figure.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
  return figure.toPrecision(3)
}

function line(
  what: string,
  of: string,
  ours: string,
  peer: string,
  ratio: string,
  bar: string,
  verdict: string,
): string {
  const { figure } = WIDTHS
  const left = `${what.padEnd(WIDTHS.what)}${of.padEnd(WIDTHS.of)}${ours.padStart(figure)}`
  const right = `${peer.padStart(WIDTHS.peer)}${ratio.padStart(WIDTHS.ratio)}${bar.padStart(WIDTHS.bar)}`
  return `${left}${right}  ${verdict}`.trimEnd()
}
