/** A remark on an incident, for those who look at it where it was told. It is told once, and changes nothing. */
export interface Note {
  readonly incidentId: number
  readonly key: string
  /** What the destination named the incident by, if it did. */
  readonly reference?: string
  readonly text: string
  /** Two notes with one `once` are the same, however often they are asked for. */
  readonly once?: string
}
