/** One request, as it came over the wire. */
export interface EmulatorRequest {
  readonly method: string
  /** The path with its query, such as `/incidents?limit=10`. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The raw text; empty when there was none. */
  readonly body: string
}

/** What goes back over the wire. */
export interface Reply {
  readonly kind: 'reply'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Nothing goes back, ever; the connection stays open. */
export interface Hang {
  readonly kind: 'hang'
}

/** Nothing goes back; the connection is closed. Whether the event took effect, only the emulator knows. */
export interface Cut {
  readonly kind: 'cut'
}

/** Wait `delayMs`, then call `resume` once with the time it is then: the event takes effect there, not before. */
export interface Delayed {
  readonly kind: 'delayed'
  readonly delayMs: number
  resume(now: number): Reply | Hang | Cut
}

/** What the caller of `handle` has to enact: a server with sockets, a simulator with its own network. */
export type Answer = Reply | Hang | Cut | Delayed

const JSON_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'application/json; charset=utf-8' }
const TEXT_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'text/plain; charset=utf-8' }

/** A reply whose body is this text, which is JSON already. */
export function replyJsonText(
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): Reply {
  const all = headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...headers }
  return { kind: 'reply', status, headers: all, body }
}

export function replyJson(status: number, body: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return replyJsonText(status, JSON.stringify(body), headers)
}

export function replyText(status: number, body: string): Reply {
  return { kind: 'reply', status, headers: TEXT_HEADERS, body }
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is an expected input here: whoever asked says so in their own form.
    return undefined
  }
}

/** The one value of a header, the first if there are several. */
export function headerOf(request: EmulatorRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
