/** The front door of destinations/: how does each place want to be told, and what did its answer mean? */
export type { Destination, RateWindow, Telling } from './destination.ts'
export { pagerDutyDestination, type PagerDutyDestinationOptions } from './pagerduty.ts'
export { webhookDestination, type WebhookDestinationOptions } from './webhook.ts'
export type { WebhookAuth } from './webhook-auth.ts'
