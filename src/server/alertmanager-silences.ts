import type { FastifyInstance, FastifyReply } from 'fastify'
import { readMatcher as readText } from '../config/config.ts'
import type { Comparison } from '../decide/decide.ts'
import { readJson } from '../intake/intake.ts'
import { silenceState, type SilenceDraft, type SilenceMatcher } from '../pipeline/pipeline.ts'
import type { StoredSilence } from '../store/store.ts'
import { requireToken } from './access.ts'
import type { ServerContext } from './context.ts'
import { isRecord, toTime } from './silence-body.ts'
import { hasMatcher, silencesOf } from './silence-routes.ts'
import { isoTime } from './views.ts'

/**
 * Silences as Alertmanager's API v2 has them
 * (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml), errors included: a JSON text, or nothing. To mute
 * somebody's alerts takes more than to send some, so writing needs a token for `api`.
 */
export function addAlertmanagerSilences(app: FastifyInstance, context: ServerContext): void {
  const canRead = requireToken(context, 'prometheus', 'api')
  const canWrite = requireToken(context, 'api')
  const { world } = context
  const silences = silencesOf(context)

  app.get<{ Querystring: { filter?: string | readonly string[] } }>(
    '/api/v2/silences',
    { onRequest: canRead },
    async (request, reply) => {
      const filters = [request.query.filter ?? []].flat().map((text) => readText(text))
      if (filters.some((filter) => typeof filter === 'string')) return refuseText(reply, 'bad matcher format')
      const wanted = filters.flatMap((filter) => (typeof filter === 'string' ? [] : [ofLabel(filter)]))
      const now = world.clock.now()
      const found = (await silences.list(true)).filter((silence) =>
        wanted.every((matcher) => hasMatcher(silence, matcher)),
      )
      return reply.send(found.map((silence) => gettableSilence(silence, now)))
    },
  )

  app.post<{ Body: string | undefined }>(
    '/api/v2/silences',
    { onRequest: canWrite },
    async (request, reply) => {
      const json = readJson(request.body ?? '')
      const draft = json.ok ? readPostable(json.body) : 'the body is no JSON'
      if (typeof draft === 'string') return refuseText(reply, draft)
      const before = draft.id === undefined ? undefined : await silences.get(draft.id)
      const put = await silences.put(asBefore(draft, before))
      if (put.ok) return reply.send({ silenceID: put.silence.id })
      if (put.problems === undefined) return refuseText(reply, 'silence not found', 404)
      const said = put.problems.map(({ path, message }) => `${FIELDS[path] ?? path} ${message}`)
      return refuseText(reply, `Failed to create silence: ${said.join('; ')}`)
    },
  )

  app.get<{ Params: { id: string } }>(
    '/api/v2/silence/:id',
    { onRequest: canRead },
    async (request, reply) => {
      const silence = await silences.get(request.params.id)
      if (silence === undefined) return reply.code(404).send()
      return reply.send(gettableSilence(silence, world.clock.now()))
    },
  )

  app.delete<{ Params: { id: string } }>(
    '/api/v2/silence/:id',
    { onRequest: canWrite },
    async (request, reply) => {
      const silence = await silences.expire(request.params.id)
      return reply.code(silence === undefined ? 404 : 200).send()
    },
  )
}

/** Our names of what can be wrong, in Alertmanager's. */
const FIELDS: Readonly<Record<string, string>> = {
  author: 'createdBy',
  reason: 'comment',
  starts_at: 'startsAt',
  ends_at: 'endsAt',
}

function refuseText(reply: FastifyReply, message: string, status = 400): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(message))
}

/** What is posted, or a sentence about what is wrong. */
function readPostable(body: unknown): SilenceDraft | string {
  if (!isRecord(body)) return 'expected an object'
  const { id, matchers, startsAt, endsAt, createdBy, comment } = body
  if (typeof createdBy !== 'string') return 'createdBy in body is required'
  if (typeof comment !== 'string') return 'comment in body is required'
  const [start, end] = [startsAt, endsAt].map((time) => (typeof time === 'string' ? toTime(time) : undefined))
  if (start === undefined) return 'startsAt in body is required, an RFC 3339 time of a day that there is'
  if (end === undefined) return 'endsAt in body is required, an RFC 3339 time of a day that there is'
  if (!Array.isArray(matchers)) return 'matchers in body is required'
  const read = matchers.map(readMatcher)
  const bad = read.indexOf(undefined)
  if (bad >= 0) return `matchers.${bad} is none: expected name, value, isRegex and perhaps isEqual`
  return {
    matchers: read.flatMap((matcher) => matcher ?? []),
    author: createdBy,
    reason: comment,
    startsAt: start,
    endsAt: end,
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
  }
}

function readMatcher(given: unknown): SilenceMatcher | undefined {
  if (!isRecord(given)) return undefined
  const { name, value, isRegex, isEqual = true } = given
  if (typeof name !== 'string' || typeof value !== 'string' || typeof isRegex !== 'boolean') return undefined
  if (typeof isEqual !== 'boolean') return undefined
  const comparison: Comparison = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='
  return ofLabel({ name, comparison, value })
}

/** Alertmanager's matchers are about labels, whatever their names. */
function ofLabel(matcher: SilenceMatcher): SilenceMatcher {
  const { name } = matcher
  return name === 'source' || name === 'severity' ? { ...matcher, name: `labels.${name}` } : matcher
}

/** One of ours about the severity is shown as though it were about a label; sent back like that, it stays what it was. */
function asBefore(draft: SilenceDraft, before: StoredSilence | undefined): SilenceDraft {
  if (before === undefined) return draft
  const kept = before.matchers.map(({ name, comparison, values }) => {
    return { name, comparison, value: values[0] ?? '' }
  })
  return JSON.stringify(kept.map(ofLabel)) === JSON.stringify(draft.matchers)
    ? { ...draft, matchers: kept }
    : draft
}

function gettableSilence(silence: StoredSilence, now: number): object {
  const { id, matchers, author, reason, startsAt, endsAt, updatedAt } = silence
  return {
    id,
    status: { state: silenceState(silence, now) },
    matchers: matchers.map(({ name, comparison, values }) => ({
      name: name.replace(/^labels\./, ''),
      value: values[0] ?? '',
      isRegex: comparison.endsWith('~'),
      isEqual: !comparison.startsWith('!'),
    })),
    createdBy: author,
    comment: reason,
    startsAt: isoTime(startsAt),
    endsAt: isoTime(endsAt),
    updatedAt: isoTime(updatedAt),
  }
}
