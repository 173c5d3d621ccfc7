import { z } from 'zod'
import { isHttpsUrl, isHttpUrl } from './links.ts'
import { nearest } from './nearest.ts'
import { report, seen, within, type Problems } from './problems.ts'

const LINKS_MAX = 50

const text = z.string().max(8192).nullish()
const url = z.string().max(8192).refine(isHttpUrl, 'expected an http or https URL')
const httpsUrl = z.string().max(8192).refine(isHttpsUrl, 'expected an https URL')
const link = z.strictObject({ href: url, text })
const image = z.strictObject({ src: httpsUrl, href: url.nullish(), alt: text })

// Maps, times and details are read by what all formats share; here they only have to be known.
const alert = z.strictObject({
  status: z.enum(['firing', 'acknowledged', 'resolved']).nullish(),
  name: text,
  summary: z.string().max(65_536).nullish(),
  severity: text,
  dedup_key: z.string().max(255).regex(/\S/, 'expected a key that is not blank').nullish(),
  source: z.string().max(256).regex(/\S/, 'expected a name that is not blank').nullish(),
  labels: z.unknown().optional(),
  annotations: z.unknown().optional(),
  details: z.unknown().optional(),
  links: z.array(link).max(LINKS_MAX).nullish(),
  images: z.array(image).max(LINKS_MAX).nullish(),
  starts_at: z.unknown().optional(),
  ends_at: z.unknown().optional(),
  ttl: z.unknown().optional(),
  classification: z.unknown().optional(),
  component: text,
  group: text,
  class: text,
  client: text,
  client_url: url.nullish(),
  change_event: z.boolean().nullish(),
})

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  links: Object.keys(link.shape),
  images: Object.keys(image.shape),
  alert: Object.keys(alert.shape),
}

/** An alert as our own JSON writes it, its shape checked, its meaning not yet. */
export interface OwnAlert {
  readonly status?: 'firing' | 'acknowledged' | 'resolved' | null | undefined
  readonly name?: string | null | undefined
  readonly summary?: string | null | undefined
  readonly severity?: string | null | undefined
  readonly dedup_key?: string | null | undefined
  readonly source?: string | null | undefined
  readonly labels?: unknown
  readonly annotations?: unknown
  readonly details?: unknown
  readonly links?:
    | readonly { readonly href: string; readonly text?: string | null | undefined }[]
    | null
    | undefined
  readonly images?:
    | readonly {
        readonly src: string
        readonly href?: string | null | undefined
        readonly alt?: string | null | undefined
      }[]
    | null
    | undefined
  readonly starts_at?: unknown
  readonly ends_at?: unknown
  readonly ttl?: unknown
  readonly classification?: unknown
  readonly component?: string | null | undefined
  readonly group?: string | null | undefined
  readonly class?: string | null | undefined
  readonly client?: string | null | undefined
  readonly client_url?: string | null | undefined
  readonly change_event?: boolean | null | undefined
}

/** Checks the shape. Undefined when there was a problem; an unknown key is one, and names the key it may have meant. */
export function readOwnShape(value: unknown, path: string, problems: Problems): OwnAlert | undefined {
  const checked = alert.safeParse(value)
  if (checked.success) return checked.data
  for (const issue of checked.error.issues) reportIssue(issue, value, path, problems)
  return undefined
}

/** Reports a key that is not known where it stands. */
export function reportUnknownKey(
  path: string,
  key: string,
  known: readonly string[],
  problems: Problems,
): void {
  const meant = nearest(key, known)
  const hint = meant === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${meant}?`
  report(problems, within(path, key), `is not a known key; ${hint}`)
}

function reportIssue(issue: z.core.$ZodIssue, value: unknown, parent: string, problems: Problems): void {
  const path = issue.path.reduce<string>(
    (outer, key) => within(outer, typeof key === 'number' ? key : String(key)),
    parent,
  )
  if (issue.code === 'unrecognized_keys') {
    const known = KNOWN[String(issue.path[0] ?? 'alert')] ?? []
    for (const key of issue.keys) reportUnknownKey(path, key, known, problems)
    return
  }
  report(problems, path, messageOf(issue, valueAt(value, issue.path)))
}

function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_type') return `expected ${named(issue.expected)}, saw ${seen(value)}`
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}, saw ${seen(value)}`
  if (issue.code === 'too_big') {
    const [unit, size] = Array.isArray(value)
      ? ['entries', value.length]
      : ['characters', String(value).length]
    return `expected at most ${issue.maximum} ${unit}, saw ${size}`
  }
  return `${issue.message}, saw ${seen(value)}`
}

function named(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Readonly<Record<PropertyKey, unknown>>)[key]
  }
  return at
}
