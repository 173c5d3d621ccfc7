import { raiseSeverity, type Classification, type Severity } from '../alert/alert.ts'
import { mendText } from './json.ts'
import type { Labels } from './labels.ts'

/** The labels that say where a condition holds, the most exact first. */
const PLACE_NAMES: readonly string[] = [
  'instance',
  'host',
  'hostname',
  'node',
  'pod',
  'service',
  'job',
  'namespace',
  'cluster',
]

/**
 * The one line for a human: the annotation `summary`, `title` or `message`, else the first line of `description`, else
 * the alert's name and where it holds, such as `DiskFull on db-1:9100`.
 */
export function describe(labels: Labels, annotations: Labels): string {
  const said =
    line(annotations['summary']) ??
    line(annotations['title']) ??
    line(annotations['message']) ??
    line(firstLine(annotations['description']))
  if (said !== undefined) return said
  const name = line(labels['alertname']) ?? 'Alert'
  for (const place of PLACE_NAMES) {
    const value = line(labels[place])
    if (value !== undefined) return `${name} on ${value}`
  }
  return name === 'Alert' ? `Alert with ${firstLabels(labels)}` : name
}

/**
 * The line of an alert that somebody classified: `[CRITICAL] DiskFull - AI: Disk pressure`. The severity is the one
 * after the classification has raised it (it never lowers), and is left out when neither names one. The name is the
 * label `alertname`, else the summary.
 */
export function describeClassified(
  summary: string,
  labels: Labels,
  severity: Severity | undefined,
  classification: Classification,
): string {
  const raised =
    severity === undefined ? classification.severity : raiseSeverity(severity, classification.severity)
  const name = line(labels['alertname']) ?? summary
  const mark = raised === undefined ? '' : `[${raised.toUpperCase()}] `
  return `${mark}${name} - AI: ${classification.label}`
}

/** The text on one line, or undefined when it is blank. */
export function line(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const flat = /[\n\r\t\0]/.test(text) ? mendText(text).replaceAll(/\s+/g, ' ') : text
  const trimmed = flat.trim()
  return trimmed === '' ? undefined : trimmed
}

function firstLine(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const trimmed = text.trimStart()
  const end = trimmed.search(/[\r\n]/)
  return end === -1 ? trimmed : trimmed.slice(0, end)
}

function firstLabels(labels: Labels): string {
  const names = Object.keys(labels).sort()
  const shown = names.slice(0, 3).map((name) => `${name}=${line(labels[name]) ?? ''}`)
  return shown.join(', ') + (names.length > 3 ? ', …' : '')
}
