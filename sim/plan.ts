import { Draw } from './draw.ts'
import { PLACE_KINDS } from './places/places.ts'

/** Everything that a run depends on, drawn from its seed. Durations are milliseconds, shares are from 0 to 1. */
export interface Plan {
  readonly seed: number

  /** Processes that share the store. */
  readonly replicas: number
  /** Whether a process can know that another is gone; if not, its leases have to end by themselves. */
  readonly knowsTheGone: boolean
  /** Whether the last of several replicas stays away after its first crash. */
  readonly staysDown: boolean

  readonly destinations: number
  /** Whether not all of them are PagerDuty services, and which kind the first is then. */
  readonly mixesKinds: boolean
  readonly firstKind: number
  readonly teams: number
  /** Whether two destinations have one routing key, and so one window. */
  readonly sharesKey: boolean
  /** Whether people close the incidents of the last destination. */
  readonly leftToPeople: boolean
  readonly tellsUnsentPairs: boolean
  /** Events of one routing key in any window; 0: no limit. */
  readonly limit: number
  readonly windowMs: number
  /** What the emulator allows in 60 s, should that be less than we know; 0: as much as we know. */
  readonly emulatorLimit: number
  readonly timeoutMs: number
  readonly holdTriggerMs: number
  readonly holdResolveMs: number
  /** Whether critical alerts and errors are held, too. */
  readonly holdsAll: boolean
  /** More untold incidents than this fold into a storm; 0: never. */
  readonly stormOver: number
  /** A destination that cannot be told for so long is stood in for by the next one; 0: never. */
  readonly fallbackAfterMs: number

  /** How long things go wrong. Then all faults stop. */
  readonly safetyMs: number

  // Workloads: how many failures of each kind, and how many of what else.
  readonly flapping: number
  readonly storm: number
  readonly lasting: number
  readonly repeating: number
  readonly changing: number
  readonly acknowledged: number
  readonly expiring: number
  readonly grouped: number
  readonly changeEvents: number
  readonly byPeople: number
  /** How often somebody silences all failures of a team for a while. */
  readonly silences: number
  readonly reloads: number
  /** Share of statements that a sender says once and never again, whatever came of it. */
  readonly sloppiness: number

  // Faults of the network: the share of requests that each hits while a spell of it lasts.
  readonly spells: number
  readonly requestsLost: number
  readonly answersLost: number
  readonly duplicated: number
  readonly delayed: number
  readonly hung: number
  readonly refused: number
  readonly limited: number
  readonly failing: number
  readonly outages: number
  readonly outageMs: number
  /** The longest way of a request that is not delayed, and of its answer. */
  readonly latencyMs: number

  // Faults of processes.
  readonly crashes: number
  readonly pauses: number
  readonly pauseMs: number

  // Faults of the disk: how often, and for how long each.
  readonly diskFull: number
  readonly diskLocked: number
  readonly diskSlow: number
  readonly diskFaultMs: number

  /** How often the clock jumps; only where one process runs. */
  readonly clockJumps: number
}

/** Draws a plan. All is drawn before anything is overridden, so that an override changes nothing else. */
export function drawPlan(seed: number, overrides: Partial<Plan> = {}): Plan {
  const draw = new Draw(`${seed}/plan`)
  const drawn = {
    seed,
    ...drawHouse(draw.fork('house')),
    ...drawWork(draw.fork('work')),
    ...drawFaults(draw.fork('faults')),
    ...drawKinds(draw.fork('kinds')),
    ...drawSilences(draw.fork('silences')),
  }
  return fitting({ ...drawn, ...overrides })
}

type HousePart = Pick<
  Plan,
  | 'replicas'
  | 'knowsTheGone'
  | 'staysDown'
  | 'destinations'
  | 'teams'
  | 'sharesKey'
  | 'leftToPeople'
  | 'tellsUnsentPairs'
  | 'limit'
  | 'windowMs'
  | 'emulatorLimit'
  | 'timeoutMs'
  | 'holdTriggerMs'
  | 'holdResolveMs'
  | 'holdsAll'
  | 'stormOver'
  | 'fallbackAfterMs'
  | 'safetyMs'
>

function drawHouse(draw: Draw): HousePart {
  return {
    replicas: draw.pick([1, 1, 1, 2, 2, 3]),
    knowsTheGone: draw.is(0.7),
    staysDown: draw.is(0.2),
    destinations: draw.pick([1, 1, 2, 3]),
    teams: draw.int(1, 3),
    sharesKey: draw.is(0.2),
    leftToPeople: draw.is(0.15),
    tellsUnsentPairs: draw.is(0.3),
    limit: draw.is(0.1) ? 0 : draw.magnitude(4, 120),
    windowMs: draw.pick([10_000, 20_000, 60_000]),
    emulatorLimit: draw.is(0.1) ? draw.int(5, 30) : 0,
    timeoutMs: draw.pick([1_000, 2_000, 5_000, 10_000]),
    holdTriggerMs: draw.is(0.4) ? draw.int(100, 10_000) : 0,
    holdResolveMs: draw.is(0.4) ? draw.int(100, 20_000) : 0,
    holdsAll: draw.is(0.4),
    stormOver: draw.is(0.4) ? draw.int(1, 15) : 0,
    fallbackAfterMs: draw.is(0.4) ? draw.magnitude(2_000, 60_000) : 0,
    safetyMs: draw.magnitude(15_000, 120_000),
  }
}

type WorkPart = Pick<
  Plan,
  | 'flapping'
  | 'storm'
  | 'lasting'
  | 'repeating'
  | 'changing'
  | 'acknowledged'
  | 'expiring'
  | 'grouped'
  | 'changeEvents'
  | 'byPeople'
  | 'reloads'
  | 'sloppiness'
>

function drawWork(draw: Draw): WorkPart {
  const some = (share: number, most: number): number => (draw.is(share) ? draw.int(1, most) : 0)
  return {
    flapping: some(0.5, 3),
    storm: draw.is(0.3) ? draw.magnitude(5, 60) : 0,
    lasting: some(0.6, 6),
    repeating: some(0.3, 3),
    changing: some(0.4, 3),
    acknowledged: some(0.4, 3),
    expiring: some(0.4, 3),
    grouped: some(0.4, 5),
    changeEvents: some(0.4, 5),
    byPeople: some(0.3, 4),
    reloads: some(0.3, 3),
    sloppiness: draw.is(0.3) ? draw.next() * 0.5 : 0,
  }
}

type KindPart = Pick<Plan, 'mixesKinds' | 'firstKind'>

function drawKinds(draw: Draw): KindPart {
  return { mixesKinds: draw.is(0.5), firstKind: draw.int(0, PLACE_KINDS.length - 1) }
}

function drawSilences(draw: Draw): Pick<Plan, 'silences'> {
  return { silences: draw.is(0.35) ? draw.int(1, 4) : 0 }
}

type FaultPart = Omit<Plan, 'seed' | 'silences' | keyof HousePart | keyof WorkPart | keyof KindPart>

function drawFaults(draw: Draw): FaultPart {
  const share = (chance: number): number => (draw.is(chance) ? draw.next() * 0.6 : 0)
  return {
    spells: draw.int(0, 5),
    requestsLost: share(0.3),
    answersLost: share(0.4),
    duplicated: share(0.5),
    delayed: share(0.4),
    hung: share(0.2),
    refused: share(0.2),
    limited: share(0.2),
    failing: share(0.3),
    outages: draw.is(0.4) ? draw.int(1, 2) : 0,
    outageMs: draw.is(0.02) ? draw.magnitude(600_000, 4 * 3_600_000) : draw.magnitude(2_000, 120_000),
    latencyMs: draw.magnitude(1, 500),
    crashes: draw.is(0.5) ? draw.int(1, 4) : 0,
    pauses: draw.is(0.3) ? draw.int(1, 3) : 0,
    pauseMs: draw.magnitude(1_000, 180_000),
    diskFull: draw.is(0.2) ? draw.int(1, 2) : 0,
    diskLocked: draw.is(0.2) ? draw.int(1, 2) : 0,
    diskSlow: draw.is(0.2) ? draw.int(1, 2) : 0,
    diskFaultMs: draw.magnitude(500, 90_000),
    clockJumps: draw.is(0.2) ? draw.int(1, 3) : 0,
  }
}

/** What cannot be together is left out, whoever asked for it. */
function fitting(plan: Plan): Plan {
  return {
    ...plan,
    // Several processes of one machine have one clock, and each would move the times for a jump of it.
    clockJumps: plan.replicas === 1 ? plan.clockJumps : 0,
    staysDown: plan.staysDown && plan.replicas > 1,
    sharesKey: plan.sharesKey && plan.destinations > 1,
    mixesKinds: plan.mixesKinds && !plan.sharesKey,
    fallbackAfterMs: plan.destinations > 1 ? plan.fallbackAfterMs : 0,
  }
}

/** Reads `name=value` as given on a command line. Throws a `RangeError` that says what is wrong with it. */
export function parseOverride(text: string): Partial<Plan> {
  const [name = '', value = ''] = text.split(/=(.*)/s)
  const known = drawPlan(1)
  const sample = Object.entries(known).find(([key]) => key === name)?.[1]
  if (sample === undefined)
    throw new RangeError(`There is no "${name}" in a plan; there are: ${Object.keys(known).join(', ')}.`)
  if (typeof sample === 'boolean') {
    if (value === 'true' || value === 'false') return { [name]: value === 'true' }
    throw new RangeError(`${name} is "${value}"; expected true or false.`)
  }
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number))
    throw new RangeError(`${name} is "${value}"; expected a number.`)
  return { [name]: number }
}
