import { EVERYTHING_TOLD } from '../../src/decide/decide.ts'
import {
  pagerDutyDestination,
  webhookDestination,
  rootlyDestination,
} from '../../src/destinations/destinations.ts'
import { compileTelling } from '../../src/templates/templates.ts'
import { openPagerDuty } from '../vendors/pagerduty.ts'
import { openRootly } from '../vendors/rootly.ts'
import type { Heard } from '../vendors/vendor.ts'
import { openWebhook } from '../vendors/webhook.ts'
import { destinationContract } from './destination.contract.ts'

// One that begins with R would be a ruleset's, which takes no changes.
const ROUTING_KEY = 'K0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'

const API_TOKEN = 'y_NbAkKc66ryYTWUXYEu'

destinationContract('that is a PagerDuty service', {
  openVendor: () => openPagerDuty({ routingKey: ROUTING_KEY, apiToken: API_TOKEN }),
  open: (url, world, timeoutMs) =>
    pagerDutyDestination({
      name: 'oncall',
      routingKey: () => ROUTING_KEY,
      region: 'us',
      url,
      api: { token: () => API_TOKEN, from: 'tocsin@example.org', url },
      timeoutMs,
      world,
    }),
  // The token goes elsewhere: test/destinations/pagerduty-notes.test.ts.
  secrets: [ROUTING_KEY, ROUTING_KEY.toLowerCase()],
  capabilities: EVERYTHING_TOLD,
  verbatim: true,
  hears: { update: 'trigger', remind: 'trigger' },
})

const PATH = '/services/T0SECRETTEAM/S3cretP%61thOfTheHook?token=S3cretQueryOfTheHook'
const TOKEN = 'S3cretBearerToken'
const SIGNING_KEYS = ['bmV3', 'b2xk'].map((letters) => `whsec_${letters.repeat(8)}`)

destinationContract('that is a webhook', {
  openVendor: () => openWebhook({ path: PATH, signingKeys: SIGNING_KEYS, authorization: `Bearer ${TOKEN}` }),
  open: (origin, world, timeoutMs) =>
    webhookDestination({
      name: 'oncall',
      url: () => origin + PATH,
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
  capabilities: EVERYTHING_TOLD,
  verbatim: true,
})

interface TrackerBody {
  readonly step: Heard['action']
  readonly external_id: string
  readonly title: string
  readonly priority: string
}

const TRACKER = compileTelling(`{
  "step": "{{ action }}",
  "external_id": {{ key | json }},
  "title": {{ summary | strip | default: "Without a title" | json }},
  "priority": "{{ severity }}"
}`)

destinationContract('that is a webhook with a body of its own', {
  openVendor: () =>
    openWebhook({
      path: '/issues',
      signingKeys: SIGNING_KEYS,
      readOther: (body) => {
        const { step, external_id: incident, title: summary, priority: severity } = body as TrackerBody
        return { action: step, incident, summary, severity }
      },
    }),
  open: (origin, world, timeoutMs) =>
    webhookDestination({
      name: 'tracker',
      url: () => `${origin}/issues`,
      signingKeys: SIGNING_KEYS.map((key) => () => key),
      template: { render: TRACKER.render, contentType: 'application/json' },
      allowPrivate: true,
      timeoutMs,
      world,
    }),
  secrets: SIGNING_KEYS,
  capabilities: EVERYTHING_TOLD,
})

const API_KEY = 'rootly_S3cretKeyOfTheWholeOrganization'

destinationContract('that is Rootly', {
  openVendor: () => openRootly({ token: API_KEY }),
  open: (url, world, timeoutMs) =>
    rootlyDestination({
      name: 'oncall',
      token: () => API_KEY,
      url,
      place: { serviceIds: ['a-service'], groupIds: [], environmentIds: [], urgencyIds: {} },
      timeoutMs,
      world,
    }),
  secrets: [API_KEY, API_KEY.toUpperCase()],
  capabilities: {
    ...EVERYTHING_TOLD,
    reminders: false,
    keyed: false,
    changes: false,
    notes: false,
  },
})
