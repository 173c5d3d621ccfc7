import { z } from 'zod'
import { quoted } from '../quoted.ts'
import { alone, noAnswer, type Reading, type Readings } from './reading.ts'

/** More of a query is a mistake, and would be as many incidents. */
const SERIES_MAX = 1_000

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
  const series = { subject: seriesName(metric), labels }
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
 * in every answer, and '' without any.
 */
function seriesName({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${JSON.stringify(labels[label])}`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/** `NaN`, `+Inf` and `-Inf` are numbers to Prometheus; the first is none to us. */
function numberOf(text: string): number | { readonly why: string } {
  const value = Number(text.replace('Inf', 'Infinity'))
  return Number.isNaN(value) ? { why: 'it is NaN' } : value
}
