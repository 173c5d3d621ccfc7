import { makeMatcher, MatcherError, type Comparison } from '../decide/decide.ts'
import type { Store, StoredSilence } from '../store/store.ts'
import type { World } from '../world/world.ts'

/** So many may last or wait at a time: each is compared with every alert. Ended ones do not count. */
export const SILENCES_MAX = 10_000
const MATCHERS_MAX = 64
const NAME_CHARS_MAX = 256
const TEXT_CHARS_MAX = 4_096

export type SilenceState = 'active' | 'pending' | 'expired'

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

export type PutSilence =
  | { readonly ok: true; readonly silence: StoredSilence }
  /** There is no silence of that id. */
  | { readonly ok: false; readonly problems: undefined }
  | { readonly ok: false; readonly problems: readonly SilenceProblem[] }

export interface SilencesOptions {
  readonly store: Store
  readonly world: World
  /** What is muted has changed. What comes of it is waited for, so that a silence mutes from its answer on. */
  readonly onChange: () => Promise<void> | void
}

/**
 * Silences, as people make and end them. As at Alertmanager, what was muted by which silence can be told afterwards: the matchers
 * and the start of one that lasts cannot be changed, so it is ended and another begins in its place
 * (https://github.com/prometheus/alertmanager/blob/main/silence/silence.go, `canUpdate`).
 */
export class Silences {
  readonly #options: SilencesOptions

  constructor(options: SilencesOptions) {
    this.#options = options
  }

  /** Those that last or wait, or with `all` also those that ended and are remembered: the order of `inOrder`. */
  async list(all = false): Promise<readonly StoredSilence[]> {
    const now = this.#now()
    return inOrder(await this.#options.store.silences(all ? 0 : now), now)
  }

  get(id: string): Promise<StoredSilence | undefined> {
    return this.#options.store.silence(id)
  }

  /** Makes a silence, or changes the one of that id; `now` is when it was asked for. */
  async put(draft: SilenceDraft, now: number = this.#now()): Promise<PutSilence> {
    const { store } = this.#options
    const before = draft.id === undefined ? undefined : await store.silence(draft.id)
    if (draft.id !== undefined && before === undefined) return { ok: false, problems: undefined }
    const began = before !== undefined && silenceState(before, now) === 'active' ? before.startsAt : now
    const asked = { ...draft, startsAt: draft.startsAt ?? began }
    const problems = silenceProblems(asked, now)
    if (problems.length > 0) return { ok: false, problems }
    const matchers = asked.matchers.map(({ name, comparison, value }) => ({
      name,
      comparison,
      values: [value],
    }))
    const { author, reason, endsAt } = asked
    const said = { matchers, author: author.trim(), reason: reason.trim(), endsAt, updatedAt: now }
    if (before !== undefined && isSameMuting(before, asked, now))
      return {
        ok: true,
        silence: await this.#keep({ ...before, ...said, startsAt: startAfter(before, asked, now) }),
      }
    if ((await store.silences(now)).length >= SILENCES_MAX) return { ok: false, problems: [TOO_MANY] }
    const startsAt = Math.max(asked.startsAt, now)
    const made = await this.#keep({ id: this.#newId(), ...said, startsAt, createdAt: now })
    // The old one ends only after that: at no moment is neither there.
    if (before !== undefined) await this.#end(before, now)
    return { ok: true, silence: made }
  }

  /** Ends a silence now; one that has ended stays as it is. Undefined: there is none of that id. */
  async expire(id: string): Promise<StoredSilence | undefined> {
    const found = await this.#options.store.silence(id)
    return found === undefined ? undefined : this.#end(found, this.#now())
  }

  async #end(silence: StoredSilence, now: number): Promise<StoredSilence> {
    if (silenceState(silence, now) === 'expired') return silence
    const startsAt = Math.min(silence.startsAt, now)
    return this.#keep({ ...silence, startsAt, endsAt: now, updatedAt: now })
  }

  async #keep(silence: StoredSilence): Promise<StoredSilence> {
    const { store, world, onChange } = this.#options
    await store.putSilence(silence)
    const { id, author, startsAt, endsAt } = silence
    const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() }
    world.log.info('a silence was made, changed or ended', { id, author, ...times })
    await onChange()
    return silence
  }

  /** As a version 4 UUID: Alertmanager's clients expect one. */
  #newId(): string {
    const hex = this.#options.world.id()
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`]
    return [...parts, hex.slice(20, 32)].join('-')
  }

  #now(): number {
    return this.#options.world.clock.now()
  }
}

export function silenceState(
  { startsAt, endsAt }: Pick<StoredSilence, 'startsAt' | 'endsAt'>,
  now: number,
): SilenceState {
  if (endsAt <= now) return 'expired'
  return startsAt > now ? 'pending' : 'active'
}

const TOO_MANY: SilenceProblem = {
  path: '',
  message: `there are ${SILENCES_MAX} silences that last or wait, which is the most; end one first`,
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

function complain({ name, comparison, value }: SilenceMatcher): string | undefined {
  if (name === '') return 'has no name; expected the name of a label'
  if (name.length > NAME_CHARS_MAX) return `has a name of more than ${NAME_CHARS_MAX} characters`
  if (value.length > TEXT_CHARS_MAX) return `has a value of more than ${TEXT_CHARS_MAX} characters`
  try {
    makeMatcher(name, comparison, [value])
    return undefined
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

/** Whether what was muted until now stays the same by the change. */
function isSameMuting(
  before: StoredSilence,
  asked: SilenceDraft & { readonly startsAt: number },
  now: number,
): boolean {
  const said = asked.matchers.map(({ name, comparison, value }) => ({ name, comparison, values: [value] }))
  if (JSON.stringify(said) !== JSON.stringify(before.matchers.map(plain))) return false
  const state = silenceState(before, now)
  if (state === 'pending') return asked.startsAt >= now
  // Clients say times to the second.
  return state === 'active' && Math.floor(asked.startsAt / 1000) === Math.floor(before.startsAt / 1000)
}

/** One that lasts keeps its start to the millisecond, though clients say it to the second. */
function startAfter(before: StoredSilence, asked: { readonly startsAt: number }, now: number): number {
  return silenceState(before, now) === 'active' ? before.startsAt : asked.startsAt
}

function plain({ name, comparison, values }: StoredSilence['matchers'][number]): object {
  return { name, comparison, values }
}

const ORDER: Readonly<Record<SilenceState, number>> = { active: 0, pending: 1, expired: 2 }

/** As Alertmanager lists them: active ones by their end, pending ones by their start, then those that ended last. */
function inOrder(silences: readonly StoredSilence[], now: number): readonly StoredSilence[] {
  return silences.toSorted((one, other) => {
    const [state, otherState] = [silenceState(one, now), silenceState(other, now)]
    if (state !== otherState) return ORDER[state] - ORDER[otherState]
    if (state === 'pending') return one.startsAt - other.startsAt
    return state === 'active' ? one.endsAt - other.endsAt : other.endsAt - one.endsAt
  })
}
