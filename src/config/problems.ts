/** One thing that is wrong with a config, or (as a warning) that is probably not meant. */
export interface ConfigProblem {
  /** Where, such as `routes[2].match.severity`; empty for the config as a whole. */
  readonly path: string
  /** A sentence that stands alone: where, what was seen, what is accepted. It holds no secret. */
  readonly message: string
  /** The line in the config's text, where it is known. */
  readonly line?: number
}

/** The way to a place in a config: keys of maps and places in lists. */
export type Keys = readonly (string | number)[]

/** What is found wrong, as it is found. */
export class Problems {
  readonly #found: { keys: Keys; message: string; line?: number }[] = []
  readonly #places = new Set<string>()
  readonly #hidden = new Set<string>()

  /**
   * Adds a problem. At one place the first counts: what is found there later mostly follows from it. It returns undefined,
   * which is what a reader gives in place of the value that is wrong.
   */
  add(keys: Keys, message: string): undefined {
    const place = JSON.stringify(keys)
    if (this.#places.has(place)) return undefined
    this.#places.add(place)
    this.#found.push({ keys, message })
    return undefined
  }

  /** Adds a problem of the text itself: that it is no YAML, say. */
  addAtLine(line: number, message: string): void {
    this.#found.push({ keys: [], message, line })
  }

  /** Marks a value that came from the environment: it may be a secret, wherever it stands. */
  hide(keys: Keys): void {
    this.#hidden.add(JSON.stringify(keys))
  }

  isHidden(keys: Keys): boolean {
    return this.#hidden.has(JSON.stringify(keys))
  }

  /** The value at a place, for a message. */
  show(keys: Keys, value: unknown): string {
    return this.isHidden(keys) ? 'a text from the environment' : describe(value)
  }

  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  /** All of them in the order of the text, without the secrets. */
  list(secrets: readonly string[], lineOf: (keys: Keys) => number | undefined): ConfigProblem[] {
    const listed = this.#found.map(({ keys, message, line = lineOf(keys) }) => {
      const path = formatPath(keys)
      // A message that goes on from the path, unless it has a beginning of its own.
      const sentence = /^[ :]/.test(message) ? (path === '' ? 'The config' : path) + message : message
      const told: ConfigProblem = {
        path: withoutSecrets(path, secrets),
        message: withoutSecrets(sentence, secrets),
      }
      return line === undefined ? told : { ...told, line }
    })
    return listed.sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
  }
}

/** `routes[2].match["my label"]`. What could be a routing key is not shown. */
export function formatPath(keys: Keys): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else if (/^[A-Za-z_][\w-]*$/.test(key)) path += (path === '' ? '' : '.') + hideKeys(key)
    else path += `[${quote(key)}]`
  }
  return path
}

/** A value in a few words. What has the form of a routing key is not shown, even where none belongs. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`
}

function quote(text: string): string {
  const shown = hideKeys(text)
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 59)}…` : shown)
}

function hideKeys(text: string): string {
  // The keys that PagerDuty gives out have 20 or 32 letters and digits; a typing error may have added one or lost one.
  return text.replaceAll(/(?=[A-Za-z]*\d)[A-Za-z0-9]{18,}/g, '(hidden)')
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= 8)
  return hideKeys(known.reduce((shown, secret) => shown.replaceAll(secret, '(secret)'), text))
}
