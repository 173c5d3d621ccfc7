/** The attributes of an alert, as far as a test looks at them. */
export interface RootlyAttributes {
  readonly summary?: string
  readonly description?: string
  readonly status?: string
  readonly labels?: readonly { readonly key: string; readonly value: string }[]
  readonly data?: Readonly<Record<string, unknown>>
  readonly deduplication_key?: string
  readonly external_id?: string
  readonly external_url?: string
  readonly started_at?: string
  readonly alert_urgency_id?: string
  readonly service_ids?: readonly string[]
  readonly group_ids?: readonly string[]
  readonly environment_ids?: readonly string[]
  readonly notification_target_type?: string
  readonly notification_target_id?: string
  readonly resolution_message?: string
}

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isTime: Check = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
const isMap: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isOneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value)
const isLabels: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (label: Readonly<Record<string, unknown>>) =>
      isMap(label) && Object.keys(label).sort().join() === 'key,value' && Object.values(label).every(isText),
  )

/** What can be said of an alert at any time. */
const CHANGED: Readonly<Record<string, Check>> = {
  summary: isText,
  description: isText,
  noise: isOneOf('noise', 'not_noise'),
  service_ids: isTexts,
  group_ids: isTexts,
  environment_ids: isTexts,
  started_at: isTime,
  ended_at: isTime,
  external_id: isText,
  external_url: (value) => typeof value === 'string' && URL.canParse(value),
  alert_urgency_id: isText,
  labels: isLabels,
  data: isMap,
  deduplication_key: isText,
}

const KNOWN: Readonly<Record<'new' | 'changed' | 'resolved', Readonly<Record<string, Check>>>> = {
  new: {
    ...CHANGED,
    status: isOneOf('open', 'triggered'),
    source: isText,
    notification_target_type: isOneOf('User', 'Group', 'EscalationPolicy', 'Service', 'Functionality'),
    notification_target_id: isText,
  },
  changed: CHANGED,
  resolved: { resolution_message: isText, resolve_related_incidents: (value) => typeof value === 'boolean' },
}

/** Ruby's reader of JSON goes no deeper. */
const DEPTH_MAX = 100

/** Reads the envelope of JSON:API, or says what is wrong with it. */
export function complaintOfBody(
  body: string,
  kind: 'new' | 'changed' | 'resolved',
): { readonly attributes: RootlyAttributes } | { readonly status: number; readonly complaint: string } {
  let read: unknown
  try {
    read = JSON.parse(body)
  } catch {
    return { status: 400, complaint: 'The body is no JSON' }
  }
  if (depthOf(read) > DEPTH_MAX) return { status: 400, complaint: `nesting is deeper than ${DEPTH_MAX}` }
  if (hasUnfit(read)) return { status: 400, complaint: 'string contains null byte, or is no UTF-8' }
  const { data } = read as { readonly data?: { readonly type?: unknown; readonly attributes?: unknown } }
  if (data?.type !== 'alerts' || !isMap(data.attributes)) return { status: 422, complaint: 'no alert in it' }
  const attributes = data.attributes as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(attributes)) {
    const check = KNOWN[kind][name]
    if (check === undefined) return { status: 422, complaint: `unknown attribute ${name}` }
    if (!check(value)) return { status: 422, complaint: `${name} is invalid` }
  }
  const { summary, notification_target_type: type, notification_target_id: id } = attributes
  const isBlank = typeof summary === 'string' ? summary.trim() === '' : kind === 'new'
  if (isBlank) return { status: 422, complaint: "Summary can't be blank" }
  if ((type === undefined) !== (id === undefined)) return { status: 422, complaint: 'half a target' }
  return { attributes }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

function hasUnfit(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed()
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => hasUnfit(key) || hasUnfit(item))
}
