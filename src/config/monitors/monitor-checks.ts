import { at, isMap } from '../issues.ts'
import type { MonitorShape } from './monitor-shape.ts'
import { suggest } from '../nearest.ts'
import { formatPath, type Keys, type Problems } from '../problems.ts'

/** Whose alerts come without a source in the config: of an intake, of a command, of ourselves. */
const BUILT_IN: ReadonlySet<string> = new Set([
  'prometheus',
  'alertmanager',
  'grafana',
  'api',
  'cli',
  'library',
  'tocsin',
])

/** Which keys of a monitor of nonces go with which way to tell, and not with the other. */
const WAYS: readonly (readonly [way: string, other: string, keys: readonly string[]])[] = [
  ['per_run', 'per_process', ['mismatch_threshold', 'error_threshold']],
  ['per_process', 'per_run', ['threshold', 'severity_by', 'error_severity', 'fold_errors_over']],
]

/** What keys of a monitor, and monitors and sources, ask of each other. It reads them as written. */
export function checkMonitors(config: unknown, problems: Problems): void {
  const written = at(config, 'monitors')
  const monitors = isMap(written) ? written : {}
  for (const [name, monitor] of Object.entries(monitors)) {
    const place = ['monitors', name]
    checkSource(name, config, place, problems)
    if (!isMap(monitor)) continue
    const check = new Check(monitor, place, problems)
    if (check.has('every', 'schedule')) check.refuse('schedule', BESIDE('every'))
    if (check.has('timezone') && !check.has('schedule'))
      check.refuse('timezone', ' goes with a schedule, and there is none; leave it out.')
    if (monitor['type'] === 'nonces') checkNonces(check)
    if (monitor['type'] === 'metric') checkMetric(check)
    if (monitor['type'] === 'heartbeat') checkBeats(name, monitors, problems)
  }
}

/** Two that make the same keys are told as one where both are told. */
export function warnOfMonitors(monitors: Readonly<Record<string, MonitorShape>>, warnings: Problems): void {
  const owners = new Map<string, string>()
  for (const [name, shape] of Object.entries(monitors)) {
    if (shape.type !== 'nonces' || shape.dedup_key !== undefined) continue
    const owner = owners.get(shape.tell)
    if (owner === undefined) owners.set(shape.tell, name)
    else
      warnings.add(
        ['monitors', name],
        ` makes the same dedup keys as ${formatPath(['monitors', owner])}: where both are told, they share incidents. A dedup_key of its own keeps them apart.`,
      )
  }
}

const BESIDE = (key: string): string => ` stands beside ${key}; expected one of the two.`

/** A map that keys are looked up in. A key without a value counts as left out. */
class Check {
  readonly #monitor: Readonly<Record<string, unknown>>
  readonly #place: Keys
  readonly #problems: Problems

  constructor(monitor: Readonly<Record<string, unknown>>, place: Keys, problems: Problems) {
    this.#monitor = monitor
    this.#place = place
    this.#problems = problems
  }

  has(...keys: readonly string[]): boolean {
    return keys.every((key) => this.value(key) !== undefined)
  }

  value(key: string): unknown {
    return at(this.#monitor, key) ?? undefined
  }

  refuse(key: string, message: string): void {
    this.#problems.add([...this.#place, key], message)
  }

  refuseAll(message: string): void {
    this.#problems.add(this.#place, message)
  }
}

function checkSource(name: string, config: unknown, place: Keys, problems: Problems): void {
  if (at(at(config, 'sources'), name) !== undefined)
    problems.add(
      place,
      ' is the name of one of sources too, and their alerts could not be told apart; expected another name.',
    )
  if (BUILT_IN.has(name))
    problems.add(
      place,
      ' is the source of other alerts already, and they could not be told apart; expected another name.',
    )
}

function checkNonces(check: Check): void {
  if (check.has('processes', 'process_id')) check.refuse('process_id', BESIDE('processes'))
  if (!check.has('processes') && !check.has('process_id'))
    check.refuseAll(' has neither processes nor process_id; expected one of the two.')
  if (check.has('dated_keys', 'dedup_key'))
    check.refuse('dated_keys', ' is about keys of its own, and dedup_key is there instead; leave it out.')
  const tell = check.value('tell') ?? 'per_process'
  for (const [way, other, keys] of WAYS)
    for (const key of keys.filter((key) => tell === other && check.has(key)))
      check.refuse(key, ` goes with tell: ${way}, and tell is ${other}; leave it out.`)
}

function checkMetric(check: Check): void {
  if (check.has('url', 'prometheus')) check.refuse('prometheus', BESIDE('url'))
  else if (!check.has('url') && !check.has('prometheus'))
    check.refuseAll(' has neither url nor prometheus; expected one of the two.')
  else {
    const [base, key, other] = check.has('url') ? ['url', 'path', 'query'] : ['prometheus', 'query', 'path']
    if (!check.has(key)) check.refuse(key, ` is missing; expected it beside ${base}.`)
    if (check.has(other)) check.refuse(other, ` stands beside ${base}, which takes ${key}; leave it out.`)
  }
  if (!check.has('above') && !check.has('below'))
    check.refuse('above', ' is missing; expected it, or below, or both.')
}

/** What the beats come from is a monitor that looks by itself. */
function checkBeats(name: string, monitors: Readonly<Record<string, unknown>>, problems: Problems): void {
  const of = at(at(monitors, name), 'of')
  if (typeof of !== 'string') return
  const others = Object.keys(monitors).filter(
    (other) => other !== name && at(monitors[other], 'type') !== 'heartbeat',
  )
  if (others.includes(of)) return
  const place = ['monitors', name, 'of']
  const isOne = Object.hasOwn(monitors, of)
  const why =
    of === name ? 'that is the monitor itself' : isOne ? 'that waits for beats too' : 'no such monitor'
  problems.add(
    place,
    ` is ${problems.show(place, of)}; ${why}; expected one that looks.${suggest(of, others)}`,
  )
}
