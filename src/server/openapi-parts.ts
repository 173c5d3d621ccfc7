import type { JsonObject } from '../alert/alert.ts'
import type { TokenScope } from '../config/config.ts'

export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

export function arrayOf(items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'array', items, ...more }
}

export function text(description: string, more: JsonObject = {}): JsonObject {
  return { type: 'string', description, ...more }
}

export function time(description: string): JsonObject {
  return text(description, { format: 'date-time' })
}

export function words(values: readonly string[], description?: string): JsonObject {
  return { type: 'string', enum: values, ...(description === undefined ? {} : { description }) }
}

export function whole(description: string, more: JsonObject = {}): JsonObject {
  return { type: 'integer', description, ...more }
}

export function orNull(schema: JsonObject): JsonObject {
  return { anyOf: [schema, { type: 'null' }] }
}

/** An object all of whose properties are there, unless `optional`. */
export function record(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
}

export function json(schema: JsonObject, example?: JsonObject | readonly JsonObject[]): JsonObject {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
}

export function answer(description: string, content?: JsonObject): JsonObject {
  return { description, ...(content === undefined ? {} : { content }) }
}

export function body(schema: JsonObject, example: JsonObject | readonly JsonObject[]): JsonObject {
  return { required: true, content: json(schema, example) }
}

export function inQuery(name: string, schema: JsonObject, description: string): JsonObject {
  return { name, in: 'query', required: false, schema, description }
}

export function idInPath(of: string): JsonObject {
  return {
    name: 'id',
    in: 'path',
    required: true,
    schema: { type: 'integer', minimum: 0 },
    description: `The id of ${of}`,
  }
}

/** A text as a query may hold it. */
export const someText: JsonObject = { type: 'string', minLength: 1, maxLength: 1024 }

/** Answers that are the same everywhere, by their status. */
export function refusals(...statuses: readonly number[]): JsonObject {
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/E${status}` }]),
  )
}

/** A token of one of these scopes, or none at all when none is configured. */
export function needs(...scopes: readonly TokenScope[]): readonly JsonObject[] {
  return [...scopes.flatMap((scope) => [{ bearer: [scope] }, { basic: [scope] }]), {}]
}

/** No token, ever. */
export const OPEN: readonly JsonObject[] = []

/** A question to our API. */
export function ask(
  summary: string,
  parameters: readonly JsonObject[],
  schema: JsonObject,
  ...errors: number[]
): JsonObject {
  return {
    tags: ['incidents'],
    summary,
    security: needs('api'),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { '200': answer('What is known', json(schema)), ...refusals(...errors, 401, 403, 503) },
  }
}

/** A page of another kind, for whoever reads it. */
export function read(
  tag: string,
  summary: string,
  content: JsonObject,
  security: readonly JsonObject[],
  more: JsonObject = {},
): JsonObject {
  return { tags: [tag], summary, security, responses: { '200': answer('As asked', content), ...more } }
}
