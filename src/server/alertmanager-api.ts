import type { FastifyInstance } from 'fastify'
import { makeMatcher, MatcherError, parseMatcher, type Matcher } from '../decide/decide.ts'
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

  app.get<{ Querystring: { filter?: string | string[]; receiver?: string; active?: string } }>(
    '/api/v2/alerts',
    { onRequest },
    async (request, reply) => {
      const { filter = [], receiver, active } = request.query
      const matchers = readFilters([filter].flat())
      if (typeof matchers === 'string') return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', matchers)
      const now = world.clock.now()
      const views = active === 'false' ? [] : await pipeline.store.alerts(now)
      const wanted = views.filter(
        ({ alert, severity, status, destinations }) =>
          status === 'firing' &&
          (receiver === undefined || destinations.includes(receiver)) &&
          matchers.every((matcher) => matcher.matches(alert, severity)),
      )
      return reply.send(wanted.map((view) => gettableAlert(view, now)))
    },
  )
}

/** The matchers of `filter=`, or a sentence about the first that is none. They are about labels, whatever their names. */
function readFilters(filters: readonly string[]): readonly Matcher[] | string {
  const matchers: Matcher[] = []
  for (const filter of filters) {
    const parsed = typeof filter === 'string' ? parseMatcher(filter) : undefined
    if (parsed === undefined)
      return 'filter is no matcher; expected one such as alertname="Disk" or instance=~"db.*".'
    try {
      matchers.push(makeMatcher(`labels.${parsed.name}`, parsed.comparison, [parsed.value]))
    } catch (error) {
      if (error instanceof MatcherError) return `filter holds an expression that is none: ${error.message}.`
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
