import type { Alert } from '../alert/alert.ts'
import {
  MEMBERS_SHOWN,
  NONE_FIRING,
  TOLD_NOTHING,
  type Incident,
  type IncidentTelling,
} from '../decide/decide.ts'

/** An alert that has everything. */
export const sampleAlert: Alert = {
  source: 'prometheus',
  fingerprint: '0123456789abcdef',
  dedupKey: 'sample-key',
  status: 'firing',
  severity: 'critical',
  summary: 'The disk of db-1 is 97% full',
  labels: { alertname: 'DiskFull', instance: 'db-1:9100', team: 'db', cluster: 'eu-1' },
  annotations: { description: 'It fills by 2% an hour.', runbook: 'https://runbooks.example/disk' },
  details: { used_percent: 97, mount: '/var', path: ['a', 'b'], limits: { warn: 80 } },
  links: [{ href: 'https://graphs.example/db-1', text: 'graph' }],
  images: [],
}

const BARE: Alert = {
  source: 'cli',
  fingerprint: 'fedcba9876543210',
  status: 'firing',
  summary: 'It fails',
  labels: {},
  annotations: {},
  links: [],
  images: [],
}

/** Quotes of every kind, markup, templates, line ends, emoji, right to left, half of a character, nothing. */
const ODD = [
  '"\'`\\',
  '<b>&amp;</b>',
  '{{ x }}{% y %}',
  'a\r\nb\tc',
  '🔥🏳️‍🌈',
  'שלום',
  '\ud83d',
  '',
  ' ',
  '%s $& ${X}',
]
const GROUP_SIZE = 60

/** What templates are tried on: a full alert, a bare one, one that is over, and a group of many with odd characters. */
export function sampleTellings(): readonly IncidentTelling[] {
  const group = Array.from({ length: GROUP_SIZE }, (_, index): Alert => {
    const odd = ODD[index % ODD.length] ?? ''
    const labels = { instance: `i-${index}`, odd, [`label ${odd}`]: 'x' }
    return { ...BARE, summary: `${odd} of ${index}`, labels, details: { odd, index } }
  })
  const [first = BARE] = group
  const members = group.slice(0, MEMBERS_SHOWN).map((alert) => ({ alert, severity: 'error' as const }))
  return [
    sampleTelling(sampleAlert),
    sampleTelling(BARE),
    { ...sampleTelling(sampleAlert, 0), action: 'resolve' },
    { ...sampleTelling(first, GROUP_SIZE), action: 'update', members },
  ]
}

/** An alert as though it were told of for the first time. */
export function sampleTelling(lead: Alert, firing = 1, more: Partial<Incident> = {}): IncidentTelling {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5)
  const { severity = 'error' } = lead
  const incident: Incident = {
    destination: 'oncall',
    key: 'sample-key',
    route: 'sample',
    status: firing > 0 ? 'triggered' : 'resolved',
    digest: '0'.repeat(16),
    severity,
    told: TOLD_NOTHING,
    firing: { ...NONE_FIRING, [severity]: firing },
    holdResolveMs: 0,
    ttlMs: 0,
    openedAt: now,
    updatedAt: now,
    ...(firing > 0 ? {} : { closedAt: now }),
    ...more,
  }
  return { action: 'trigger', incident, lead }
}
