import type { FastifyInstance } from 'fastify'
import { anyExpression, makeMatcher, MatcherError, parseMatcher, type Matcher } from '../decide/decide.ts'
import type { AlertView } from '../store/store.ts'
import { requireToken } from './access.ts'
import { addAlertmanagerSilences } from './alertmanager-silences.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { suppression, type Suppressed } from './suppressed.ts'
import { isoTime } from './views.ts'

/** How long an alert without an end is said to last: Alertmanager's own answers always name one. */
const ENDLESS_MS = 365 * 86_400_000

/**
 * What amtool and dashboards ask an Alertmanager for, by its API v2
 * (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). What is pushed to it comes by an intake.
 */
export function addAlertmanagerApi(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'prometheus', 'api')
  const { pipeline, world, startedAt, version } = context

  app.get('/api/v2/status', { onRequest }, async () => ({
    cluster: { status: 'disabled', peers: [] },
    config: { original: '# Tocsin: see `tocsin config print`\n' },
    uptime: isoTime(startedAt),
    versionInfo: { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
  }))

  app.get('/api/v2/receivers', { onRequest }, async () =>
    context.settings.destinations.map(({ name }) => ({ name })),
  )

  app.get<{ Querystring: Asked }>('/api/v2/alerts', { onRequest }, async (request, reply) => {
    const wanted = readAsked(request.query)
    if (typeof wanted === 'string') return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', wanted)
    const now = world.clock.now()
    const [views, silences] = await Promise.all([pipeline.store.alerts(), pipeline.store.silences(now)])
    const lasting = silences.filter(({ startsAt }) => startsAt <= now)
    const rules = context.settings.policy.inhibitRules ?? []
    const suppressedBy = suppression(lasting, rules, views)
    const found = views
      .filter(
        ({ alert, severity, status, destinations }) =>
          status === 'firing' &&
          destinations.some((name) => wanted.receiver(name)) &&
          wanted.matchers.every((matcher) => matcher.matches(alert, severity)),
      )
      .map((view) => ({ view, suppressed: suppressedBy(view) }))
      .filter(({ suppressed }) => isWanted(suppressed, wanted))
    return reply.send(found.map(({ view, suppressed }) => gettableAlert(view, suppressed, now)))
  })
  addAlertmanagerSilences(app, context)
}

/** As sent: whatever is there once is a text, and twice a list. */
type Asked = Readonly<Record<string, string | readonly string[] | undefined>>

interface Wanted {
  readonly matchers: readonly Matcher[]
  /** On the name of a destination. */
  readonly receiver: (name: string) => boolean
  readonly active: boolean
  readonly silenced: boolean
  readonly inhibited: boolean
}

/** As Alertmanager does: each of the three takes its own out. */
function isWanted({ silencedBy, inhibitedBy }: Suppressed, wanted: Wanted): boolean {
  if (silencedBy.length > 0 && !wanted.silenced) return false
  if (inhibitedBy.length > 0 && !wanted.inhibited) return false
  return wanted.active || silencedBy.length + inhibitedBy.length > 0
}

/** What is asked for, or a sentence about what is wrong. What we do not know is ignored, as Alertmanager does. */
function readAsked(query: Asked): Wanted | string {
  for (const name of ['active', 'silenced', 'inhibited', 'unprocessed']) {
    const value = query[name]
    if (value !== undefined && value !== 'true' && value !== 'false')
      return `query.${name} is none of true, false.`
  }
  const matchers = readFilters([query['filter'] ?? []].flat())
  if (typeof matchers === 'string') return matchers
  const receiver = query['receiver'] ?? '.*'
  if (typeof receiver !== 'string') return 'query.receiver is given more than once.'
  const pattern = toExpression(receiver)
  if (pattern === undefined) return 'query.receiver is no regular expression.'
  const [active, silenced, inhibited] = [query['active'], query['silenced'], query['inhibited']].map(
    (value) => value !== 'false',
  )
  return {
    matchers,
    receiver: pattern,
    active: active === true,
    silenced: silenced === true,
    inhibited: inhibited === true,
  }
}

function toExpression(text: string): ((name: string) => boolean) | undefined {
  try {
    return anyExpression([text])
  } catch (error) {
    if (error instanceof MatcherError) return undefined
    throw error
  }
}

/** The matchers of `filter=`, or a sentence about the first that is none. They are about labels, whatever their names. */
function readFilters(filters: readonly string[]): readonly Matcher[] | string {
  const matchers: Matcher[] = []
  for (const filter of filters) {
    const parsed = parseMatcher(filter)
    if (parsed === undefined)
      return 'query.filter is no matcher; expected one such as alertname="Disk" or instance=~"db.*".'
    try {
      matchers.push(makeMatcher(`labels.${parsed.name}`, parsed.comparison, [parsed.value]))
    } catch (error) {
      if (error instanceof MatcherError)
        return `query.filter holds an expression that is none: ${error.message}.`
      throw error
    }
  }
  return matchers
}

function gettableAlert(
  { alert, expiresAt, updatedAt, destinations }: AlertView,
  suppressed: Suppressed,
  now: number,
): object {
  const isMuted = suppressed.silencedBy.length + suppressed.inhibitedBy.length > 0
  const source = alert.links.find(({ text }) => text === 'Source')?.href
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: isoTime(alert.startsAt ?? updatedAt),
    endsAt: isoTime(expiresAt ?? now + ENDLESS_MS),
    updatedAt: isoTime(updatedAt),
    fingerprint: alert.fingerprint,
    receivers: destinations.map((name) => ({ name })),
    status: { state: isMuted ? 'suppressed' : 'active', ...suppressed },
    ...(source === undefined ? {} : { generatorURL: source }),
  }
}
