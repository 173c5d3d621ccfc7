import { complainOfUrl } from '../address.ts'
import { field, type Field } from '../fields.ts'

/** Where to send to instead of a service's own address: https, or http to this machine. It is no secret. */
export function serviceUrl(description: string): Field<string | undefined> {
  return field({ type: 'string', description }, (seen, refuse) => {
    if (typeof seen !== 'string') return refuse('expected an http or https address')
    const complaint = complainOfUrl(seen)
    return complaint === undefined ? seen : refuse(complaint.replace('the routing key', 'what is secret'))
  }).optional()
}
