import { duration, section, text, word, type Field } from '../fields.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

export interface HeartbeatShape extends WatchShape {
  readonly type: 'heartbeat'
  readonly within: number
  readonly grace: number
  readonly of?: string
}

/** Silence is noticed late by a twentieth of the time that it may last, and looking costs next to nothing. */
const LOOKS_IN_TIME = 20
const EVERY_MS = { min: 1000, max: 30_000 }

/** What can be written for a monitor of beats. */
export function heartbeatShape(): Field<HeartbeatShape> {
  const parts = section<HeartbeatShape>(
    {
      type: word(['heartbeat'], 'What it looks at.'),
      within: duration('1s', '365d', 'At least one beat in so long.'),
      grace: duration('0s', '30d', 'Or so much later.').prefault('1m'),
      of: text('Another monitor, whose runs are the beats.', 'nonces').optional(),
      ...watchParts('1s'),
    },
    'Whether somebody who should say so says that they are there.',
  )
  return watching(parts, everyOf)
}

function everyOf({ within, grace }: HeartbeatShape): number {
  const every = Math.round((within + grace) / LOOKS_IN_TIME / 1000) * 1000
  return Math.min(Math.max(every, EVERY_MS.min), EVERY_MS.max)
}
