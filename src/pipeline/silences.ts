import type { Store, StoredSilence } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { silenceProblems, type SilenceDraft, type SilenceProblem } from './silence-draft.ts'

/** So many may last or wait at a time: each is compared with every alert. Ended ones do not count. */
const SILENCES_MAX = 10_000

export type SilenceState = 'active' | 'pending' | 'expired'

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
