/** A mail as a reader shows it. */
export interface Mail {
  /** By their names in small letters, decoded. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

interface Entity {
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Reads a message (RFC 5322, RFC 2045 to 2047) of a text and an HTML part. `raw` holds a byte in each unit. */
export function readMail(raw: string): Mail {
  const whole = readEntity(raw)
  const parts = [...leavesOf(whole)]
  const partOf = (type: string): string => {
    const part = parts.find(({ headers }) => headers.get('content-type')?.startsWith(type))
    return part === undefined ? '' : decodedBody(part)
  }
  return { headers: whole.headers, text: partOf('text/plain'), html: partOf('text/html') }
}

function readEntity(raw: string): Entity {
  const end = raw.indexOf('\r\n\r\n')
  const head = end === -1 ? raw : raw.slice(0, end)
  const headers = new Map<string, string>()
  for (const line of head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (colon < 1 || /[^\x21-\x7E]/.test(name)) throw new Error(`no header: ${JSON.stringify(line)}`)
    if (headers.has(name)) throw new Error(`the header ${name} stands there twice`)
    headers.set(name, decodedWords(line.slice(colon + 1).trim()))
  }
  return { headers, body: end === -1 ? '' : raw.slice(end + 4) }
}

function* leavesOf(entity: Entity): Generator<Entity> {
  const type = entity.headers.get('content-type') ?? 'text/plain'
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type) ?? []
  const boundary = quoted ?? plain
  if (!type.startsWith('multipart/') || boundary === undefined) {
    yield entity
    return
  }
  const [, ...parts] = `\r\n${entity.body}`.split(`\r\n--${boundary}`)
  if (!parts.some((part) => part.startsWith('--'))) throw new Error('the last boundary is missing')
  for (const part of parts) {
    if (part.startsWith('--')) break
    yield* leavesOf(readEntity(part.replace(/^[ \t]*\r\n/, '')))
  }
}

function decodedBody({ headers, body }: Entity): string {
  const encoding = (headers.get('content-transfer-encoding') ?? '7bit').toLowerCase()
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n')
  if (encoding === '7bit' && /[^\t\r\n\x20-\x7E]/.test(body)) throw new Error('7bit has other characters')
  const bytes =
    encoding === 'quoted-printable'
      ? fromQuoted(body.replaceAll(/[ \t]*=\r\n/g, (end) => end.slice(0, end.indexOf('='))))
      : body
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n')
}

/** RFC 2047: white space between two encoded words is none. */
function decodedWords(value: string): string {
  const joined = value.replaceAll(/\?=[ \t]+=\?/g, '?==?')
  return joined.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, way: string, text: string) => {
    const bytes =
      way.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('latin1')
        : fromQuoted(text.replaceAll('_', ' '))
    return Buffer.from(bytes, 'latin1').toString()
  })
}

function fromQuoted(text: string): string {
  return text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
