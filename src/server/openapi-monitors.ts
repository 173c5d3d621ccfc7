import type { JsonObject } from '../alert/alert.ts'
import { MONITOR_STATES } from './monitor-views.ts'
import {
  answer,
  arrayOf,
  ask,
  json,
  needs,
  orNull,
  record,
  ref,
  refusals,
  text,
  time,
  whole,
  words,
} from './openapi-parts.ts'

const KINDS = ['nonces', 'http', 'heartbeat', 'workflows', 'metric', 'exec'] as const

/** Heartbeats, and how the monitors do. */
export const MONITOR_PATHS: JsonObject = {
  '/v1/heartbeats/{name}': {
    post: {
      tags: ['monitors'],
      summary: 'Say that somebody is there; a body is taken and not looked at',
      security: needs('heartbeats', 'alerts'),
      parameters: [
        {
          name: 'name',
          in: 'path',
          required: true,
          schema: { type: 'string', minLength: 1, maxLength: 64 },
          description: 'The name of a monitor of type `heartbeat`',
        },
      ],
      responses: { '202': answer('Durable', json(ref('Heard'))), ...refusals(401, 403, 404, 413, 503) },
    },
  },
  '/v1/monitors': {
    get: {
      ...ask(
        'The monitors, and what came of their last looks; of those that only others have in their config, what is remembered',
        [],
        record({ monitors: arrayOf(ref('Monitor')) }),
      ),
      tags: ['monitors'],
    },
  },
}

export const MONITOR_SCHEMAS: JsonObject = {
  Heard: record({ status: words(['heard']), heartbeat: text('Its name'), at: time('When') }),
  Monitor: record({
    name: text('By the config'),
    type: orNull(words(KINDS)),
    schedule: orNull(text('Such as "every 5m"')),
    state: orNull(
      words(
        MONITOR_STATES,
        'How it stands: it could not look, its alerts fire, it saw trouble that is not believed yet, it is well, it looks for the first time, or it has not looked yet; null when another process knows',
      ),
    ),
    looking: orNull({ type: 'boolean', description: 'Whether it looks at this moment' }),
    last_at: orNull(time('When it looked last, or the beats of a heartbeat were last heard')),
    next_at: orNull(time('When it is due next')),
    took_ms: orNull(whole('How long its last look in this process took')),
    failed: orNull({ type: 'boolean', description: 'Whether it could not look' }),
    troubles: orNull(whole('What its last look saw that is wrong, believed yet or not')),
    firing: orNull(whole('Its alerts that fire')),
    missed: orNull(whole('How often it was due since the start, and nobody looked')),
  }),
}
