import { parseMatcher } from '../decide/decide.ts'

type Parsed = NonNullable<ReturnType<typeof parseMatcher>>

/** How a matcher is written. */
export const COMPARISONS = 'NAME=VALUE, NAME!=VALUE, NAME=~EXPRESSION or NAME!~EXPRESSION'

/** A quote begins the value, and none ends it. */
const OPEN_QUOTE = /^\s*[\w.:-]+\s*(?:=~|!~|!=|=)\s*"(?!(?:[^"\\]|\\.)*"\s*$)/s
const SPLIT = /=~|!~|!=|=/
const NAME = /^[A-Za-z_][\w.:-]*$/

/** A matcher that was typed, such as `instance=~"db-.*"`, or what is wrong with it: `has a quote that is not closed…`. */
export function readMatcher(text: string): Parsed | string {
  if (OPEN_QUOTE.test(text))
    return 'has a quote that is not closed; expected one such as alertname="Disk full"'
  const parsed = parseMatcher(text)
  if (parsed !== undefined) return parsed
  const [name = ''] = text.split(SPLIT, 1)
  if (name.trim() === '' || name === text || NAME.test(name.trim()))
    return `is no matcher; expected ${COMPARISONS}, such as instance=~"db.*"`
  return 'has a name that none can have here; expected ASCII letters, digits, "_", ".", ":" and "-", with a letter or "_" first'
}
