import type { FastifyInstance } from 'fastify'
import { anyExpression, makeMatcher, MatcherError, parseMatcher, type Matcher } from '../decide/decide.ts'
import type { AlertView } from '../store/store.ts'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { isoTime } from './views.ts'

/** How long an alert without an end is said to last: Alertmanager's own answers always name one. */
const ENDLESS_MS = 365 * 86_400_000

/**
 * The reading half of Alertmanager's API v2, as far as amtool and dashboards ask for it
 * (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). The writing half is an intake.
 */
export function addAlertmanagerApi(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context.settings.server.tokens, 'prometheus')
  const { pipeline, world, startedAt, version, settings } = context

  app.get('/api/v2/status', { onRequest }, async () => ({
    cluster: { status: 'disabled', peers: [] },
    config: { original: '# Tocsin: see `tocsin config print`\n' },
    uptime: isoTime(startedAt),
    versionInfo: { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
  }))

  app.get('/api/v2/receivers', { onRequest }, async () => settings.destinations.map(({ name }) => ({ name })))

  app.get<{ Querystring: Asked }>('/api/v2/alerts', { onRequest }, async (request, reply) => {
    const wanted = readAsked(request.query)
    if (typeof wanted === 'string') return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', wanted)
    const now = world.clock.now()
    const views = wanted.active ? await pipeline.store.alerts() : []
    const found = views.filter(
      ({ alert, severity, status, destinations }) =>
        status === 'firing' &&
        destinations.some((name) => wanted.receiver(name)) &&
        wanted.matchers.every((matcher) => matcher.matches(alert, severity)),
    )
    return reply.send(found.map((view) => gettableAlert(view, now)))
  })
}

/** As sent: whatever is there once is a text, and twice a list. */
type Asked = Readonly<Record<string, string | readonly string[] | undefined>>

interface Wanted {
  readonly matchers: readonly Matcher[]
  /** On the name of a destination. */
  readonly receiver: (name: string) => boolean
  readonly active: boolean
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
  return { matchers, receiver: pattern, active: query['active'] !== 'false' }
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

function gettableAlert({ alert, expiresAt, updatedAt, destinations }: AlertView, now: number): object {
  const source = alert.links.find(({ text }) => text === 'Source')?.href
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: isoTime(alert.startsAt ?? updatedAt),
    endsAt: isoTime(expiresAt ?? now + ENDLESS_MS),
    updatedAt: isoTime(updatedAt),
    fingerprint: alert.fingerprint,
    receivers: destinations.map((name) => ({ name })),
    status: { state: 'active', silencedBy: [], inhibitedBy: [] },
    ...(source === undefined ? {} : { generatorURL: source }),
  }
}
