import type { JsonObject } from '../alert/alert.ts'
import { arrayOf, record, ref, text, time, whole, words } from './openapi-parts.ts'

/** Of silences in our words and in Alertmanager's, of notes, and of what is said of a config. */
export const SILENCE_SCHEMAS: JsonObject = {
  Silence: record({
    id: text('A UUID', { format: 'uuid' }),
    state: words(['active', 'pending', 'expired']),
    matchers: arrayOf(text('Such as instance=~"db-.*"; all of them must match')),
    author: text('Who made it'),
    reason: text('Why'),
    starts_at: time('From when on it mutes'),
    ends_at: time('Until when'),
    created_at: time('When it was made'),
    updated_at: time('When it was changed last'),
  }),
  NewSilence: {
    ...record(
      {
        id: text('Of the silence to change', { format: 'uuid' }),
        matchers: arrayOf(text('Such as alertname=Disk or instance=~"db-.*"'), {
          minItems: 1,
          maxItems: 64,
        }),
        author: text('Who makes it', { minLength: 1, maxLength: 4096 }),
        reason: text('Why', { minLength: 1, maxLength: 4096 }),
        starts_at: time('From when on it mutes; now without it'),
        ends_at: time('Until when; or `duration`'),
        duration: text('How long, such as "2h"; or `ends_at`'),
      },
      ['id', 'starts_at', 'ends_at', 'duration'],
    ),
    additionalProperties: false,
  },
  GettableSilence: {
    allOf: [
      ref('PostableSilence'),
      record({
        id: text('A UUID', { format: 'uuid' }),
        status: record({ state: words(['active', 'pending', 'expired']) }),
        updatedAt: time('When it was changed last'),
      }),
    ],
  },
  PostableSilence: record(
    {
      id: text('Of the silence to change'),
      matchers: arrayOf(
        record(
          {
            name: text('Of a label'),
            value: text('Or an expression'),
            isRegex: { type: 'boolean' },
            isEqual: { type: 'boolean', default: true },
          },
          ['isEqual'],
        ),
        { minItems: 1 },
      ),
      startsAt: time('From when on it mutes'),
      endsAt: time('Until when'),
      createdBy: text('Who made it'),
      comment: text('Why'),
    },
    ['id'],
  ),
  Noted: record({ incident_id: whole('Of the incident'), status: words(['noted']) }),
  ConfigProblem: record(
    { path: text('Where'), message: text('What was accepted, what was seen'), line: whole('In the file') },
    ['line'],
  ),
}
