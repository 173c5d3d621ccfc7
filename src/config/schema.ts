import { z } from 'zod'
import { schemaOfKinds } from './kinds.ts'
import { configShape } from './shape.ts'

/** The JSON Schema of tocsin.yaml, for editors: keys, types, defaults and what they mean. */
export function configSchema(): Readonly<Record<string, unknown>> {
  const shape = configShape({ destinations: [], severityWords: new Map() })
  // Editors know draft 7 best: https://github.com/redhat-developer/yaml-language-server
  const schema = z.toJSONSchema(shape, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => void Object.assign(jsonSchema, schemaOfKinds(zodSchema)),
  })
  return { ...schema, title: 'tocsin.yaml' }
}
