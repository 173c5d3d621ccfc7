/** What must be reached: so many times the other side's figure, or a figure of our own. */
export type Bar = { readonly times: number } | { readonly figure: number }

/** One line of the table. */
export interface Row {
  readonly what: string
  /** What of ours was measured: a store, a build, a way to be told. */
  readonly of: string
  readonly ours: number
  readonly unit: string
  readonly better: 'more' | 'less'
  /** Undefined when nothing comparable was measured. */
  readonly peer?: Peer | undefined
  readonly bar?: Bar | undefined
}

export interface Peer {
  readonly name: string
  readonly figure: number
}

/** How many times as good as the peer: above 1 we are better, whether more is better or less. */
export function ratioOf({ ours, better, peer }: Row): number | undefined {
  if (peer === undefined) return undefined
  return better === 'more' ? ours / peer.figure : peer.figure / ours
}

/** Whether the bar is reached; undefined without a bar, and when it is one against a peer that is not there. */
export function isReached(row: Row): boolean | undefined {
  const { bar, better, ours } = row
  if (bar === undefined) return undefined
  if ('figure' in bar) return better === 'more' ? ours >= bar.figure : ours <= bar.figure
  const ratio = ratioOf(row)
  return ratio === undefined ? undefined : ratio >= bar.times
}
