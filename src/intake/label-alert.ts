import {
  labelFingerprint,
  type Alert,
  type AlertStatus,
  type Change,
  type Classification,
  type Image,
  type Item,
  type JsonObject,
  type Link,
} from '../alert/alert.ts'
import { annotatedClassification, readClassification } from './classification.ts'
import { describe, describeClassified } from './describe.ts'
import type { Draft, IntakeContext } from './format.ts'
import { isObject } from './json.ts'
import {
  areAnnotations,
  areLabels,
  NO_ANNOTATIONS,
  readAnnotations,
  readLabels,
  type Labels,
} from './labels.ts'
import { imagesOf, linksOf } from './links.ts'
import { report, seen, within, type Problems } from './problems.ts'
import { readTime, reportTime } from './time.ts'

/** What Prometheus and all its heirs say of an alert, read and checked. */
export interface LabelAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: number | undefined
  readonly startsAtText: string | undefined
  readonly endsAt: number | undefined
  readonly generatorUrl: unknown
  readonly classification: Classification | undefined
}

/** What a format knows of an alert beyond its labels. */
export interface Standing {
  readonly status: AlertStatus
  readonly endsAt?: number | undefined
  readonly expiresAt?: number | undefined
  readonly links?: readonly Link[]
  readonly images?: readonly Image[]
  readonly details?: JsonObject | undefined
}

/**
 * Reads the fields that all label formats share from entry `index` of `list`. Undefined when there was a problem. The
 * path of the entry is put together only once there is a problem: on the way of every alert it would cost too much.
 */
export function readLabelAlert(
  value: unknown,
  list: string,
  index: number,
  context: IntakeContext,
  problems: Problems,
): LabelAlert | undefined {
  if (!isObject(value)) {
    report(problems, within(list, index), `expected an alert, saw ${seen(value)}`)
    return undefined
  }
  const startsAt = readTime(value['startsAt'])
  const endsAt = readTime(value['endsAt'])
  const generatorUrl = value['generatorURL']
  const { labels, annotations = NO_ANNOTATIONS, classification } = value
  const fine =
    areLabels(labels, context.limits) &&
    areAnnotations(annotations, context.limits) &&
    !Number.isNaN(startsAt) &&
    !Number.isNaN(endsAt) &&
    (generatorUrl === undefined || typeof generatorUrl === 'string') &&
    classification === undefined
  if (!fine) return readSlowly(value, within(list, index), context, problems)
  return {
    labels,
    annotations,
    startsAt,
    startsAtText: startsAt === undefined ? undefined : (value['startsAt'] as string),
    endsAt,
    generatorUrl,
    classification: annotatedClassification(annotations, context),
  }
}

/**
 * The item that an alert becomes: an alert, or a change event when its label `change_event` is `true`. Undefined for
 * the end of a change event: something that was told once has no end.
 */
export function makeLabelItem(
  read: LabelAlert,
  standing: Standing,
  context: IntakeContext,
): Item | undefined {
  const { labels, annotations, classification } = read
  const links = linksOf(labels, annotations, standing.links ?? [], read.generatorUrl)
  if (labels['change_event'] === 'true') {
    return standing.status === 'firing' ? makeChangeItem(read, links, standing.details, context) : undefined
  }
  const severity = context.severity(labels['severity'])
  const summary = describe(labels, annotations)
  const alert: Draft<Alert> = {
    source: context.source,
    fingerprint: labelFingerprint(context.source, labels),
    status: standing.status,
    summary,
    labels,
    annotations,
    links,
    images: imagesOf(labels, annotations, standing.images),
  }
  if (severity !== undefined) alert.severity = severity
  if (read.startsAt !== undefined) alert.startsAt = read.startsAt
  if (standing.endsAt !== undefined) alert.endsAt = standing.endsAt
  if (standing.expiresAt !== undefined) alert.expiresAt = standing.expiresAt
  if (standing.details !== undefined) alert.details = standing.details
  if (classification !== undefined) {
    alert.classification = classification
    alert.summary = describeClassified(summary, labels, severity, classification)
  }
  return { kind: 'alert', alert }
}

function makeChangeItem(
  read: LabelAlert,
  links: readonly Link[],
  details: JsonObject | undefined,
  context: IntakeContext,
): Item {
  const { labels, annotations } = read
  const change: Draft<Change> = {
    source: context.source,
    summary: describe(labels, annotations),
    labels,
    links,
  }
  // A firing alert is sent again every minute, the change it stands for happened once.
  change.once = labelFingerprint(context.source, { ...labels, '': read.startsAtText ?? '' })
  if (read.startsAtText !== undefined) change.timestamp = read.startsAtText
  const origin = labels['instance'] ?? labels['service'] ?? labels['job']
  if (origin !== undefined) change.origin = origin
  const told = { ...annotations, ...details }
  if (Object.keys(told).length > 0) change.details = told
  return { kind: 'change', change }
}

function readSlowly(
  value: Readonly<Record<string, unknown>>,
  path: string,
  context: IntakeContext,
  problems: Problems,
): LabelAlert | undefined {
  const before = problems.count
  const { limits } = context
  const labels = readLabels(value['labels'], within(path, 'labels'), limits, problems)
  const annotations = readAnnotations(value['annotations'], within(path, 'annotations'), limits, problems)
  const startsAt = readTime(value['startsAt'])
  const endsAt = readTime(value['endsAt'])
  if (Number.isNaN(startsAt)) reportTime(problems, within(path, 'startsAt'), value['startsAt'])
  if (Number.isNaN(endsAt)) reportTime(problems, within(path, 'endsAt'), value['endsAt'])
  const generatorUrl = value['generatorURL'] ?? ''
  if (typeof generatorUrl !== 'string') {
    report(problems, within(path, 'generatorURL'), `expected a string, saw ${seen(generatorUrl)}`)
  }
  const classificationPath = within(path, 'classification')
  const classification = readClassification(value['classification'], classificationPath, context, problems)
  if (labels === undefined || annotations === undefined || problems.count > before) return undefined
  return {
    labels,
    annotations,
    startsAt,
    startsAtText: startsAt === undefined ? undefined : (value['startsAt'] as string),
    endsAt,
    generatorUrl,
    classification: classification ?? annotatedClassification(annotations, context),
  }
}
