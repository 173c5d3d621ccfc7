import type { Gate } from '../decide/decide.ts'

// What our API answers, as docs/http-api.md describes it; only what a command prints of it.

export interface IncidentAnswer {
  readonly id: number
  readonly destination: string
  readonly dedup_key: string
  readonly status: string
  readonly severity: string
  readonly summary: string
  readonly route: string
  readonly told: string
  readonly delivery: string | null
  readonly gate: Gate | null
  readonly muted_by: string | null
  readonly firing_alerts: number
  readonly opened_at: string
}

export interface DeliveryAnswer {
  readonly id: number
  readonly destination: string
  readonly dedup_key: string | null
  readonly summary: string
  readonly action: string | null
  readonly lane: string
  readonly state: string
  readonly attempts: number
  readonly outcome: string | null
  readonly created_at: string
  readonly due_at: string
}

export interface LedgerAnswer {
  readonly at: string
  readonly kind: string
  readonly reason: string
  readonly detail: string | null
  readonly meaning: string | null
}

export interface SilenceAnswer {
  readonly id: string
  readonly state: string
  readonly matchers: readonly string[]
  readonly author: string
  readonly reason: string
  readonly starts_at: string
  readonly ends_at: string
}

export interface MonitorAnswer {
  readonly name: string
  readonly type: string | null
  readonly schedule: string | null
  readonly state: string | null
  readonly looking: boolean | null
  readonly last_at: string | null
  readonly next_at: string | null
  readonly took_ms: number | null
  readonly firing: number | null
  readonly missed: number | null
}

export interface StoryAnswer extends IncidentAnswer {
  readonly timeline: readonly LedgerAnswer[]
  readonly deliveries: readonly DeliveryAnswer[]
}
