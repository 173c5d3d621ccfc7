import { request } from 'node:http'
import { connect } from 'node:net'

export interface Sent {
  readonly method?: string
  readonly path: string
  /** Text is JSON as it stands; anything else is written as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Sends exactly what is given: no path is tidied, no header added but content-type on a body. */
export function send(url: string, { method = 'POST', path, body, headers = {} }: Sent): Promise<Answered> {
  const { hostname, port } = new URL(url)
  const bytes =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const type = bytes === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, method, path, headers: { ...type, ...headers }, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    sending.on('error', reject)
    sending.end(bytes)
  })
}

/** Writes to a socket and returns everything that came back until the other side closed. */
export function sendRaw(url: string, text: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let came = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => void (came += String(chunk)))
    // A reset after the answer is a close too.
    socket.on('error', () => {})
    socket.on('close', () => resolve(came))
  })
}
