import { readKey, type KeyTemplate as CompiledKey } from '../../decide/decide.ts'
import { field, type Field } from '../fields.ts'

/** A template with its text, which is what `tocsin config print` shows. */
export interface KeyTemplate extends CompiledKey {
  readonly text: string
}

/** A template for dedup keys, compiled now so that no alert is the first to find it broken. */
export function keyTemplate(description: string): Field<KeyTemplate> {
  return field({ type: 'string', minLength: 1, description }, (seen, refuse) => {
    if (typeof seen !== 'string' || seen.trim() === '')
      return refuse('expected a template in quotes, such as "{{ alertname }}-{{ instance }}"')
    try {
      const key = readKey(seen)
      if (key.failure === undefined) return { text: seen, ...key }
      throw new Error(key.failure)
    } catch (error) {
      const [reason = 'it cannot be read'] = error instanceof Error ? error.message.split('\n') : []
      return refuse(`expected a template: ${reason.replace(/, line:\d+, col:\d+$/, '')}`)
    }
  })
}
