import assert from 'node:assert/strict'
import type { Alert } from '../../src/alert/alert.ts'
import type { Action, Capabilities, Incident, IncidentTelling, Outcome } from '../../src/decide/decide.ts'
import type { Destination, Telling } from '../../src/destinations/destinations.ts'
import { systemWorld, type World } from '../../src/world/world.ts'
import type { Behaviour, Heard, Vendor } from '../vendors/vendor.ts'
import { alertOf, NOW } from './memory.ts'

/** A kind of destination with its other side, for the contract. */
export interface Kind {
  /** The other side, with all that a destination of `open` needs to be taken. */
  readonly openVendor: () => Promise<Vendor>
  /** One that tells the vendor at this origin. */
  readonly open: (origin: string, world: World, timeoutMs: number) => Destination
  /** What no outcome may hold. */
  readonly secrets: readonly string[]
  /** What it says that it can be told. */
  readonly capabilities: Capabilities
  /** Whether all of an alert arrives, character by character. Else what is read by people is made readable. @default false */
  readonly verbatim?: boolean
  /** What it shows of every incident, where it shows a text of its own and nothing of an alert. */
  readonly says?: string
  /** What a step looks like there where it looks like another: PagerDuty has no word for an update. */
  readonly hears?: Partial<Record<Action, Heard['action']>>
  /** Whether the place shows our key. @default whether it knows incidents by our key */
  readonly showsKey?: boolean
  /** @default 'http' */
  readonly speaks?: 'http' | 'smtp'
  /** What each answer means. @default every status of HTTP: `httpAnswers()` */
  readonly answers?: readonly AnswerCase[]
}

/** One way to answer a trigger, and what has to be made of it. */
export interface AnswerCase {
  readonly name: string
  readonly behaviour: Behaviour
  readonly means: Meaning
}

export interface Meaning {
  readonly outcome: Outcome['kind']
  /** Of a retry; looked at when given. */
  readonly reason?: string
  /** Of a retry; looked at when given. */
  readonly maybeAccepted?: boolean
}

export function isHttp({ speaks = 'http' }: Kind): boolean {
  return speaks === 'http'
}

export function showsKey({ showsKey, capabilities }: Kind): boolean {
  return showsKey ?? capabilities.keyed
}

/** Long enough for a busy machine where an answer comes, short where none does. */
export const PATIENT_MS = 20_000
export const IMPATIENT_MS = 400

/** What a busy machine may add to the longest that a send can take. */
const LATE_MS_MAX = 3_000

export const INCIDENT: Incident = {
  id: 7,
  destination: 'oncall',
  key: 'disk-db-1',
  status: 'triggered',
  digest: 'aaaaaaaaaaaaaaaa',
  severity: 'critical',
  told: { status: 'nothing', digest: '0000000000000000', severity: 'info' },
  firing: { critical: 1, error: 0, warning: 0, info: 0 },
  route: 'routes[0]',
  holdResolveMs: 0,
  ttlMs: 0,
  openedAt: NOW,
  updatedAt: NOW,
}

/** A step of the one incident, unless more is said. */
export function telling(
  action: Action = 'trigger',
  incident: Partial<Incident> = {},
  lead: Partial<Alert> = {},
): IncidentTelling {
  return { action, incident: { ...INCIDENT, ...incident }, lead: alertOf(lead) }
}

/** As it comes out of the store in the process after this one. */
export function recalled(told: Telling): Telling {
  return JSON.parse(JSON.stringify(told)) as Telling
}

/** One test's other side, and a destination that tells it. */
export interface Stage {
  readonly vendor: Vendor
  readonly tell: (telling?: Telling) => Promise<Outcome>
}

/** Gives a test its stage. What comes of telling holds no secret and is there in time; the vendor has no complaints. */
export function staged(
  kind: Kind,
  run: (stage: Stage) => Promise<void>,
  timeoutMs: number = PATIENT_MS,
): () => Promise<void> {
  return async () => {
    await using vendor = await kind.openVendor()
    await withDestination(kind, vendor.origin, (tell) => run({ vendor, tell }), timeoutMs)
    assert.deepEqual(vendor.complaints, [])
  }
}

/** A destination of its own in a world of its own, as after a start. */
export async function withDestination(
  kind: Kind,
  origin: string,
  run: (tell: Stage['tell']) => Promise<void>,
  timeoutMs: number = PATIENT_MS,
): Promise<void> {
  const world = systemWorld({ logLevel: 'silent' })
  const destination = kind.open(origin, world, timeoutMs)
  assert.equal(destination.sendMsMax, timeoutMs)
  const tell = async (told: Telling = telling()): Promise<Outcome> => {
    const begun = performance.now()
    const outcome = await destination.tell(told)
    assert.ok(performance.now() - begun <= timeoutMs + LATE_MS_MAX, 'it answers in time')
    const shown = JSON.stringify(outcome)
    for (const secret of [...kind.secrets, origin]) assert.ok(!shown.includes(secret), shown)
    return outcome
  }
  try {
    await run(tell)
  } finally {
    await destination.close()
    await world.http.close()
  }
}

/** What was heard holds what was told. */
export function assertSays(kind: Kind, heard: Heard | undefined, action: Action, summary: string): void {
  assert.ok(heard !== undefined, `nothing was heard of the ${action}`)
  assert.equal(heard.action, kind.hears?.[action] ?? action)
  if (kind.says !== undefined) assert.equal(heard.summary, kind.says)
  else if (kind.verbatim === true) assert.equal(heard.summary.toWellFormed(), summary.toWellFormed())
  else assert.ok(plain(heard.summary).includes(plain(summary)), heard.summary)
  if (heard.severity !== undefined) assert.equal(heard.severity, 'critical')
}

/** What is left of a text when it was made fit for people: what cannot be seen is gone. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}\u{FFFD}]+/gu, ' ')
    .trim()
}
