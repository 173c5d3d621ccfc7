import { readFileSync } from 'node:fs'
import { plain, type Terminal } from '../terminal.ts'

const FILE = './.pagerduty-state.json'

/** An incident that the old monitor had opened, as its file has it. */
export interface OldIncident {
  readonly processId: string
  readonly dedupKey: string
}

/** What the old monitor has left. */
export interface OldState {
  readonly path: string
  readonly incidents: readonly OldIncident[]
}

/**
 * Reads the state file of the old monitor: `{ PROCESS: { dedupKey, alertedAt, severity } }`. Undefined when there is none, and, with
 * a warning, when it cannot be read: then nobody knows what it had opened, and all else goes on.
 */
export function readOldState(
  named: string | undefined,
  terminal: Pick<Terminal, 'error'>,
): OldState | undefined {
  const path = named ?? FILE
  let text: string
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (named !== undefined || code !== 'ENOENT')
      terminal.error(`Warning: ${path} cannot be read (${code}); nothing of it is taken over.\n`)
    return undefined
  }
  const state = parse(text)
  if (state === undefined) {
    terminal.error(`Warning: ${path} is no state file of the old monitor; nothing of it is taken over.\n`)
    return undefined
  }
  const incidents = Object.entries(state).flatMap(([processId, entry]) => {
    const dedupKey = keyOf(entry)
    if (dedupKey !== undefined) return [{ processId, dedupKey }]
    terminal.error(`Warning: ${path}: the entry of ${plain(processId)} has no dedupKey; it is left out.\n`)
    return []
  })
  return { path, incidents }
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    // What is wrong with it is told in one word by whoever asked.
    return undefined
  }
}

/** PagerDuty's limit for a dedup key (reference: Events API v2, `dedup_key`). */
const KEY_CHARS_MAX = 255

function keyOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('dedupKey' in entry)) return undefined
  const { dedupKey } = entry
  const isKey = typeof dedupKey === 'string' && dedupKey.trim() !== '' && dedupKey.length <= KEY_CHARS_MAX
  return isKey ? dedupKey : undefined
}
