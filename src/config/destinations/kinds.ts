import { z } from 'zod'
import type { Field } from '../fields.ts'
import { at, isMap } from '../issues.ts'

/**
 * A map of one of several kinds. The word under `type` tells which, so that what is wrong is told for what is meant; what
 * has none of these words is wrong in that alone.
 */
export function kinds<Kind extends { readonly type: string }>(shapes: {
  readonly [Type in Kind['type']]: Field<Extract<Kind, { type: Type }>>
}): Field<Kind> {
  const byType = new Map<unknown, Field<Kind>>(Object.entries<Field<Kind>>(shapes))
  const words = [...byType.keys()].join(' or ')
  const read = z.unknown().transform((seen, context): Kind => {
    const shape = byType.get(at(seen, 'type'))
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
  return read.meta(editorSchema([...byType.values()]))
}

/** How editors see it: as one of several maps. */
function editorSchema(shapes: readonly Field<unknown>[]): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = z.toJSONSchema(z.union(shapes), { io: 'input', target: 'draft-7' })
  return schema
}
