import type { Format, IntakeContext, Parsed } from './format.ts'
import { isObject } from './json.ts'
import { refuseFor, seen } from './problems.ts'
import { parseWebhook } from './webhook.ts'

const VERSION = '4'

/**
 * What Alertmanager's webhook receiver posts:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const alertmanager: Format = {
  name: 'alertmanager',
  title: 'Alertmanager webhook (version 4)',
  parse: parseAlertmanager,
}

function parseAlertmanager(body: unknown, context: IntakeContext): Parsed {
  // Written by hand, a body often has no version. Every Alertmanager writes one.
  const version = isObject(body) ? (body['version'] ?? VERSION) : VERSION
  if (version !== VERSION) {
    return refuseFor('version', `expected "${VERSION}", saw ${seen(version)}`, 422)
  }
  return parseWebhook(body, context)
}
