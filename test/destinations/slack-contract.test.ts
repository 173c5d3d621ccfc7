import { slackCapabilities, slackDestination } from '../../src/destinations/destinations.ts'
import { httpAnswers } from '../contracts/destination-answers.ts'
import type { AnswerCase, Meaning } from '../contracts/destination-kind.ts'
import { destinationContract } from '../contracts/destination.contract.ts'
import { openSlack } from '../vendors/slack.ts'

const TOKEN = 'xoxb-2345678901-S3cretTokenOfTheBot'
const HOOK = '/services/T0SECRETTEAM/B0SECRETHOOK/S3cretPathOfTheHook'

const openVendor = () => openSlack({ token: TOKEN, channels: { alerts: 'C0ALERTS' }, hookPath: HOOK })

/** What the Web API says in an answer of 200: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const WORDS: Readonly<Record<string, Meaning>> = {
  ratelimited: { outcome: 'retry', reason: 'rate-limited', maybeAccepted: false },
  service_unavailable: { outcome: 'retry', reason: 'server-error', maybeAccepted: false },
  request_timeout: { outcome: 'retry', reason: 'server-error', maybeAccepted: false },
  team_added_to_org: { outcome: 'retry', reason: 'server-error', maybeAccepted: false },
  internal_error: { outcome: 'retry', reason: 'server-error', maybeAccepted: true },
  fatal_error: { outcome: 'retry', reason: 'server-error', maybeAccepted: true },
  // Words that nobody has listed are said when the service is down.
  a_word_of_tomorrow: { outcome: 'retry', reason: 'server-error', maybeAccepted: true },
  ...Object.fromEntries(
    [
      'invalid_auth',
      'token_revoked',
      'account_inactive',
      'missing_scope',
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'restricted_action',
      'msg_too_long',
      'msg_blocks_too_long',
      'invalid_blocks',
      'invalid_arg_name',
      'method_deprecated',
      'message_not_found',
    ].map((word) => [word, { outcome: 'rejected' } as const]),
  ),
}

/** An answer that is not Slack's own is no promise, whatever its status. */
const NO_PROMISE: Meaning = { outcome: 'retry', reason: 'server-error', maybeAccepted: true }
const EMPTY = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [200 + at, NO_PROMISE]))

function inBody(words: Readonly<Record<string, Meaning>>): readonly AnswerCase[] {
  return Object.entries(words).map(([error, means]) => ({
    name: error,
    behaviour: { status: 200, body: JSON.stringify({ ok: false, error }) },
    means,
  }))
}

/** Whatever word comes with it, a status of the server's own trouble is no refusal. */
const TROUBLE: readonly AnswerCase[] = [429, 500, 503].map((status) => ({
  name: `${status} with a word`,
  behaviour: { status, body: '{"ok":false,"error":"invalid_auth"}' },
  means: { outcome: 'retry', maybeAccepted: status !== 429 },
}))

destinationContract('that is a channel in Slack, told by a bot', {
  openVendor,
  open: (origin, world, timeoutMs) =>
    slackDestination({
      name: 'oncall',
      way: { kind: 'bot', token: () => TOKEN, channel: 'C0ALERTS', url: `${origin}/api` },
      timeoutMs,
      world,
    }),
  secrets: [TOKEN, TOKEN.toUpperCase(), 'S3cretTokenOfTheBot'],
  capabilities: slackCapabilities('bot'),
  answers: [...httpAnswers(EMPTY), ...inBody(WORDS), ...TROUBLE],
})

/** The text of an answer: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const TEXTS: readonly (readonly [status: number, body: string, means: Meaning])[] = [
  [200, 'ok', { outcome: 'accepted' }],
  [400, 'invalid_payload', { outcome: 'rejected' }],
  [400, 'no_text', { outcome: 'rejected' }],
  [400, 'user_not_found', { outcome: 'rejected' }],
  [403, 'action_prohibited', { outcome: 'rejected' }],
  [403, 'invalid_token', { outcome: 'rejected' }],
  [404, 'channel_not_found', { outcome: 'rejected' }],
  [404, 'no_service', { outcome: 'rejected' }],
  [403, 'a_word_of_tomorrow', { outcome: 'rejected' }],
  [410, 'channel_is_archived', { outcome: 'rejected' }],
  [500, 'rollup_error', { outcome: 'retry', reason: 'server-error', maybeAccepted: true }],
  [503, 'invalid_token', { outcome: 'retry', reason: 'server-error', maybeAccepted: true }],
  [429, 'rate_limited', { outcome: 'retry', reason: 'rate-limited', maybeAccepted: false }],
]

destinationContract('that is an incoming webhook of Slack', {
  openVendor,
  open: (origin, world, timeoutMs) =>
    slackDestination({
      name: 'oncall',
      way: { kind: 'webhook', url: () => origin + HOOK },
      timeoutMs,
      world,
    }),
  secrets: ['T0SECRETTEAM', 'B0SECRETHOOK', 'S3cretPathOfTheHook'],
  capabilities: slackCapabilities('webhook'),
  answers: [
    ...httpAnswers(),
    ...TEXTS.map(([status, body, means]) => ({
      name: `${status} ${body}`,
      behaviour: { status, body },
      means,
    })),
  ],
})
