import { z } from 'zod'
import type { Field } from './fields.ts'
import { at, isMap } from './issues.ts'

/**
 * A map of one of several kinds. The word under `type` tells which, so that what is wrong is told for what is meant; what
 * has none of these words is wrong in that alone. Only the kinds that are there are made.
 */
export function kinds<Kind extends { readonly type: string }>(shapes: {
  readonly [Type in Kind['type']]: () => Field<Extract<Kind, { type: Type }>>
}): Field<Kind> {
  const makers = new Map<unknown, () => Field<Kind>>(Object.entries<() => Field<Kind>>(shapes))
  const made = new Map<unknown, Field<Kind>>()
  const words = [...makers.keys()].join(' or ')
  const shapeOf = (type: unknown): Field<Kind> | undefined => {
    const shape = made.get(type) ?? makers.get(type)?.()
    if (shape !== undefined) made.set(type, shape)
    return shape
  }
  const read = z.unknown().transform((seen, context): Kind => {
    const shape = shapeOf(at(seen, 'type'))
    const parsed = shape?.safeParse(seen)
    if (parsed?.success === true) return parsed.data
    const unknown = isMap(seen)
      ? { code: 'custom' as const, path: ['type'], message: `expected ${words}` }
      : { code: 'custom' as const, path: [], message: `expected a map with type (${words}) and its keys` }
    // A copy: the library writes the way that leads here into the path.
    for (const issue of parsed?.error.issues ?? [unknown])
      context.addIssue({ ...issue, path: [...issue.path] })
    return z.NEVER
  })
  KINDS.set(read, () => Array.from(makers.values(), (make) => make()))
  return read
}

/** The maps that each such field may be. To work out how editors see them takes longer than to read a config. */
const KINDS = new WeakMap<z.ZodType, () => readonly Field<unknown>[]>()

/** How editors see a field that is one of several maps; undefined: it is none. */
export function schemaOfKinds(shape: z.core.$ZodType): Readonly<Record<string, unknown>> | undefined {
  const shapes = shape instanceof z.ZodType ? KINDS.get(shape)?.() : undefined
  if (shapes === undefined) return undefined
  const { $schema: _, ...schema } = z.toJSONSchema(z.union(shapes), { io: 'input', target: 'draft-7' })
  return schema
}
