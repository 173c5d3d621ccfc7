import type { Alert } from '../alert/alert.ts'

/** What is affected, by the labels that monitoring systems use for it, the most telling first. Never blank. */
export function affected(alert: Alert): string {
  const { labels } = alert
  const named =
    labels['instance'] ?? labels['host'] ?? labels['service'] ?? labels['job'] ?? labels['namespace']
  return textOr(named, textOr(alert.source, 'tocsin'))
}

/** A text, or another in place of a blank one: PagerDuty refuses a blank summary or source, and a refusal would lose a page. */
export function textOr(text: string | undefined, otherwise: string): string {
  return text === undefined || text.trim() === '' ? otherwise : text
}
