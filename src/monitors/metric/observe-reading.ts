import type { JsonObject } from '../../alert/alert.ts'
import type { Finding, Observation } from '../observation.ts'
import type { MetricSettings } from '../settings.ts'
import type { Reading } from './reading.ts'

/** What a reading means: whether there is a number, and whether it is above or below what it may be. */
export function observeReading(settings: MetricSettings, reading: Reading): readonly Observation[] {
  const isMissing = reading.kind === 'missing'
  const what = about(settings, reading)
  const missing: Observation = {
    subject: reading.subject,
    type: 'missing',
    isTrouble: isMissing && settings.missing === 'trouble',
    finding: { ...what, summary: summaryOf(settings, reading) },
  }
  // Without a number nobody knows, unless to have none is to be well.
  if (isMissing && settings.missing === 'trouble') return [missing]
  return [
    missing,
    ...(['above', 'below'] as const).flatMap((type) => observeThreshold(settings, reading, type)),
  ]
}

function observeThreshold(
  settings: MetricSettings,
  reading: Reading,
  type: 'above' | 'below',
): readonly Observation[] {
  const threshold = settings[type]
  if (threshold === undefined) return []
  const { subject } = reading
  const what = about(settings, reading)
  if (reading.kind !== 'number')
    return [{ subject, type, isTrouble: false, finding: { ...what, summary: summaryOf(settings, reading) } }]
  const { value } = reading
  const isTrouble = type === 'above' ? value > threshold : value < threshold
  const limit = `${isTrouble ? '' : 'not '}${type} ${threshold}${settings.unit}`
  return [
    {
      subject,
      type,
      isTrouble,
      // What falls grows worse. What has no end cannot be kept as JSON, nor grow.
      ...(Number.isFinite(value) ? { value: type === 'above' ? value : -value } : {}),
      finding: {
        ...what,
        summary: `${summaryOf(settings, reading, threshold)}, ${limit}`,
        details: { ...what.details, value: Number.isFinite(value) ? value : shown(value), threshold },
      },
    },
  ]
}

function about({ from, unit }: MetricSettings, { labels }: Reading): Omit<Finding, 'summary'> {
  const asked: JsonObject = from.kind === 'json' ? { path: from.path } : { query: from.query }
  const hasLabels = Object.keys(labels).length > 0
  return {
    severity: 'error',
    labels,
    details: { ...asked, unit: unit.trim(), ...(hasLabels ? { labels } : {}) },
  }
}

function summaryOf({ name, unit }: MetricSettings, reading: Reading, threshold?: number): string {
  const who = reading.subject === '' ? name : `${name} ${reading.subject}`
  if (reading.kind === 'missing') return `${who} has no number: ${reading.why}`
  if (reading.kind === 'elsewhere') return `${who} has ${reading.where}`
  return `${who} is ${shown(reading.value, threshold)}${unit}`
}

/** A number for people: six digits, or all before the point; as it is where that would put it on the other side of its threshold. */
function shown(value: number, threshold: number = value): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const rounded = Math.abs(value) >= 100_000 ? Math.round(value) : Number(value.toPrecision(6))
  const isSameSide = Math.sign(rounded - threshold) === Math.sign(value - threshold)
  return String(isSameSide || threshold === value ? rounded : value)
}
