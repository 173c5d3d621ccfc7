/**
 * The words with which Slack refuses, and what to do about each, or when to try again. The Web API says them in an answer of 200:
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors and https://docs.slack.dev/reference/methods/chat.update#errors;
 * incoming webhooks as the text of an answer of 4xx or 5xx: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export type SlackError =
  | {
      readonly kind: 'retry'
      readonly reason: 'rate-limited' | 'server-error'
      readonly maybeAccepted: boolean
    }
  | { readonly kind: 'rejected'; readonly reason: 'refused' | 'invalid-event'; readonly next: string }

const LATER = { kind: 'retry', reason: 'server-error', maybeAccepted: false } as const
const PERHAPS = { kind: 'retry', reason: 'server-error', maybeAccepted: true } as const
const TOO_FAST = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false } as const

const refused = (next: string): SlackError => ({ kind: 'rejected', reason: 'refused', next })
const invalid = (next: string): SlackError => ({ kind: 'rejected', reason: 'invalid-event', next })

const TOKEN = refused(
  'Check token: it is the bot token (xoxb-…) of an app that is installed in the workspace.',
)
const SCOPE = refused('Give the app the scope chat:write, and install it anew.')
const CHANNEL = refused('Check channel: the id of a channel (C…) that the app can see.')
const INVITE = refused('Invite the app to the channel: /invite @its-name.')
const ARCHIVED = refused('Take the channel out of the archive, or set another.')
const RESTRICTED = refused('Ask an admin of the workspace to let the app post there.')
const HOOK = refused('The webhook is gone: make a new one in the settings of the app, and set webhook_url.')
const MESSAGE = invalid(
  'The message is not what it takes: see what it says. With a template for text, check what that gives.',
)
const OTHER = refused(
  'It would be refused again: see https://docs.slack.dev/reference/methods/chat.postMessage#errors.',
)

const ERRORS: ReadonlyMap<string, SlackError> = new Map(
  Object.entries({
    ratelimited: TOO_FAST,
    rate_limited: TOO_FAST,
    message_limit_exceeded: TOO_FAST,
    service_unavailable: LATER,
    // The request did not get there in full.
    request_timeout: LATER,
    team_added_to_org: LATER,
    org_login_required: LATER,
    external_channel_migrating: LATER,
    internal_error: PERHAPS,
    fatal_error: PERHAPS,
    update_failed: PERHAPS,
    rollup_error: PERHAPS,

    not_authed: TOKEN,
    invalid_auth: TOKEN,
    account_inactive: TOKEN,
    token_revoked: TOKEN,
    token_expired: TOKEN,
    not_allowed_token_type: TOKEN,
    metadata_must_be_sent_from_app: TOKEN,
    missing_scope: SCOPE,
    messages_tab_disabled: CHANNEL,
    no_permission: INVITE,
    not_in_channel: INVITE,
    channel_not_found: CHANNEL,
    team_not_found: CHANNEL,
    user_not_found: CHANNEL,
    is_archived: ARCHIVED,
    is_inactive: ARCHIVED,
    channel_is_archived: ARCHIVED,
    access_denied: RESTRICTED,
    accesslimited: RESTRICTED,
    action_prohibited: RESTRICTED,
    ekm_access_denied: RESTRICTED,
    enterprise_is_restricted: RESTRICTED,
    posting_to_general_channel_denied: RESTRICTED,
    restricted_action: RESTRICTED,
    restricted_action_read_only_channel: RESTRICTED,
    restricted_action_thread_only_channel: RESTRICTED,
    restricted_action_non_threadable_channel: RESTRICTED,
    restricted_action_thread_locked: RESTRICTED,
    team_access_not_granted: RESTRICTED,
    two_factor_setup_required: RESTRICTED,
    invalid_token: HOOK,
    no_service: HOOK,
    no_service_id: HOOK,
    no_active_hooks: HOOK,
    no_team: HOOK,
    team_disabled: HOOK,

    as_user_not_supported: MESSAGE,
    attachment_payload_limit_exceeded: MESSAGE,
    deprecated_endpoint: OTHER,
    invalid_arg_name: MESSAGE,
    invalid_array_arg: MESSAGE,
    invalid_charset: MESSAGE,
    invalid_form_data: MESSAGE,
    invalid_json: MESSAGE,
    invalid_post_type: MESSAGE,
    markdown_text_conflict: MESSAGE,
    method_deprecated: OTHER,
    missing_post_type: MESSAGE,
    unknown_method: OTHER,
    invalid_arguments: MESSAGE,
    invalid_attachments: MESSAGE,
    invalid_blocks: MESSAGE,
    invalid_blocks_format: MESSAGE,
    invalid_metadata_format: MESSAGE,
    invalid_metadata_schema: MESSAGE,
    invalid_payload: MESSAGE,
    metadata_too_large: MESSAGE,
    msg_blocks_too_long: MESSAGE,
    msg_too_long: MESSAGE,
    no_text: MESSAGE,
    too_many_attachments: MESSAGE,
  } satisfies Record<string, SlackError>),
)

/**
 * What a word means. One that is not known, in an answer that is none of an error, is what Slack says of its own troubles:
 * "other errors can be returned in the case where the service is down"
 * (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
 */
export function slackError(word: string, status: number): SlackError {
  return ERRORS.get(word) ?? (GONE.has(word) || status > 299 ? OTHER : PERHAPS)
}

/** Why there is nothing to edit, or to answer, where a message once was: it has to be posted anew. */
export const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'cant_broadcast_message',
  'cannot_reply_to_message',
  'restricted_action_thread_locked',
  'restricted_action_non_threadable_channel',
  'edit_window_closed',
  'block_mismatch',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
  'team_not_found',
])
