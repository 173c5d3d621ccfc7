import { askForSecrets, type KubernetesPlace } from './kubernetes-api.ts'
import {
  codeOf,
  readEvent,
  readList,
  readSecret,
  versionOf,
  type KubernetesSecret,
} from './kubernetes-secret.ts'
import { OddAnswer, Refused, Trouble } from './kubernetes-trouble.ts'
import type { Cancel, Clock } from './world.ts'

export interface WatchSecretsOptions extends KubernetesPlace {
  /** Of labels, such as `publishing-target=true`. */
  readonly selector: string
  readonly clock: Clock
  readonly random: () => number
}

export interface SecretsListener {
  /** Called after the first list and whenever something may have changed, with all there are, by name. The map is live. */
  onSecrets(secrets: ReadonlyMap<string, KubernetesSecret>): void
  /** The API cannot be asked. What is known stays as it is, and it is asked again. `reason` holds no secret. */
  onTrouble(reason: string, retryInMs: number): void
  /** It can be, at first and again after trouble. */
  onWatching(): void
}

/** Secrets may have a MiB each: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size */
const PAGE = 100
/** No namespace has 20,000 places to tell; a list without end would be read for ever. */
const PAGES_MAX = 200
const LINE_CHARACTERS_MAX = 8 * 1024 * 1024
const ANSWER_MS_MAX = 30_000
const LIST_MS_MAX = 60_000
/**
 * The server ends a watch after about so long, and is asked again. A connection that died without a word is noticed
 * `GRACE_MS` later, so that a rotated key is never overlooked for more than about a minute.
 */
const WATCH_SECONDS = { min: 45, max: 75 }
const GRACE_MS = 10_000
/** A watch that was well for so long is no failure, however it ended. */
const WELL_MS = 5_000
const RETRY_MS = { first: 1_000, max: 30_000 }
/** Nobody's Retry-After keeps us away for longer. */
const RETRY_AFTER_MS_MAX = 120_000

/**
 * Lists the Secrets of a namespace that have the labels, and watches them until it is cancelled. It never gives up: a
 * watch that ends is resumed where it ended; what cannot be resumed (`410 Gone`, an ERROR, an answer that makes no sense) is
 * listed anew and replaces all that was known; an API that is away is asked again with backoff.
 *
 * The informer of @kubernetes/client-node stops for good at the first error of a list or a connection, goes on in silence
 * after an ERROR that is no 410, and drops a line that it cannot read; so only its way to say who we are is used here.
 */
export function watchSecrets(options: WatchSecretsOptions, listener: SecretsListener): Cancel {
  const stop = new AbortController()
  void new SecretWatch(options, listener, stop.signal).run()
  return () => stop.abort()
}

class SecretWatch {
  readonly #options: WatchSecretsOptions
  readonly #listener: SecretsListener
  readonly #stopped: AbortSignal
  #secrets = new Map<string, KubernetesSecret>()
  /** Where to go on watching. Undefined: a list is needed first. */
  #version: string | undefined
  #failures = 0
  #isWatching = false

  constructor(options: WatchSecretsOptions, listener: SecretsListener, stopped: AbortSignal) {
    this.#options = options
    this.#listener = listener
    this.#stopped = stopped
  }

  async run(): Promise<void> {
    while (!this.#stopped.aborted) {
      try {
        this.#version ??= await this.#list()
        const wasWell = await this.#watch(this.#version)
        if (wasWell) this.#failures = 0
        else await this.#rest(0)
      } catch (error) {
        if (this.#stopped.aborted) return
        await this.#fail(error)
      }
    }
  }

  /** All pages, or nothing: half a list would look as if the other half had been deleted. */
  async #list(): Promise<string> {
    const secrets = new Map<string, KubernetesSecret>()
    let next: string | undefined
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const more = next === undefined ? {} : { continue: next }
      let body = ''
      for await (const piece of this.#ask({ limit: String(PAGE), ...more }, LIST_MS_MAX)) body += piece
      const page = readList(body)
      for (const secret of page.secrets) secrets.set(secret.name, secret)
      next = page.next
      if (next !== undefined) continue
      this.#secrets = secrets
      this.#listener.onSecrets(secrets)
      return page.resourceVersion
    }
    throw new OddAnswer('it told a list without end')
  }

  /** Resolves when it ends, with whether it did any good. */
  async #watch(version: string): Promise<boolean> {
    const { clock, random } = this.#options
    const { min, max } = WATCH_SECONDS
    const seconds = Math.round(min + random() * (max - min))
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(seconds),
    }
    const startedAt = clock.now()
    let events = 0
    let rest = ''
    const take = (): boolean => {
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.trim() === '') continue
        if (!this.#apply(line)) return false
        events += 1
      }
      return true
    }
    const wasWell = (): boolean => events > 0 || clock.now() - startedAt >= WELL_MS
    try {
      for await (const piece of this.#ask(query, seconds * 1000 + GRACE_MS, () => this.#begin())) {
        rest += piece
        if (!take()) return wasWell()
        if (rest.length > LINE_CHARACTERS_MAX) throw new OddAnswer('a watch told a line without end')
      }
      // What is left of a line that was cut says nothing; it is told again to who goes on from the version before it.
      return wasWell()
    } catch (error) {
      // A connection that broke, or died in silence, is taken up again where it was.
      const isBroken = !(error instanceof Refused || error instanceof OddAnswer)
      if (isBroken && wasWell()) return true
      throw error
    }
  }

  /** Takes one line of a watch. Whether to go on. */
  #apply(line: string): boolean {
    const { type, object } = readEvent(line)
    if (type === 'ERROR') {
      // Every ERROR ends a watch, and nothing is said of what was missed: all is listed anew.
      this.#version = undefined
      const code = codeOf(object)
      if (code === 410) return false
      throw new Refused(code ?? 0, `a watch ended with an error (${code ?? 'without a code'})`)
    }
    const version = versionOf(object)
    if (type !== 'BOOKMARK') {
      const secret = readSecret(object)
      if (type === 'DELETED') this.#secrets.delete(secret.name)
      else this.#secrets.set(secret.name, secret)
      this.#listener.onSecrets(this.#secrets)
    }
    this.#version = version
    return true
  }

  #ask(
    query: Readonly<Record<string, string>>,
    wholeMsMax: number,
    onBegin?: () => void,
  ): AsyncGenerator<string, void> {
    const { selector, clock } = this.#options
    return askForSecrets({
      place: this.#options,
      query: { labelSelector: selector, ...query },
      clock,
      answerMsMax: ANSWER_MS_MAX,
      wholeMsMax,
      signal: this.#stopped,
      ...(onBegin === undefined ? {} : { onBegin }),
    })
  }

  #begin(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#listener.onWatching()
  }

  async #fail(error: unknown): Promise<void> {
    const [status, afterMs] = error instanceof Refused ? [error.status, error.afterMs] : [undefined, 0]
    // 410: the version is too old, and a list is the way on. An odd answer: what it should have said is missing.
    if (status === 410 || error instanceof OddAnswer) this.#version = undefined
    if (status === 410) return this.#rest(0)
    this.#isWatching = false
    await this.#rest(Math.min(afterMs, RETRY_AFTER_MS_MAX), reasonOf(error))
  }

  /** Waits before it is asked again: longer each time, and not all replicas at the same moment. */
  #rest(afterMs: number, trouble?: string): Promise<void> {
    const { clock, random } = this.#options
    const longest = Math.min(RETRY_MS.first * 2 ** this.#failures, RETRY_MS.max)
    const delayMs = Math.max(afterMs, Math.round(longest * (0.5 + random() / 2)))
    this.#failures += 1
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = clock.after(delayMs, resolve)
    const stop = (): void => (cancel(), resolve())
    this.#stopped.addEventListener('abort', stop)
    if (trouble !== undefined) this.#listener.onTrouble(trouble, delayMs)
    return promise.finally(() => this.#stopped.removeEventListener('abort', stop))
  }
}

/** What went wrong, without an address or a word of an answer. */
function reasonOf(error: unknown): string {
  if (error instanceof Trouble) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'for an unknown reason'
  return `the connection failed (${code})`
}
