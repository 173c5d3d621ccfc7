import { SECRET } from '../house-config.ts'
import type { Checker } from './check.ts'

/**
 * No routing key, nor most of one, stands in a log line, a notice, a row, a view or the bytes of the store's files, in
 * either case, although those who answer quote the keys in every way they can. On the wire they stand, of course.
 */
export const noSecretLeaves: Checker = ({ happenings, end }) => {
  const found: string[] = []
  for (const happening of happenings) {
    if (happening.kind !== 'logged' && happening.kind !== 'noticed') continue
    const text = happening.kind === 'logged' ? happening.message + happening.data : happening.notice
    if (holds(text))
      found.push(`a routing key is ${happening.kind} at ${happening.at} ms: ${text.slice(0, 300)}`)
  }
  if (holds(end.visible)) found.push('a routing key is in what the store shows')
  if (end.files.some((file) => file.includes(PARTS[0] ?? '')))
    found.push('a routing key is in the files of the store')
  return found
}

const PARTS = [SECRET.slice(0, 12), SECRET.slice(0, 12).toUpperCase()]

function holds(text: string | Buffer): boolean {
  return PARTS.some((part) => text.includes(part))
}
