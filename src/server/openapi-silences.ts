import type { JsonObject } from '../alert/alert.ts'
import {
  answer,
  arrayOf,
  ask,
  body,
  idInPath,
  inQuery,
  json,
  needs,
  read,
  record,
  ref,
  refusals,
  someText,
  text,
  words,
} from './openapi-parts.ts'

const ID_TEXT: JsonObject = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', format: 'uuid' },
  description: 'The id of the silence',
}
const SILENCE_EXAMPLE: JsonObject = {
  matchers: ['instance=~"db-.*"'],
  author: 'maria',
  reason: 'Disks are changed',
  duration: '2h',
}

function expire(summary: string): JsonObject {
  return ask(summary, [ID_TEXT], ref('Silence'), 404)
}

/** Silences and notes in our own words. */
export const SILENCE_PATHS: JsonObject = {
  '/v1/silences': {
    get: ask(
      'Silences: active ones by their end, then those to come',
      [
        inQuery(
          'state',
          words(['active', 'pending', 'expired', 'all']),
          'Only those; without it, those that are active or pending',
        ),
        inQuery('matcher', someText, 'Only those that have this matcher, such as alertname="Disk"'),
      ],
      record({ silences: arrayOf(ref('Silence')) }),
      400,
    ),
    post: {
      ...ask('Make a silence, or with an `id` change one', [], ref('Silence'), 400, 404, 413, 415),
      requestBody: body(ref('NewSilence'), SILENCE_EXAMPLE),
    },
  },
  '/v1/silences/{id}': {
    get: ask('One silence', [ID_TEXT], ref('Silence'), 404),
    delete: expire('End it now'),
  },
  '/v1/silences/{id}/expire': { post: expire('End it now, for clients that cannot DELETE') },
  '/v1/incidents/{id}/notes': {
    post: {
      ...ask(
        'Put a remark on it where it was told',
        [
          idInPath('the incident'),
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            schema: { type: 'string', minLength: 1, maxLength: 255 },
            description: 'With it the remark is made once, however often it is sent',
          },
        ],
        ref('Noted'),
        400,
        404,
        409,
        413,
        415,
      ),
      requestBody: body(record({ text: text('The remark', { minLength: 1, maxLength: 10_000 }) }), {
        text: 'Failed over to db-2; looking at the disk.',
      }),
    },
  },
}

/** Another config. */
export const RELOAD_PATHS: JsonObject = {
  '/-/reload': {
    post: {
      ...read(
        'probes',
        'Read the config again and go by it, unless something is wrong with it',
        json(record({ status: words(['reloaded']), warnings: arrayOf(ref('ConfigProblem')) })),
        needs('api'),
        refusals(400, 401, 403, 409),
      ),
    },
  },
}

const refusedText: JsonObject = { schema: { type: 'string' } }

/** As Alertmanager describes them, its errors too. */
export const ALERTMANAGER_SILENCE_PATHS: JsonObject = {
  '/api/v2/silences': {
    get: {
      ...read(
        'alertmanager',
        'Silences, ended ones too',
        json(arrayOf(ref('GettableSilence'))),
        needs('prometheus', 'api'),
        {
          '400': answer('A filter is none', { 'application/json': refusedText }),
          ...refusals(401, 403, 503),
        },
      ),
      parameters: [
        inQuery('filter', arrayOf({ type: 'string' }), 'Matchers that a silence has to have, all of them'),
      ],
    },
    post: {
      ...read(
        'alertmanager',
        'Make a silence, or with an `id` change one',
        json(record({ silenceID: text('Of the silence that lasts now', { format: 'uuid' }) })),
        needs('api'),
        {
          '400': answer('Refused: everything that is wrong', { 'application/json': refusedText }),
          '404': answer('There is no silence of that id', { 'application/json': refusedText }),
          ...refusals(401, 403, 413, 415, 503),
        },
      ),
      requestBody: body(ref('PostableSilence'), {
        matchers: [{ name: 'alertname', value: 'Disk', isRegex: false, isEqual: true }],
        startsAt: '2026-01-31T12:00:00Z',
        endsAt: '2026-01-31T14:00:00Z',
        createdBy: 'maria',
        comment: 'Disks are changed',
      }),
    },
  },
  '/api/v2/silence/{id}': {
    get: {
      ...read('alertmanager', 'One silence', json(ref('GettableSilence')), needs('prometheus', 'api'), {
        '404': answer('There is none of that id'),
        ...refusals(401, 403, 503),
      }),
      parameters: [ID_TEXT],
    },
    delete: {
      tags: ['alertmanager'],
      summary: 'End it now',
      security: needs('api'),
      parameters: [ID_TEXT],
      responses: {
        '200': answer('It has ended'),
        '404': answer('There is none of that id'),
        ...refusals(401, 403, 503),
      },
    },
  },
}
