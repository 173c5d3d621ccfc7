/** What `tocsin doctor` found about one thing. */
export interface Finding {
  readonly verdict: 'good' | 'doubtful' | 'bad'
  /** What was looked at, such as `config` or `destination oncall`. */
  readonly about: string
  readonly message: string
  /** What to do about it. */
  readonly next?: string
}
