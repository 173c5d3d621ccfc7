import { z } from 'zod'
import { labelFingerprint } from '../../alert/alert.ts'
import { quoted } from '../quoted.ts'
import { alone, noAnswer, type Reading, type Readings } from './reading.ts'

/** More of a query is a mistake, and would be as many incidents. */
const SERIES_MAX = 1_000

/** Whoever is scraped chooses its labels, and Prometheus bounds them only if told to: each is kept, shown and told many times. */
const TEXT_UNITS_MAX = 1_000
const LABELS_MAX = 64

/** When, and a number as text. */
const sample = z.tuple([z.number(), z.string()])

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const successShape = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(
        // One of a native histogram has `histogram` in place of `value`: no number.
        z.object({ metric: z.record(z.string(), z.string()), value: sample.optional() }),
      ),
    }),
    z.object({ resultType: z.enum(['matrix', 'string']), result: z.unknown() }),
  ]),
})

const errorShape = z.object({ status: z.literal('error'), error: z.string() })

const answerShape = z.discriminatedUnion('status', [successShape, errorShape])

/** The address of an instant query, below the base of a Prometheus. */
export function queryUrl(base: string, query: string): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`
  url.searchParams.set('query', query)
  return url.href
}

/** The numbers of an answer: one, or one for each series. */
export function prometheusNumbers(value: unknown): Readings {
  const { data: answer } = answerShape.safeParse(value)
  if (answer === undefined) return noAnswer('the answer is not one of Prometheus to a query')
  if (answer.status === 'error') return noAnswer(`Prometheus says: ${quoted(answer.error)}`)
  const { data } = answer
  if (data.resultType === 'scalar') return alone(numberOf(data.result[1]))
  if (data.resultType !== 'vector')
    return noAnswer(`the query gives a ${data.resultType}; expected a vector or a scalar`)
  const series = data.result
  if (series.length === 0) return alone({ why: 'the query finds nothing' })
  if (series.length > SERIES_MAX)
    return noAnswer(
      `the query gives ${series.length} series; at most ${SERIES_MAX} are watched: make it narrower`,
    )
  const readings = series.map(({ metric, value }) => readingOf(metric, value?.[1]))
  return {
    kind: 'read',
    readings: readings.some(({ subject }) => subject === '') ? readings : [...readings, whole(series.length)],
  }
}

function readingOf(metric: Readonly<Record<string, string>>, text: string | undefined): Reading {
  const { __name__: _, ...labels } = metric
  const found = text === undefined ? { why: 'the series is a histogram' } : numberOf(text)
  const series = { subject: seriesName(metric), labels: shortLabels(labels) }
  return typeof found === 'number'
    ? { ...series, kind: 'number', value: found }
    : { ...series, kind: 'missing', ...found }
}

/** What was said while the query found nothing, or one series without labels, is over. */
function whole(series: number): Reading {
  return { subject: '', labels: {}, kind: 'elsewhere', where: series === 1 ? '1 series' : `${series} series` }
}

/**
 * A series as PromQL writes it, `up{instance="a:1",job="b"}`: the labels in the order of their names, so that it is the same
 * in every answer, and '' without any. Of one that is too long the beginning, with a fingerprint that tells it from others.
 */
function seriesName(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => `${labelName(label)}=${JSON.stringify(labels[label])}`)
  const whole = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
  if (whole.length <= TEXT_UNITS_MAX) return whole
  return `${whole.slice(0, TEXT_UNITS_MAX).toWellFormed()}… ${labelFingerprint('', metric)}`
}

/** In quotes when it is none of the old names: https://prometheus.io/docs/guides/utf8/ */
function labelName(label: string): string {
  return /^[A-Za-z_]\w*$/.test(label) ? label : JSON.stringify(label)
}

function shortLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const few = Object.entries(labels).slice(0, LABELS_MAX)
  return Object.fromEntries(few.map(([name, value]) => [short(name), short(value)]))
}

function short(text: string): string {
  return text.length <= TEXT_UNITS_MAX ? text : `${text.slice(0, TEXT_UNITS_MAX - 1).toWellFormed()}…`
}

/** `NaN`, `+Inf` and `-Inf` are numbers to Prometheus; the first is none to us. */
function numberOf(text: string): number | { readonly why: string } {
  const value = Number(text.replace('Inf', 'Infinity'))
  return Number.isNaN(value) ? { why: 'it is NaN' } : value
}
