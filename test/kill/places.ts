import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../src/config/config.ts'
import { ROUTING_KEY } from '../process/service-process.ts'
import { pass } from '../process/until.ts'
import { HttpVendor } from '../vendors/http-vendor.ts'
import { openPagerDuty } from '../vendors/pagerduty.ts'
import { openRootly, type KnownAlert } from '../vendors/rootly.ts'
import { openSlack } from '../vendors/slack.ts'
import { makeCertificate, SmtpVendor } from '../vendors/smtp.ts'
import type { Behaviour, Vendor } from '../vendors/vendor.ts'
import { openWebhook } from '../vendors/webhook.ts'
import {
  keyInEvent,
  listenToHttp,
  listenToMail,
  rootlyKeyIn,
  slackKeyIn,
  withoutEditsOfTheEnded,
} from './place-listening.ts'
import type { Attempt, PlaceHistory, Shown } from './place-verdict.ts'

/** A destination, and what stands at its other end. */
export interface Place {
  readonly vendor: Vendor
  /** How it fails for a while. */
  readonly faults: readonly Behaviour[]
  /** As it is now. */
  readonly history: () => PlaceHistory
}

export interface Places extends AsyncDisposable {
  readonly all: readonly Place[]
  readonly destinations: NonNullable<Config['destinations']>
}

type Name = 'oncall' | 'chat' | 'rota' | 'tickets' | 'inbox'

const TOKEN = 'xoxb-2345678901-S3cretTokenOfTheBot'
const API_KEY = 'rootly_S3cretKeyOfTheWholeOrganization'
const SIGNING_KEY = `whsec_${'czNj'.repeat(8)}`
const BEARER = 'S3cret-bearer-of-the-webhook'
const LOGIN = { username: 'tocsin', password: 'S3cret pass/word+Of=Mail' } as const

/** What no process may ever write. */
export const SECRETS: readonly string[] = [
  ROUTING_KEY,
  TOKEN,
  API_KEY,
  SIGNING_KEY,
  BEARER,
  LOGIN.password,
  Buffer.from(LOGIN.password).toString('base64'),
  Buffer.from(`\0${LOGIN.username}\0${LOGIN.password}`).toString('base64'),
]

const CHANNEL = 'C0123456789'
const FAULTS: readonly Behaviour[] = ['cut-before', 'cut-after', 'hang', { status: 500 }, { status: 503 }]
/** A mail server that says 5yz means it for ever. */
const MAIL_FAULTS: readonly Behaviour[] = ['cut-before', 'cut-after', 'hang', { status: 451 }]
const SPELL_MS_MAX = 400

/** A place of every kind, and a destination for each. */
export async function openPlaces(folder: string): Promise<Places> {
  await using opened = new AsyncDisposableStack()
  const certificate = await makeCertificate()
  const authority = join(folder, 'authority.pem')
  writeFileSync(authority, certificate.cert)
  const alerts = new Map<string, KnownAlert>()
  const oncall = opened.use(await openPagerDuty({ routingKey: ROUTING_KEY }))
  const chat = opened.use(await openSlack({ token: TOKEN, channels: { alerts: CHANNEL }, hookPath: '/none' }))
  const rota = opened.use(await openRootly({ token: API_KEY, alerts }))
  const tickets = opened.use(
    await openWebhook({ path: '/events', signingKeys: [SIGNING_KEY], authorization: `Bearer ${BEARER}` }),
  )
  const inbox = opened.use(await SmtpVendor.open({ certificate, login: LOGIN }))
  assert.ok(chat instanceof HttpVendor)

  const destinations = destinationsAt({ oncall, chat, rota, tickets, inbox }, authority)
  const listenToRota = listenToHttp(rota, rootlyKeyIn(alerts))
  const heardAt = {
    oncall: listenToHttp(oncall, keyInEvent),
    chat: listenToHttp(chat, slackKeyIn(chat.messages)),
    rota: () => withoutEditsOfTheEnded(listenToRota()),
    tickets: listenToHttp(tickets, keyInEvent),
    inbox: listenToMail(inbox),
  }
  const messages = (): Shown[] =>
    chat.messages.flatMap(({ thread, ts, body }) =>
      thread === undefined ? [{ mark: ts, isOver: String(body['text']).startsWith('Resolved: ') }] : [],
    )
  const alertsShown = (): Shown[] =>
    [...alerts.values()].map(({ attributes: { deduplication_key: mark = '' }, status }) => ({
      mark,
      isOver: status === 'resolved',
    }))
  const threads = (): Shown[] =>
    [...Map.groupBy(inbox.letters, ({ thread }) => thread)].map(([mark, letters]) => ({
      mark,
      isOver: letters.at(-1)?.headers.get('x-tocsin-action') === 'resolve',
    }))
  const keyed = (name: string, attempts: () => Attempt[]) => (): PlaceHistory => ({
    name,
    attempts: attempts(),
    shown: [],
  })
  const disposal = opened.move()
  return {
    destinations,
    all: [
      { vendor: oncall, faults: FAULTS, history: keyed('oncall', heardAt.oncall) },
      {
        vendor: chat,
        faults: FAULTS,
        history: () => ({
          ...keyed('chat', heardAt.chat)(),
          shown: messages(),
          forgets: 'posted anew',
        }),
      },
      {
        vendor: rota,
        faults: FAULTS,
        history: () => ({ ...keyed('rota', heardAt.rota)(), shown: alertsShown(), forgets: 'opened anew' }),
      },
      { vendor: tickets, faults: FAULTS, history: keyed('tickets', heardAt.tickets) },
      {
        vendor: inbox,
        faults: MAIL_FAULTS,
        history: () => ({ ...keyed('inbox', heardAt.inbox)(), shown: threads(), forgets: 'posted anew' }),
      },
    ],
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  }
}

/** No rate holds anything back, and nobody waits for long. */
function destinationsAt(
  { oncall, chat, rota, tickets, inbox }: Readonly<Record<Name, Vendor>>,
  authority: string,
): Places['destinations'] {
  const always = { rate: 'none', timeout: '1s' } as const
  return {
    oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: oncall.origin, ...always },
    chat: { type: 'slack', token: TOKEN, channel: CHANNEL, url: `${chat.origin}/api`, ...always },
    rota: { type: 'rootly', token: API_KEY, url: rota.origin, ...always },
    tickets: {
      type: 'webhook',
      url: `${tickets.origin}/events`,
      allow_private: true,
      signing_keys: [SIGNING_KEY],
      auth: { bearer: BEARER },
      ...always,
    },
    inbox: {
      type: 'email',
      smtp: new URL(inbox.origin).host,
      ...LOGIN,
      ca_file: authority,
      from: 'Tocsin <tocsin@example.org>',
      to: ['ops@example.org'],
      ...always,
    },
  }
}

/** Fails in one way after the other, with good times between them. */
export async function failInSpells(
  { vendor, faults }: Place,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    vendor.behaviour = faults[Math.floor(random() * faults.length)] ?? 'take'
    await pass(random() * SPELL_MS_MAX)
    vendor.behaviour = 'take'
    await pass(random() * 2 * SPELL_MS_MAX)
  }
}
