import type { World } from '../../world/world.ts'
import type { Monitor } from '../monitor.ts'
import type { MetricSettings } from '../settings.ts'
import { unseenOf } from '../unseen.ts'
import { getJson } from './get-json.ts'
import { jsonNumber } from './json-number.ts'
import { observeReading } from './observe-reading.ts'
import { prometheusNumbers, queryUrl } from './prometheus-query.ts'
import type { Readings } from './reading.ts'

/**
 * Compares a number with its thresholds: one of a JSON answer, or those of a query to Prometheus.
 *
 * Subjects: '' for a number that stands alone, otherwise the series, `up{job="a"}`. Types: `above` and `below`, and `missing`
 * when there is no number. It fails at the point `request` when there is no answer, and `answer` when that is no good one.
 */
export function metricMonitor(settings: MetricSettings): Monitor {
  return {
    name: settings.name,
    observe: async (world, { signal }) => {
      const found = await read(settings, world, signal)
      if (found.kind === 'failed') return found
      const observations = found.readings.flatMap((reading) => observeReading(settings, reading))
      const subjects = new Set(found.readings.map(({ subject }) => subject))
      const types = (['above', 'below'] as const).filter((type) => settings[type] !== undefined)
      return { kind: 'seen', observations, subjects, unseen: unseenOf(subjects, types, observations) }
    },
  }
}

async function read(settings: MetricSettings, world: World, signal: AbortSignal): Promise<Readings> {
  const { from } = settings
  const url = from.kind === 'json' ? from.url : queryUrl(from.url, from.query)
  const got = await getJson(settings, url, world, signal)
  if (got.kind === 'failed') return got
  return from.kind === 'json' ? jsonNumber(got.value, from.path) : prometheusNumbers(got.value)
}
