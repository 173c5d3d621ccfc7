import { SEVERITIES, type Severity } from '../../alert/alert.ts'
import { AO } from '../../monitors/monitors.ts'
import { count, duration, field, flag, holding, number, section, text, texts, word } from '../fields.ts'
import type { Field } from '../fields.ts'
import { isAny, isFalling } from '../routes/severity-shape.ts'
import { watchedBase } from './watched-url.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

/** What it is told of, and how; `monitor-checks.ts` holds it to the keys of one of the two. */
export interface NoncesShape extends WatchShape {
  readonly type: 'nonces'
  readonly processes?: string
  readonly process_id?: string
  readonly state_url: string
  readonly router_url: string
  readonly exclude_servers: readonly string[]
  readonly concurrency: number
  readonly per_host?: number
  readonly timeout: number
  readonly retries: { readonly max: number; readonly base: number; readonly max_delay: number }
  readonly tell: 'per_run' | 'per_process'
  readonly mismatch_threshold?: number
  readonly error_threshold?: number
  readonly threshold?: number
  readonly severity_by?: Readonly<Partial<Record<Severity, number>>>
  readonly error_severity?: Severity
  readonly fold_errors_over?: number
  readonly dated_keys?: boolean
}

const TELL: readonly NoncesShape['tell'][] = ['per_run', 'per_process']
const EVERY_MS = 5 * 60_000
const MANY = 1_000_000_000

/** What can be written for a monitor of nonces. */
export function noncesShape(): Field<NoncesShape> {
  const parts = section<NoncesShape>(
    {
      type: word(['nonces'], 'What it looks at.'),
      processes: text('A file: a map of processes to hosts (JSON), or a list of ids.', 'a path').optional(),
      process_id: processId().optional(),
      state_url: watchedBase('Where processes are that the file gives no host for.').prefault(AO.stateUrl),
      router_url: watchedBase('The router, which says how far the scheduler is.').prefault(AO.routerUrl),
      exclude_servers: serversField().prefault([]),
      concurrency: count(1, 256, 'So many requests at a time.').prefault(10),
      per_host: count(
        1,
        256,
        'So many of them to one host; as many as concurrency when left out.',
      ).optional(),
      timeout: duration('100ms', '5m', 'For one request.').prefault('10s'),
      retries: retriesField().prefault({}),
      tell: word(TELL, 'An incident for each process, or one for all of a run.').prefault('per_process'),
      mismatch_threshold: count(1, MANY, 'From so many mismatches on. With per_run.').optional(),
      error_threshold: count(1, MANY, 'From so many errors on. With per_run.').optional(),
      threshold: count(0, MANY, 'From so many slots on, behind or ahead. With per_process.').optional(),
      severity_by: severityByField().optional(),
      error_severity: word(SEVERITIES, 'Of a process that cannot be asked. With per_process.').optional(),
      fold_errors_over: count(1, MANY, 'More such processes are told as one. With per_process.').optional(),
      dated_keys: flag('Whether its dedup keys change with the day; true when left out.').optional(),
      // Its own keys name the process.
      ...watchParts('5s', ['process']),
    },
    'Whether the state of AO processes agrees with their scheduler.',
  )
  return watching(parts, () => EVERY_MS)
}

function processId(): Field<string> {
  return field({ type: 'string', description: 'One process, in place of a file.' }, (seen, refuse) =>
    typeof seen === 'string' && /^[\w-]{1,128}$/.test(seen)
      ? seen
      : refuse('expected the id of a process: letters, digits, "_" and "-"'),
  )
}

function serversField(): Field<readonly string[]> {
  const description = 'A process whose host contains one of these is left out.'
  return texts(
    { type: 'string', description },
    (seen, refuse, at) =>
      typeof seen === 'string' && seen.trim() !== ''
        ? seen
        : refuse('expected a part of the name of a host, or a list of them', at),
    0,
  )
}

function retriesField(): Field<NoncesShape['retries']> {
  const parts = section<NoncesShape['retries']>(
    {
      max: count(0, 20, 'So many further tries.').prefault(5),
      base: duration('1ms', '1m', 'The wait before the first; twice as long before each other.').prefault(
        '1s',
      ),
      max_delay: duration('1ms', '10m', 'No wait is longer.').prefault('30s'),
    },
    'How the router is asked again.',
  )
  return holding(parts, ({ base, max_delay }) => base <= max_delay, 'expected at least base', ['max_delay'])
}

function severityByField(): Field<NonNullable<NoncesShape['severity_by']>> {
  const parts = section<NonNullable<NoncesShape['severity_by']>>(
    {
      critical: number('Critical from so many slots on.').optional(),
      error: number('An error from so many slots on.').optional(),
      warning: number('A warning from so many slots on.').optional(),
      info: number('Info from so many slots on.').optional(),
    },
    'The severity by the number of slots. With per_process.',
  )
  return holding(
    holding(parts, isAny, 'expected a number for at least one of critical, error, warning and info'),
    isFalling,
    'expected numbers that fall from critical to info',
  )
}
