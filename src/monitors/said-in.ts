import { quoted } from './quoted.ts'

/**
 * What an answer that is no good one says for people, such as ` (Bad credentials)`: its `error` or `message` where it is
 * JSON, or itself; '' where that is nothing, or a page.
 */
export function saidIn(body: string, secrets: readonly string[]): string {
  const said = quoted(messageOf(body), secrets)
  return said === '' || said.startsWith('<') ? '' : ` (${said})`
}

function messageOf(body: string): string {
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown }
    for (const said of [error, message, Object(error).message]) if (typeof said === 'string') return said
    return body
  } catch {
    return body
  }
}
