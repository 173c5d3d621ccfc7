import assert from 'node:assert/strict'
import type { Action } from '../../src/decide/decide.ts'
import { pagerDutyDestination, webhookDestination } from '../../src/destinations/destinations.ts'
import { destinationContract } from './destination.contract.ts'
import type { Arrival } from './receiver.ts'
import { complainOfWebhook } from './standard-webhook.ts'

const ROUTING_KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'

interface PagerDutyBody {
  readonly routing_key: string
  readonly event_action: Action
  readonly dedup_key: string
  readonly payload: { readonly severity: string; readonly summary: string }
}

destinationContract('that is a PagerDuty service', {
  open: (url, world, timeoutMs) =>
    pagerDutyDestination({
      name: 'oncall',
      routingKey: () => ROUTING_KEY,
      region: 'us',
      url,
      timeoutMs,
      world,
    }),
  secrets: [ROUTING_KEY, ROUTING_KEY.toLowerCase()],
  hear: ({ path, body }) => {
    assert.equal(path, '/v2/enqueue')
    const { routing_key, event_action: action, dedup_key: key, payload } = JSON.parse(body) as PagerDutyBody
    assert.equal(routing_key, ROUTING_KEY)
    return { action, key, severity: payload.severity, summary: payload.summary }
  },
  bodyBytesMax: 512_000,
})

const PATH = '/services/T0SECRETTEAM/S3cretP%61thOfTheHook'
const QUERY = '?token=S3cretQueryOfTheHook'
const TOKEN = 'S3cretBearerToken'
const SIGNING_KEYS = ['bmV3', 'b2xk'].map((letters) => `whsec_${letters.repeat(8)}`)

interface WebhookBody {
  readonly type: string
  readonly data: { readonly key: string; readonly severity: string; readonly summary: string }
}

const ACTIONS: Readonly<Record<string, Action>> = {
  'incident.triggered': 'trigger',
  'incident.updated': 'update',
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
}

destinationContract('that is a webhook', {
  open: (origin, world, timeoutMs) =>
    webhookDestination({
      name: 'oncall',
      url: () => origin + PATH + QUERY,
      signingKeys: SIGNING_KEYS.map((key) => () => key),
      auth: { kind: 'bearer', token: () => TOKEN },
      allowPrivate: true,
      timeoutMs,
      world,
    }),
  secrets: [
    'T0SECRETTEAM',
    'S3cretP%61thOfTheHook',
    'S3cretPathOfTheHook',
    'S3cretQueryOfTheHook',
    TOKEN,
    TOKEN.toUpperCase(),
    ...SIGNING_KEYS,
  ],
  hear: (arrival) => {
    checkGenuine(arrival)
    const { type, data } = JSON.parse(arrival.body) as WebhookBody
    const action = ACTIONS[type] ?? assert.fail(type)
    const { key, severity, summary } = data
    return { action, key, severity, summary }
  },
  bodyBytesMax: 1024 * 1024,
})

function checkGenuine({ method, path, headers, body }: Arrival): void {
  assert.equal(`${method} ${path}`, `POST ${PATH}${QUERY}`)
  assert.equal(headers.authorization, `Bearer ${TOKEN}`)
  assert.equal(headers['content-type'], 'application/json')
  for (const key of SIGNING_KEYS) assert.equal(complainOfWebhook(headers, body, key, Date.now()), undefined)
}
