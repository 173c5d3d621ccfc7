import { OddAnswer } from './kubernetes-trouble.ts'

/** A Secret of Kubernetes, as far as anybody here looks at it. */
export interface KubernetesSecret {
  readonly name: string
  /** Another one means that something about it has changed. */
  readonly resourceVersion: string
  readonly labels: Readonly<Record<string, string>>
  /** In base64, as the API gives it. */
  readonly data: Readonly<Record<string, string>>
}

/** One line of a watch. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: unknown
}

const EVENT_TYPES: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'])

/** Throws an `OddAnswer` on what is no event; it quotes nothing, since a Secret may stand there. */
export function readEvent(line: string): WatchEvent {
  const event = parse(line)
  if (!EVENT_TYPES.has(at(event, 'type'))) throw new OddAnswer('a watch told something that is no event')
  return event as WatchEvent
}

/** A page of a list, and where the next one begins. Throws an `OddAnswer`. */
export function readList(body: string): {
  readonly secrets: readonly KubernetesSecret[]
  readonly resourceVersion: string
  readonly next: string | undefined
} {
  const list = parse(body)
  const items = at(list, 'items')
  const next = at(at(list, 'metadata'), 'continue')
  if (!Array.isArray(items)) throw new OddAnswer('it answered with something that is no list')
  return {
    secrets: items.map(readSecret),
    resourceVersion: versionOf(list),
    next: typeof next === 'string' && next !== '' ? next : undefined,
  }
}

/** Throws an `OddAnswer`. */
export function readSecret(object: unknown): KubernetesSecret {
  const metadata = at(object, 'metadata')
  const name = at(metadata, 'name')
  if (typeof name !== 'string') throw new OddAnswer('it told of a Secret without a name')
  const [labels, data] = [texts(at(metadata, 'labels')), texts(at(object, 'data'))]
  return { name, resourceVersion: versionOf(object), labels, data }
}

/** Opaque: it may be compared and given back, and nothing else. Throws an `OddAnswer`. */
export function versionOf(object: unknown): string {
  const version = at(at(object, 'metadata'), 'resourceVersion')
  if (typeof version !== 'string' || version === '')
    throw new OddAnswer('it told of something without a resourceVersion')
  return version
}

/** The status that an ERROR of a watch carries. */
export function codeOf(status: unknown): number | undefined {
  const code = at(status, 'code')
  return typeof code === 'number' ? code : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OddAnswer('it answered with something that is no JSON')
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

function texts(map: unknown): Readonly<Record<string, string>> {
  const entries = typeof map === 'object' && map !== null ? Object.entries<unknown>({ ...map }) : []
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
