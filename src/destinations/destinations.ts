/** The front door of destinations/: how does each place want to be told, and what did its answer mean? */
export type { Destination, RateWindow, Telling } from './destination.ts'
export { pagerDutyDestination, type PagerDutyDestinationOptions } from './pagerduty/pagerduty.ts'
export {
  SLACK_API,
  slackCapabilities,
  slackDestination,
  type SlackDestinationOptions,
  type SlackWay,
} from './slack/slack.ts'
export { webhookDestination, type WebhookDestinationOptions } from './webhook/webhook.ts'
export type { WebhookAuth } from './webhook/webhook-auth.ts'
export { renderBody, type WebhookTemplate } from './webhook/webhook-template.ts'
export type { PagerDutyApiOptions } from './pagerduty/pagerduty-api.ts'
export { rootlyDestination, type RootlyDestinationOptions } from './rootly/rootly.ts'
export { ROOTLY_TARGETS, type RootlyPlace, type RootlyTarget } from './rootly/rootly-alert.ts'
export { ROOTLY_URL } from './rootly/rootly-api.ts'
export { MIR3_URL, mir3Destination, type Mir3DestinationOptions } from './mir3/mir3.ts'
export { emailDestination, type EmailDestinationOptions } from './email/email.ts'
export type { EmailTemplate, EmailTemplates } from './email/email-message.ts'
