import { expressionSize, makeMatcher, MatcherError, type Comparison } from '../decide/decide.ts'

const MATCHERS_MAX = 64
const NAME_CHARS_MAX = 256
const TEXT_CHARS_MAX = 4_096

/** One condition, as `parseMatcher` reads it. */
export interface SilenceMatcher {
  readonly name: string
  readonly comparison: Comparison
  readonly value: string
}

/** What somebody asks for. Times are epoch milliseconds. */
export interface SilenceDraft {
  /** Of the silence to change; undefined: a new one. */
  readonly id?: string
  readonly matchers: readonly SilenceMatcher[]
  readonly author: string
  readonly reason: string
  /** Undefined: now, or when the silence that is changed began. */
  readonly startsAt?: number
  readonly endsAt: number
}

export interface SilenceProblem {
  /** Such as `matchers[0]`, `author`, `reason`, `starts_at` or `ends_at`. */
  readonly path: string
  readonly message: string
}

/** Everything that is wrong with it; empty when it can be made. */
export function silenceProblems(
  { matchers, author, reason, startsAt = 0, endsAt }: SilenceDraft,
  now: number,
): readonly SilenceProblem[] {
  const problems: SilenceProblem[] = []
  const add = (path: string, message: string): void => void problems.push({ path, message })
  if (matchers.length === 0) add('matchers', 'is empty; expected at least one')
  if (matchers.length > MATCHERS_MAX)
    add('matchers', `has ${matchers.length}; expected at most ${MATCHERS_MAX}`)
  const read = matchers.slice(0, MATCHERS_MAX).map((matcher, at) => {
    const complaint = complain(matcher)
    if (complaint !== undefined) add(`matchers[${at}]`, complaint)
    return complaint === undefined && !matchesNothing(matcher)
  })
  if (read.length > 0 && problems.length === 0 && !read.includes(true))
    add(
      'matchers',
      'would mute alerts that have none of these labels; expected at least one that the empty text does not match',
    )
  for (const [path, text] of [
    ['author', author],
    ['reason', reason],
  ] as const) {
    const { length } = text.trim()
    if (length === 0) add(path, 'is missing')
    if (length > TEXT_CHARS_MAX) add(path, `has ${length} characters; expected at most ${TEXT_CHARS_MAX}`)
  }
  if (endsAt <= now) add('ends_at', 'has passed; expected a time to come')
  else if (endsAt <= startsAt) add('ends_at', 'is not after the start')
  return problems
}

/** A hundred host names in one expression have about a thousand. Ten thousand silences have to fit into memory. */
const EXPRESSION_SIZE_MAX = 1_500

function complain({ name, comparison, value }: SilenceMatcher): string | undefined {
  if (name === '') return 'has no name; expected the name of a label'
  if (name.length > NAME_CHARS_MAX) return `has a name of more than ${NAME_CHARS_MAX} characters`
  if (value.length > TEXT_CHARS_MAX) return `has a value of more than ${TEXT_CHARS_MAX} characters`
  try {
    makeMatcher(name, comparison, [value])
    const size = comparison.endsWith('~') ? expressionSize(value) : 0
    return size > EXPRESSION_SIZE_MAX
      ? `has an expression that is too large (${size} steps, of at most ${EXPRESSION_SIZE_MAX}); expected a simpler one, or several silences`
      : undefined
  } catch (error) {
    if (error instanceof MatcherError) return `has an expression that is none: ${error.message}`
    throw error
  }
}

/** As Alertmanager counts: what says that a label is something else does not match the empty text. */
function matchesNothing({ comparison, value }: SilenceMatcher): boolean {
  if (comparison === '=') return value === ''
  return comparison === '=~' && isMatchOfNothing(value)
}

function isMatchOfNothing(value: string): boolean {
  const { matches } = makeMatcher('label', '=~', [value])
  const nobody = { source: '', status: 'firing', summary: '', fingerprint: '', labels: {} } as const
  return matches({ ...nobody, annotations: {}, links: [], images: [] }, 'info')
}
