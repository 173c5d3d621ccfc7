import { alertmanager } from './alertmanager.ts'
import type { Format } from './format.ts'
import { grafana } from './grafana.ts'
import { own } from './own.ts'
import { prometheus } from './prometheus.ts'

/**
 * Every format whose body may hold many alerts. PagerDuty's events are not among them: their routing key decides the
 * source, and their answers have PagerDuty's form (`events.ts`, `change-event.ts`).
 */
export const FORMATS: readonly Format[] = [prometheus, alertmanager, grafana, own]

/** The format of that name, or undefined. */
export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name)
}
