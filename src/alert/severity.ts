/** How bad it is, in PagerDuty's four words (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/). */
export type Severity = 'critical' | 'error' | 'warning' | 'info'

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info']

/** The words that monitoring systems use for each, lower case. */
const SYNONYMS: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['crit', 'fatal', 'emergency', 'emerg', 'alert', 'page', 'disaster', 'p1', 'sev1'],
  error: ['err', 'high', 'major', 'p2', 'sev2'],
  warning: ['warn', 'average', 'medium', 'minor', 'normal', 'ticket', 'p3', 'sev3'],
  info: [
    'information',
    'informational',
    'low',
    'notice',
    'debug',
    'none',
    'ok',
    'noise',
    'p4',
    'p5',
    'sev4',
    'sev5',
  ],
}

const BY_WORD: ReadonlyMap<string, Severity> = new Map(
  SEVERITIES.flatMap((severity) =>
    [severity, ...SYNONYMS[severity]].map((word) => [word, severity] as const),
  ),
)

/** The severity that a word of some monitoring system means, or undefined for a word that means none. */
export function parseSeverity(word: string | undefined): Severity | undefined {
  return word === undefined ? undefined : (BY_WORD.get(word) ?? BY_WORD.get(word.trim().toLowerCase()))
}

/** 0 is the worst, 3 the mildest. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

/** The worse of the two. */
export function raiseSeverity(severity: Severity, by: Severity | undefined): Severity {
  return by !== undefined && severityRank(by) < severityRank(severity) ? by : severity
}
