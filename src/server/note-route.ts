import type { FastifyInstance } from 'fastify'
import { readJson, type Problem } from '../intake/intake.ts'
import { requireToken } from './access.ts'
import { refuse, refuseBody } from './answers.ts'
import type { ServerContext } from './context.ts'
import { noNotes } from './no-notes.ts'
import { isRecord } from './silence-body.ts'

const TEXT_CHARS_MAX = 10_000
const KEY_CHARS_MAX = 255

/** A remark on an incident, where it was told. */
export function addNotes(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'api')
  const { pipeline } = context
  app.post<{ Params: { id: string }; Body: string | undefined }>(
    '/v1/incidents/:id/notes',
    { onRequest },
    async (request, reply) => {
      const { id } = request.params
      const json = readJson(request.body ?? '')
      if (!json.ok) return refuseBody(reply, json.status, json.problems)
      const read = readNote(json.body)
      if (typeof read !== 'string') return refuseBody(reply, 400, read)
      const key = request.headers['idempotency-key']
      if (typeof key === 'string' && (key === '' || key.length > KEY_CHARS_MAX)) {
        const message = `has not 1 to ${KEY_CHARS_MAX} characters`
        return refuseBody(reply, 400, [{ path: 'idempotency-key', message }])
      }
      const incidentId = /^\d{1,15}$/.test(id) ? Number(id) : -1
      const once = typeof key === 'string' ? `note ${incidentId} ${key}` : undefined
      const noted = await pipeline.note(incidentId, read, once)
      if (noted === undefined)
        return refuse(reply, 404, 'TOCSIN_NOT_FOUND', `There is no incident ${id.slice(0, 40)}.`)
      if (noted === 'no-notes') {
        const view = await pipeline.store.incident(incidentId)
        const message = noNotes(incidentId, view?.incident.destination ?? '', context.settings)
        return refuse(reply, 409, 'TOCSIN_CONFLICT', message)
      }
      return reply.send({ incident_id: incidentId, status: 'noted' })
    },
  )
}

/** The text, or what is wrong. */
function readNote(body: unknown): string | readonly Problem[] {
  if (!isRecord(body)) return [{ path: '', message: 'expected an object with a text' }]
  const problems = Object.keys(body)
    .filter((key) => key !== 'text')
    .slice(0, 10)
    .map((key) => ({ path: key.slice(0, 40), message: 'is not a known key; known is text' }))
  const { text } = body
  if (typeof text !== 'string') return [...problems, { path: 'text', message: 'is missing, or no text' }]
  const { length } = text.trim()
  if (length === 0 || length > TEXT_CHARS_MAX) {
    const message = `has ${length} characters; expected 1 to ${TEXT_CHARS_MAX}`
    return [...problems, { path: 'text', message }]
  }
  return problems.length > 0 ? problems : text.trim()
}
