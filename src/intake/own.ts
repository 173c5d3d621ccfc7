import {
  keyFingerprint,
  labelFingerprint,
  type Alert,
  type AlertStatus,
  type Change,
  type Classification,
  type EventFields,
  type Image,
  type Item,
  type Link,
} from '../alert/alert.ts'
import { annotatedClassification, readClassification } from './classification.ts'
import { describe, describeClassified, line } from './describe.ts'
import type { Draft, Format, IntakeContext, Parsed } from './format.ts'
import { isObject, mendText } from './json.ts'
import { imagesOf, linksOf } from './links.ts'
import {
  readDetailsObject,
  readLifetime,
  readNamedLabels,
  readOwnSeverity,
  type Lifetime,
} from './own-parts.ts'
import { readOwnShape, reportUnknownKey, type OwnAlert } from './own-shape.ts'
import { readAnnotations, type Labels } from './labels.ts'
import { noProblems, refuse, refuseFor, report, seen, within, type Problems } from './problems.ts'

/**
 * Our own JSON, POST /v1/alerts: one alert, an array of them, or `{"alerts": [...]}`. It is strict, for whoever writes it
 * writes it for us: a key that we do not know is refused with the one that it resembles.
 */
export const own: Format = {
  name: 'own',
  title: "Tocsin's own JSON",
  parse: parseOwn,
}

function parseOwn(body: unknown, context: IntakeContext): Parsed {
  const problems = noProblems()
  const [list, values] = unwrap(body, problems)
  const { itemsMax } = context.limits
  if (values.length > itemsMax) {
    return refuseFor(list ?? '', `expected at most ${itemsMax} alerts, saw ${values.length}`, 413)
  }
  const items: Item[] = []
  for (const [index, value] of values.entries()) {
    const item = readOwn(value, list === undefined ? '' : within(list, index), context, problems)
    if (item !== undefined) items.push(item)
  }
  return problems.count === 0 ? { ok: true, items } : refuse(problems)
}

/** The alerts of a body and the path of their list, undefined for a body that is one alert itself. */
function unwrap(
  body: unknown,
  problems: Problems,
): readonly [list: string | undefined, values: readonly unknown[]] {
  if (Array.isArray(body)) return ['', body]
  if (!isObject(body) || body['alerts'] === undefined) return [undefined, [body]]
  for (const key of Object.keys(body)) {
    if (key !== 'alerts') reportUnknownKey('', key, ['alerts'], problems)
  }
  if (Array.isArray(body['alerts'])) return ['alerts', body['alerts']]
  report(problems, 'alerts', `expected an array of alerts, saw ${seen(body['alerts'])}`)
  return ['alerts', []]
}

/** What has been read of one alert of ours before it is put together. */
interface Read {
  readonly given: OwnAlert
  readonly source: string
  readonly status: AlertStatus
  readonly labels: Labels
  readonly annotations: Labels
  readonly lifetime: Lifetime
  readonly summary: string
}

function readOwn(value: unknown, path: string, context: IntakeContext, problems: Problems): Item | undefined {
  const given = readOwnShape(value, path, problems)
  if (given === undefined) return undefined
  const before = problems.count
  const status = given.status ?? 'firing'
  const labels = readNamedLabels(given, path, context.limits, problems)
  const annotations = readAnnotations(
    given.annotations,
    within(path, 'annotations'),
    context.limits,
    problems,
  )
  const lifetime = readLifetime(given, status, path, context.now, problems)
  const severity = readOwnSeverity(given, labels, path, context, problems)
  const details = readDetailsObject(given.details, within(path, 'details'), context.limits, problems)
  const classificationPath = within(path, 'classification')
  const classification = readClassification(given.classification, classificationPath, context, problems)
  if (labels === undefined || annotations === undefined || problems.count > before) return undefined
  const summary = summaryOf(given, labels, annotations)
  const source = mendText(given.source ?? context.source)
  const read: Read = { given, source, status, labels, annotations, lifetime, summary }
  const isChange = given.change_event === true || labels['change_event'] === 'true'
  checkIdentity(read, isChange, path, problems)
  if (problems.count > before) return undefined
  if (isChange) return status === 'firing' ? makeChangeItem(read, details) : undefined
  const alert = makeAlert(read, classification ?? annotatedClassification(annotations, context), severity)
  if (details !== undefined) alert.details = details
  return { kind: 'alert', alert }
}

// Who acknowledges or resolves by a key alone need not say again what it was about.
function summaryOf(given: OwnAlert, labels: Labels, annotations: Labels): string {
  const said = line(given.summary ?? undefined)
  if (said !== undefined) return mendText(said)
  const described = Object.keys(labels).length + Object.keys(annotations).length > 0
  return described ? describe(labels, annotations) : mendText(given.dedup_key ?? '')
}

// An alert is told apart by its key or its labels, and somebody has to be able to read what it is about.
function checkIdentity(read: Read, isChange: boolean, path: string, problems: Problems): void {
  const { given, labels, status } = read
  if (typeof given.dedup_key !== 'string' && Object.keys(labels).length === 0 && !isChange) {
    report(problems, path, 'expected a dedup_key, a name or labels to tell the alert by, saw none')
  }
  if (status === 'firing' && labels['alertname'] === undefined && line(given.summary ?? '') === undefined) {
    report(problems, within(path, 'summary'), 'expected a summary, or a name in its place, saw neither')
  }
}

function makeAlert(
  read: Read,
  classification: Classification | undefined,
  severity: Alert['severity'],
): Draft<Alert> {
  const { given, source, status, labels, annotations, lifetime, summary } = read
  const dedupKey = typeof given.dedup_key === 'string' ? mendText(given.dedup_key) : undefined
  const alert: Draft<Alert> = {
    source,
    fingerprint: dedupKey === undefined ? labelFingerprint(source, labels) : keyFingerprint(dedupKey),
    status,
    summary,
    labels,
    annotations,
    links: linksOf(labels, annotations, givenLinks(given)),
    images: imagesOf(labels, annotations, givenImages(given)),
    ...lifetime,
  }
  if (dedupKey !== undefined) alert.dedupKey = dedupKey
  if (severity !== undefined) alert.severity = severity
  const event = eventFieldsOf(given)
  if (Object.keys(event).length > 0) alert.event = event
  if (classification !== undefined) {
    alert.classification = classification
    alert.summary = describeClassified(summary, labels, severity, classification)
  }
  return alert
}

function makeChangeItem(read: Read, details: Change['details']): Item {
  const { given, source, labels, annotations, summary } = read
  const change: Draft<Change> = {
    source,
    summary,
    labels,
    links: linksOf(labels, annotations, givenLinks(given)),
  }
  if (typeof given.starts_at === 'string' && given.starts_at !== '') change.timestamp = given.starts_at
  const origin = given.component ?? labels['instance'] ?? labels['service'] ?? labels['job']
  if (origin !== undefined) change.origin = mendText(origin)
  const told = { ...annotations, ...details }
  if (Object.keys(told).length > 0) change.details = told
  return { kind: 'change', change }
}

function givenLinks(given: OwnAlert): readonly Link[] {
  return (given.links ?? []).map(({ href, text }) => (text ? { href, text: mendText(text) } : { href }))
}

function givenImages(given: OwnAlert): readonly Image[] {
  return (given.images ?? []).map(({ src, href, alt }) => {
    const image: Draft<Image> = { src }
    if (href) image.href = href
    if (alt) image.alt = mendText(alt)
    return image
  })
}

function eventFieldsOf(given: OwnAlert): EventFields {
  const fields: Draft<EventFields> = {}
  for (const name of ['component', 'group', 'class', 'client'] as const) {
    const text = line(given[name] ?? undefined)
    if (text !== undefined) fields[name] = mendText(text)
  }
  if (given.client_url) fields.clientUrl = given.client_url
  return fields
}
