import type { JsonObject, Link } from '../alert/alert.ts'
import type { Draft, Format, IntakeContext, Parsed } from './format.ts'
import { fitDetails, isObject } from './json.ts'
import { addLink, isHttpsUrl } from './links.ts'
import { report, within, type Problems } from './problems.ts'
import { parseWebhook, type Extras } from './webhook.ts'

/**
 * What the webhook contact point of Grafana's alerting posts: Alertmanager's body, and in each alert where to look.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export const grafana: Format = {
  name: 'grafana',
  title: 'Grafana alerting webhook',
  parse: parseGrafana,
}

function parseGrafana(body: unknown, context: IntakeContext): Parsed {
  const { depthMax } = context.limits
  return parseWebhook(body, context, (value, index, problems) => readExtras(value, index, depthMax, problems))
}

function readExtras(
  value: Readonly<Record<string, unknown>>,
  index: number,
  depthMax: number,
  problems: Problems,
): Extras {
  const links: Link[] = []
  addLink(links, value['dashboardURL'], 'Dashboard')
  addLink(links, value['panelURL'], 'Panel')
  addLink(links, value['silenceURL'], 'Silence')
  const extras: Draft<Extras> = { links }
  if (isHttpsUrl(value['imageURL'])) extras.images = [{ src: value['imageURL'], alt: 'Panel' }]
  const details = readValues(value, index, depthMax, problems)
  if (details !== undefined) extras.details = details
  return extras
}

// The measured values. An older Grafana has them only as text.
function readValues(
  value: Readonly<Record<string, unknown>>,
  index: number,
  depthMax: number,
  problems: Problems,
): JsonObject | undefined {
  const { values, valueString } = value
  if (isObject(values) && Object.keys(values).length > 0) {
    const fitting = fitDetails({ values }, depthMax)
    if (fitting === undefined) {
      const path = within(within('alerts', index), 'values')
      report(problems, path, `expected at most ${depthMax} levels, saw more`)
    }
    return fitting
  }
  return typeof valueString === 'string' && valueString !== ''
    ? fitDetails({ valueString }, depthMax)
    : undefined
}
