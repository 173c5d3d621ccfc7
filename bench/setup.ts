import type { InstalledAlertmanager } from './alertmanager.ts'
import type { Row } from './row.ts'
import type { StoreKind, Stores } from './stores.ts'

/** What every measurement works with. */
export interface Setup {
  readonly kinds: readonly StoreKind[]
  readonly stores: Stores
  /** How long one run under load lasts. */
  readonly seconds: number
  /** How many runs a median is taken of. */
  readonly rounds: number
  /** How many alerts the great measurement takes. */
  readonly alerts: number
  /** Undefined where it is not installed. */
  readonly alertmanager: InstalledAlertmanager | undefined
  readonly hasWrk: boolean
  /** Whether the parts of monitors take their short form. */
  readonly quick: boolean
  /** Says what is being done now. */
  readonly progress: (text: string) => void
}

/** One measurement: rows, as they are known. */
export interface Measurement {
  readonly name: string
  /** What it answers, in one line. */
  readonly about: string
  run(setup: Setup): AsyncIterable<Row>
}
