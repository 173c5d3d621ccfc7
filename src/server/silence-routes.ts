import type { FastifyInstance, FastifyReply } from 'fastify'
import { readMatcher } from '../config/config.ts'
import { readJson, type Problem } from '../intake/intake.ts'
import { Silences, silenceState } from '../pipeline/pipeline.ts'
import type { StoredSilence } from '../store/store.ts'
import { requireToken } from './access.ts'
import { refuse, refuseBody } from './answers.ts'
import type { ServerContext } from './context.ts'
import { readQuery } from './query.ts'
import { readSilence } from './silence-body.ts'
import { isoTime } from './views.ts'

const STATES = ['active', 'pending', 'expired', 'all'] as const

/** Silences as a context keeps them. */
export function silencesOf({ pipeline, world, isAside }: ServerContext): Silences {
  // Whoever decides looks each second; beside it, with another config, we would decide otherwise.
  const onChange = isAside === true ? () => {} : () => pipeline.lookAtMutes()
  return new Silences({ store: pipeline.store, world, onChange })
}

/** Silences in our own words. */
export function addSilences(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'api')
  const { world } = context
  const silences = silencesOf(context)

  app.get('/v1/silences', { onRequest }, async (request, reply) => {
    const query = readQuery(request.query, { state: STATES, matcher: 'text' }, [])
    if (!query.ok) return refuseBadQuery(reply, query.problems)
    const { state, matcher } = query.values
    const wanted = matcher === undefined ? undefined : readMatcher(matcher)
    if (typeof wanted === 'string') return refuseBadQuery(reply, [{ path: 'query.matcher', message: wanted }])
    const now = world.clock.now()
    const found = await silences.list(state === 'all' || state === 'expired')
    const shown = found.filter(
      (silence) =>
        (state === undefined || state === 'all' || silenceState(silence, now) === state) &&
        (wanted === undefined || hasMatcher(silence, wanted)),
    )
    return reply.send({ silences: shown.map((silence) => silenceJson(silence, now)) })
  })

  app.post<{ Body: string | undefined }>('/v1/silences', { onRequest }, async (request, reply) => {
    const json = readJson(request.body ?? '')
    if (!json.ok) return refuseBody(reply, json.status, json.problems)
    const now = world.clock.now()
    const read = readSilence(json.body, now)
    if (!read.ok) return refuseBody(reply, 400, read.problems)
    const put = await silences.put(read.draft, now)
    if (put.ok) return reply.send(silenceJson(put.silence, world.clock.now()))
    if (put.problems === undefined) return refuseSilence(reply, read.draft.id ?? '')
    return refuseBody(reply, 400, put.problems)
  })

  app.get<{ Params: { id: string } }>('/v1/silences/:id', { onRequest }, async (request, reply) => {
    const silence = await silences.get(request.params.id)
    if (silence === undefined) return refuseSilence(reply, request.params.id)
    return reply.send(silenceJson(silence, world.clock.now()))
  })

  const expire = async (id: string, reply: FastifyReply): Promise<FastifyReply> => {
    const silence = await silences.expire(id)
    if (silence === undefined) return refuseSilence(reply, id)
    return reply.send(silenceJson(silence, world.clock.now()))
  }
  app.delete<{ Params: { id: string } }>('/v1/silences/:id', { onRequest }, (request, reply) =>
    expire(request.params.id, reply),
  )
  app.post<{ Params: { id: string } }>('/v1/silences/:id/expire', { onRequest }, (request, reply) =>
    expire(request.params.id, reply),
  )
}

/** Whether one of its matchers says the same. */
export function hasMatcher(
  { matchers }: StoredSilence,
  wanted: { readonly name: string; readonly comparison: string; readonly value: string },
): boolean {
  return matchers.some(
    ({ name, comparison, values }) =>
      name === wanted.name && comparison === wanted.comparison && values.includes(wanted.value),
  )
}

/** As it could be typed: `instance=~"db-.*"`. */
export function matcherText({ name, comparison, values }: StoredSilence['matchers'][number]): string {
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, (odd) => `\\${odd}`)}"`)
  return `${name}${comparison}${quoted.join('|')}`
}

function silenceJson(silence: StoredSilence, now: number): object {
  const { id, matchers, author, reason, startsAt, endsAt, createdAt, updatedAt } = silence
  return {
    id,
    state: silenceState(silence, now),
    matchers: matchers.map(matcherText),
    author,
    reason,
    starts_at: isoTime(startsAt),
    ends_at: isoTime(endsAt),
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  }
}

function refuseSilence(reply: FastifyReply, id: string): FastifyReply {
  return refuse(reply, 404, 'TOCSIN_NOT_FOUND', `There is no silence ${id.slice(0, 40)}.`)
}

function refuseBadQuery(reply: FastifyReply, problems: readonly Problem[]): FastifyReply {
  const [first] = problems
  return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', `${first?.path} ${first?.message}`, problems)
}
