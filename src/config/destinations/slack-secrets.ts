import { isLoopback } from '../address.ts'
import { at, isMap } from '../issues.ts'
import type { Keys, Problems } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { BEARER, secretUrl, type SecretKind } from '../secret-kind.ts'

/** One that is rotated begins with xoxe: https://docs.slack.dev/authentication/using-token-rotation */
const BOT_TOKEN: SecretKind = {
  key: 'token',
  complain: (token) =>
    /^(?:xoxe\.)?xox[bp]-/.test(token)
      ? BEARER.complain(token)
      : ' is no token of an app in a workspace; expected one that begins with xoxb-.',
}

const WEBHOOK_URL: SecretKind = { ...secretUrl(isLoopback, 'https'), key: 'webhook_url' }

/** Reads and checks the secret of a channel in Slack, and that there is one way to it: a bot, or an incoming webhook. */
export function readSlackSecrets(
  slack: unknown,
  place: Keys,
  reader: SecretReader,
  problems: Problems,
): void {
  if (!isMap(slack)) return
  const has = (key: string): boolean => (at(slack, key) ?? undefined) !== undefined
  const isBot = has('token') || has('token_file')
  const isHook = has('webhook_url') || has('webhook_url_file')
  if (isBot === isHook) {
    const seen = isBot ? 'both token and webhook_url' : 'neither token nor webhook_url'
    problems.add(place, ` has ${seen}; expected one of the two.`)
  }
  if (isBot) reader.readOwned(slack, place, BOT_TOKEN)
  if (isHook) reader.readOwned(slack, place, WEBHOOK_URL)
  if (isBot === isHook) return
  if (isBot && !has('channel')) problems.add([...place, 'channel'], ' is missing; expected it beside token.')
  for (const key of isHook ? ['channel', 'url'] : []) {
    if (has(key))
      problems.add([...place, key], ' stands beside webhook_url, which leads to one channel; leave it out.')
  }
}
