import type { Image, Link } from '../alert/alert.ts'
import type { Labels } from './labels.ts'

const NO_LINKS: readonly Link[] = Object.freeze([])
const NO_IMAGES: readonly Image[] = Object.freeze([])

/**
 * Only what a browser may follow: a `javascript:` link would be run by whoever clicks it. Nor what is no character of an
 * address: spaces, controls, halves of surrogate pairs.
 */
export function isHttpUrl(value: unknown): value is string {
  if (typeof value !== 'string') return false
  // Nearly all are plain ASCII, and for those it is much the faster question.
  return /^https?:\/\/[!-~]+$/i.test(value) || /^https?:\/\/[^\s\p{C}]+$/iu.test(value)
}

/** PagerDuty shows no image that came over plain http. */
export function isHttpsUrl(value: unknown): value is string {
  return isHttpUrl(value) && value[4] !== ':'
}

/**
 * The links of an alert: the runbook and the dashboard that its annotations or labels name, those `further`, and the
 * expression that gave rise to it. Each address once.
 */
export function linksOf(
  labels: Labels,
  annotations: Labels,
  further: readonly Link[],
  sourceUrl?: unknown,
): readonly Link[] {
  const dashboard = annotations['grafana_url'] ?? labels['grafana_url']
  const links: Link[] = []
  addLink(links, annotations['runbook_url'] ?? labels['runbook_url'], 'Runbook')
  addLink(links, dashboard ?? annotations['dashboard_url'] ?? labels['dashboard_url'], 'Dashboard')
  for (const link of further) {
    if (isNew(links, link.href)) links.push(link)
  }
  addLink(links, sourceUrl, 'Source')
  return links.length === 0 ? NO_LINKS : links
}

/** The image that an alert's annotations or labels carry, then those `further`. */
export function imagesOf(
  labels: Labels,
  annotations: Labels,
  further: readonly Image[] = NO_IMAGES,
): readonly Image[] {
  const src = annotations['grafana_snapshot'] ?? labels['grafana_snapshot']
  if (!isHttpsUrl(src) || further.some((image) => image.src === src)) return further
  return [{ src, alt: 'Grafana snapshot' }, ...further]
}

/** Adds a link unless it is no http address or is there already. */
export function addLink(links: Link[], value: unknown, text: string): void {
  if (isHttpUrl(value) && isNew(links, value)) links.push({ href: value, text })
}

function isNew(links: readonly Link[], href: string): boolean {
  for (const link of links) {
    if (link.href === href) return false
  }
  return true
}
