import { compileTelling, type TellingTemplate } from '../templates/templates.ts'
import { field, type Field } from './fields.ts'

/** A template for a text that is told, compiled now so that no alert is the first to find it broken. */
export function tellingTemplate(description: string): Field<TellingTemplate> {
  return field({ type: 'string', minLength: 1, description }, (seen, refuse) => {
    if (typeof seen !== 'string' || seen.trim() === '')
      return refuse('expected a template in quotes, such as "{{ summary }}"')
    try {
      return compileTelling(seen)
    } catch (error) {
      const [reason = 'it cannot be read'] = error instanceof Error ? error.message.split('\n') : []
      return refuse(`expected a template: ${reason.replace(/, line:\d+, col:\d+$/, '')}`)
    }
  })
}
