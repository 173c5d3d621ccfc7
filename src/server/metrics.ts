import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { LANES, type Outcome } from '../decide/decide.ts'
import type { Told } from '../deliver/deliver.ts'
import { DEAD_LETTERS_KEY, type Notice, type Pipeline } from '../pipeline/pipeline.ts'
import type { Clock } from '../world/world.ts'

/** A sender may name any source it likes; beyond so many they are counted together. */
const SOURCES_MAX = 100

const SECONDS_FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SECONDS_SLOW = [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600, 14_400, 86_400]

/** What /metrics shows. The `pagerduty_` names are those of the alert-history publisher; labels never hold a key. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #sources = new Set<string>()
  readonly #triggered = this.#counter(
    'pagerduty_events_triggered_total',
    'Triggers and updates PagerDuty accepted',
    ['destination', 'severity'],
  )
  readonly #acknowledged = this.#counter(
    'pagerduty_events_acknowledged_total',
    'Acknowledgements PagerDuty accepted',
    ['destination'],
  )
  readonly #resolved = this.#counter('pagerduty_events_resolved_total', 'Resolves PagerDuty accepted', [
    'destination',
  ])
  readonly #changes = this.#counter('pagerduty_change_events_total', 'Change events PagerDuty accepted', [
    'destination',
  ])
  readonly #requests = this.#counter(
    'pagerduty_api_requests_total',
    'Requests to PagerDuty, by the status of the answer',
    ['destination', 'endpoint', 'status'],
  )
  readonly #errors = this.#counter(
    'pagerduty_api_errors_total',
    'Requests to PagerDuty that were not accepted, by why',
    ['destination', 'error_type'],
  )
  readonly #duration = this.#histogram(
    'pagerduty_api_duration_seconds',
    'How long PagerDuty took to answer',
    ['destination', 'endpoint'],
    SECONDS_FAST,
  )
  readonly #limitHits = this.#counter(
    'pagerduty_rate_limit_hits_total',
    'Answers that said we are too fast',
    ['destination'],
  )
  readonly #accepted = this.#counter('tocsin_alerts_accepted_total', 'Alerts and messages answered 2xx', [
    'source',
  ])
  readonly #acceptSeconds = this.#histogram(
    'tocsin_accept_duration_seconds',
    'From a request to its durable answer',
    ['source'],
    SECONDS_FAST,
  )
  readonly #decisions = this.#counter('tocsin_decisions_total', 'Decisions, by their reason', [
    'source',
    'reason',
  ])
  readonly #templateFailures = this.#counter(
    'tocsin_template_failures_total',
    'Texts that went out as they are built in because a template of a route failed',
    ['template'],
  )
  readonly #storeErrors = this.#counter(
    'tocsin_store_errors_total',
    'Requests answered 503 because the store was away',
    [],
  )
  readonly #toldSeconds = this.#histogram(
    'tocsin_told_seconds',
    'From a promise to the answer that kept it',
    ['destination'],
    SECONDS_SLOW,
  )
  readonly #depth = this.#gauge('tocsin_queue_depth', 'Deliveries that wait', ['destination', 'lane'])
  readonly #oldest = this.#gauge(
    'tocsin_oldest_undelivered_seconds',
    'Age of the oldest delivery that is due',
    ['destination'],
  )
  readonly #dead = this.#gauge('tocsin_dead_letters', 'Deliveries that were given up and wait for somebody', [
    'destination',
  ])
  readonly #breaker = this.#gauge(
    'tocsin_breaker_open',
    'Whether a destination fails and its deliveries are parked',
    ['destination'],
  )
  readonly #breaches = this.#gauge(
    'tocsin_audit_breaches',
    'Promises that the last audit found broken: late deliveries, differences that nothing waits to tell',
    [],
  )

  readonly #reloadSuccess = this.#gauge(
    'tocsin_config_reload_success',
    'Whether the config that was read last is the one we go by; 0: it was refused',
    [],
  )
  readonly #reloadedAt = this.#gauge(
    'tocsin_config_reload_timestamp_seconds',
    'When a config was last taken',
    [],
  )

  readonly #looks = this.#counter('tocsin_monitor_looks_total', 'Looks of a monitor, by what came of them', [
    'monitor',
    'outcome',
  ])
  readonly #lookSeconds = this.#gauge(
    'tocsin_monitor_last_look_duration_seconds',
    'How long the last look of a monitor took',
    ['monitor'],
  )
  readonly #looksMissed = this.#counter(
    'tocsin_monitor_looks_missed_total',
    'Times when a monitor was due and nobody looked',
    ['monitor'],
  )
  readonly #firing = this.#gauge('tocsin_monitor_alerts_firing', 'Alerts of a monitor that fire', ['monitor'])
  readonly #lookedAt = this.#gauge(
    'tocsin_monitor_last_look_timestamp_seconds',
    'When a monitor last looked, as far as this process knows',
    ['monitor'],
  )

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    this.#reloadSuccess.set(1)
  }

  /** A config was read, at the start or later. */
  reloaded(isTaken: boolean, at: number): void {
    this.#reloadSuccess.set(isTaken ? 1 : 0)
    if (isTaken) this.#reloadedAt.set(at / 1000)
  }

  accepted(source: string, count: number, tookMs: number): void {
    this.#accepted.inc({ source }, count)
    this.#acceptSeconds.observe({ source }, tookMs / 1000)
  }

  storeError(): void {
    this.#storeErrors.inc()
  }

  notice(notice: Notice): void {
    switch (notice.kind) {
      case 'decided':
        this.#decisions.inc({ source: this.#bounded(notice.source), reason: notice.reason }, notice.count)
        return
      case 'told':
        this.#told(notice.told)
        return
      case 'breaker':
        this.#breaker.set({ destination: notice.destination }, notice.state === 'opened' ? 1 : 0)
        return
      case 'template-failed':
        this.#templateFailures.inc({ template: notice.template })
        return
      case 'looked': {
        const { monitor, isFailed, troubles } = notice.round
        const outcome = isFailed ? 'failed' : troubles.length > 0 ? 'trouble' : 'well'
        this.#looks.inc({ monitor, outcome })
        return
      }
      case 'looks-missed':
        this.#looksMissed.inc({ monitor: notice.monitor }, notice.count)
        return
      default:
        notice satisfies never
    }
  }

  /** The text that Prometheus scrapes. What waits is read from the store at that moment. */
  async render(pipeline: Pipeline, clock: Clock): Promise<{ text: string; type: string }> {
    const now = clock.now()
    const [backlog, dead] = await Promise.all([
      pipeline.store.backlog(now),
      pipeline.store.dead(DEAD_LETTERS_KEY),
    ])
    // Another config may have taken some away.
    for (const gauge of [this.#depth, this.#oldest, this.#dead, this.#breaker]) gauge.reset()
    for (const gauge of [this.#firing, this.#lookedAt, this.#lookSeconds]) gauge.reset()
    for (const { settings, last } of pipeline.monitors.standings) {
      if (last === undefined) continue
      this.#firing.set({ monitor: settings.name }, last.firing)
      this.#lookSeconds.set({ monitor: settings.name }, last.tookMs / 1000)
      this.#lookedAt.set({ monitor: settings.name }, (last.startedAt + last.tookMs) / 1000)
    }
    for (const [destination, state] of pipeline.breakers()) {
      for (const lane of [...LANES, 'folded']) this.#depth.set({ destination, lane }, 0)
      this.#oldest.set({ destination }, 0)
      this.#dead.set({ destination }, dead.get(destination) ?? 0)
      this.#breaker.set({ destination }, state === 'open' ? 1 : 0)
    }
    this.#breaches.set(pipeline.breaches)
    const oldest = new Map<string, number>()
    for (const { destination, lane, waiting, oldestAt } of backlog) {
      this.#depth.set({ destination, lane }, waiting)
      oldest.set(
        destination,
        Math.max(oldest.get(destination) ?? 0, oldestAt === undefined ? 0 : (now - oldestAt) / 1000),
      )
    }
    for (const [destination, seconds] of oldest) this.#oldest.set({ destination }, Math.max(0, seconds))
    return { text: await this.#registry.metrics(), type: this.#registry.contentType }
  }

  #told({ destination, action, severity, outcome, tookMs, ageMs, state }: Told): void {
    const endpoint = action === 'change' ? 'change/enqueue' : 'enqueue'
    this.#requests.inc({ destination, endpoint, status: String(outcome.status ?? 'none') })
    this.#duration.observe({ destination, endpoint }, tookMs / 1000)
    if (outcome.kind !== 'accepted') return this.#failed(destination, outcome)
    if (state === 'delivered') this.#toldSeconds.observe({ destination }, Math.max(0, ageMs) / 1000)
    switch (action) {
      case 'trigger':
      case 'update':
        return this.#triggered.inc({ destination, severity: severity ?? 'none' })
      case 'acknowledge':
        return this.#acknowledged.inc({ destination })
      case 'resolve':
        return this.#resolved.inc({ destination })
      case 'change':
        return this.#changes.inc({ destination })
      case 'remind':
      case 'note':
        return
      default:
        return action satisfies never
    }
  }

  #failed(destination: string, { reason }: Exclude<Outcome, { kind: 'accepted' }>): void {
    this.#errors.inc({ destination, error_type: reason })
    if (reason === 'rate-limited') this.#limitHits.inc({ destination })
  }

  #bounded(source: string): string {
    if (this.#sources.has(source)) return source
    if (this.#sources.size >= SOURCES_MAX) return 'other'
    this.#sources.add(source)
    return source
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] })
  }

  #histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] })
  }
}
