import { DatabaseError } from 'pg'
import { StoreError, type StoreFault } from '../store-error.ts'

/** The transaction met another one and did nothing; it can simply be run again. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

// Serialization failure, deadlock, and the same row inserted by somebody else at the same moment
// (postgresql.org/docs/current/errcodes-appendix.html).
const CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01', '23505'])

interface Meaning {
  readonly fault: StoreFault
  readonly next: string
  /** In place of what the server said. */
  readonly said?: string
}

const REACH =
  'Check the store URL, and that the server runs and can be reached; until then senders are answered 503.'
const BUSY = 'See in pg_stat_activity what holds the lock or keeps the server busy; senders are answered 503.'

/** What a SQLSTATE means to us, by the code or its beginning, the most exact first. */
const MEANINGS: readonly (readonly [state: string, meaning: Meaning])[] = [
  [
    '53100',
    {
      fault: 'full',
      next: 'Free disk space on the server; senders are answered 503 until a commit succeeds.',
    },
  ],
  [
    '53',
    {
      fault: 'unreachable',
      next: 'Give the server more connections or memory (docs/postgres.md says how many we use).',
    },
  ],
  ['55P03', { fault: 'locked', next: BUSY }],
  ['57014', { fault: 'locked', next: BUSY }],
  ['57P', { fault: 'unreachable', next: REACH }],
  ['08', { fault: 'unreachable', next: REACH }],
  ['25P03', { fault: 'unreachable', next: REACH }],
  [
    '25006',
    { fault: 'unreachable', next: 'It only reads, as a standby does: point the store URL at the primary.' },
  ],
  [
    '28',
    {
      fault: 'unreachable',
      said: 'the server refused the user or its password',
      next: 'Correct them in the store URL, or let them in by pg_hba.conf.',
    },
  ],
  ['3D000', { fault: 'unreachable', next: 'Create the database, or name another one in the store URL.' }],
  ['XX00', { fault: 'corrupt', next: 'Read the log of the server; restore a backup.' }],
  ['42501', { fault: 'failed', next: 'Let the user own its schema: docs/postgres.md says what it needs.' }],
  ['42P01', { fault: 'failed', next: 'Run `tocsin migrate`.' }],
]

/**
 * What the client or the server says, as an error of the store that is known as `name`. It is not handed on as a cause: the
 * client's own errors can hold its settings, password and all.
 */
export function faultOf(error: unknown, name: string): StoreError | Conflict {
  const state = error instanceof DatabaseError ? error.code : undefined
  if (state !== undefined && CONFLICTS.has(state)) return new Conflict(saidBy(error))
  const { fault, next, said = saidBy(error) } = meaningOf(state)
  return new StoreError(fault, `PostgreSQL ${name}: ${said}.`, next)
}

function meaningOf(state: string | undefined): Meaning {
  // Without a SQLSTATE it was not the server that spoke: there is no connection, or none any more.
  if (state === undefined) return { fault: 'unreachable', next: REACH }
  const found = MEANINGS.find(([beginning]) => state.startsWith(beginning))
  return found?.[1] ?? { fault: 'failed', next: 'Run `tocsin doctor`.' }
}

/** What it says, with its code. A failed attempt on several addresses at once says nothing by itself. */
function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (error.message === '') return code ?? 'the connection failed'
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`
}
