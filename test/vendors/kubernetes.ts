import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeCertificate, type Certificate } from '../../src/emulator/certificate.ts'

/** A Secret, as `kubectl create` would be given it, but for the base64, which is made here. */
export interface SecretSpec {
  readonly labels?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface StoredSecret {
  readonly apiVersion: 'v1'
  readonly kind: 'Secret'
  readonly type: 'Opaque'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly resourceVersion: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly data: Readonly<Record<string, string>>
}

interface Change {
  readonly version: number
  readonly before: StoredSecret | undefined
  readonly after: StoredSecret | undefined
}

interface Watcher {
  readonly response: ServerResponse
  readonly selector: string
}

/** What it is made to do wrong. `gone`: how it says that a version is too old, as an event or as an answer: both occur. */
export interface Faults {
  refuse?: { readonly status: number; readonly retryAfter?: string; readonly when?: 'list' | 'watch' }
  /** It takes a request and says nothing. */
  hang?: boolean
  /** Each page of a list says that there is another. */
  endless?: boolean
  gone: 'event' | 'answer'
}

const KNOWN_PARAMETERS = new Set(
  'labelSelector limit continue watch allowWatchBookmarks resourceVersion timeoutSeconds'.split(' '),
)
const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
}

/**
 * The API of Kubernetes as far as Secrets of one namespace go: list in pages, watch from a version, bookmarks, `410 Gone` for
 * what was compacted, TLS and bearer tokens. https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export class KubernetesApi implements AsyncDisposable {
  readonly faults: Faults = { gone: 'event' }
  /** What no client of the real API may ask. */
  readonly complaints: string[] = []
  readonly requests: URL[] = []
  /** Who may list and watch; replace it to rotate the token. */
  token = 'token-of-the-service-account-1'
  readonly namespace: string
  readonly certificate: Certificate
  readonly #server: Server
  readonly #secrets = new Map<string, StoredSecret>()
  readonly #changes: Change[] = []
  readonly #watchers = new Set<Watcher>()
  readonly #waiting = new Set<() => void>()
  #version = 1000
  #compacted = 0
  #port = 0

  private constructor(namespace: string, certificate: Certificate) {
    this.namespace = namespace
    this.certificate = certificate
    this.#server = createServer(certificate, (request, response) => this.#answer(request, response))
  }

  static async open(namespace = 'tocsin'): Promise<KubernetesApi> {
    const api = new KubernetesApi(namespace, await makeCertificate())
    await api.listen()
    return api
  }

  get port(): number {
    return this.#port
  }

  /** A kubeconfig for it, as `kubectl config view --flatten` prints one. */
  kubeconfig(token: string = this.token): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [
        {
          name: 'here',
          cluster: {
            server: `https://127.0.0.1:${this.#port}`,
            'certificate-authority-data': Buffer.from(this.certificate.cert).toString('base64'),
          },
        },
      ],
      users: [{ name: 'tocsin', user: { token } }],
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'tocsin', namespace: this.namespace } }],
    })
  }

  /** Begins to listen, on the port it had before if it had one. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Goes away: who connects is refused, and who was connected is cut off. */
  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.shut()
  }

  put(name: string, { labels = {}, data = {}, annotations = {} }: SecretSpec): void {
    this.#version += 1
    const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
    const secret: StoredSecret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        name,
        namespace: this.namespace,
        resourceVersion: String(this.#version),
        labels,
        annotations,
      },
      data: Object.fromEntries(encoded) as Record<string, string>,
    }
    this.#change({ version: this.#version, before: this.#secrets.get(name), after: secret })
    this.#secrets.set(name, secret)
  }

  remove(name: string): void {
    this.#version += 1
    const before = this.#secrets.get(name)
    this.#secrets.delete(name)
    this.#change({ version: this.#version, before, after: undefined })
  }

  /** Forgets what has changed: versions up to now are gone. */
  compact(): void {
    this.#changes.length = 0
    this.#compacted = ++this.#version
  }

  /** Tells every watcher how far it has come. */
  bookmark(): void {
    const object = { kind: 'Secret', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) } }
    this.say(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
  }

  /** Sends something to every watcher as it is. */
  say(text: string | Buffer): void {
    for (const { response } of this.#watchers) response.write(text)
  }

  /** Tells every watcher of an error, as an event. */
  error(code: number): void {
    this.say(`${JSON.stringify({ type: 'ERROR', object: status(code, 'the watch cannot go on') })}\n`)
  }

  /** Ends every watch as the server does after `timeoutSeconds`; `cut`: in the middle of a line, and without a farewell. */
  async endWatches(how: 'well' | 'cut' = 'well'): Promise<void> {
    const ended = [...this.#watchers]
    this.#watchers.clear()
    for (const { response } of ended) {
      if (how === 'well') response.end()
      else
        await new Promise<void>((resolve) => {
          response.write('{"type":"ADDED","object":{"kind":"Secret","metadata":{"name":"ha', () => resolve())
        }).then(() => response.destroy())
    }
  }

  /** Resolves when so many requests of a kind have come, counted from the beginning. */
  async asked(kind: 'list' | 'watch', times: number): Promise<void> {
    while (this.count(kind) < times) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** How many requests of a kind have come. */
  count(kind: 'list' | 'watch'): number {
    return this.requests.filter(({ searchParams }) => searchParams.has('watch') === (kind === 'watch')).length
  }

  #change(change: Change): void {
    this.#changes.push(change)
    for (const watcher of this.#watchers) tell(watcher, change)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'https://kubernetes')
    const { refuse, hang } = this.faults
    const kind = url.searchParams.has('watch') ? 'watch' : 'list'
    this.requests.push(url)
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
    this.#inspect(request, url)
    if (hang === true) return
    if (refuse !== undefined && (refuse.when ?? kind) === kind) {
      if (refuse.retryAfter !== undefined) response.setHeader('retry-after', refuse.retryAfter)
      const { authorization } = request.headers
      // As a proxy before it might, in its eagerness to help.
      const message = `secrets is forbidden: for a test of ${authorization}`
      return send(response, refuse.status, status(refuse.status, message))
    }
    if (request.headers.authorization !== `Bearer ${this.token}`)
      return send(response, 401, status(401, 'Unauthorized'))
    if (kind === 'watch') this.#watch(url, response)
    else this.#list(url, response)
  }

  #inspect({ method }: IncomingMessage, { pathname, searchParams }: URL): void {
    if (method !== 'GET') this.complaints.push(`method ${method}`)
    if (pathname !== `/api/v1/namespaces/${this.namespace}/secrets`) this.complaints.push(`path ${pathname}`)
    for (const key of searchParams.keys())
      if (!KNOWN_PARAMETERS.has(key)) this.complaints.push(`parameter ${key}`)
    if (searchParams.has('continue') && searchParams.has('resourceVersion'))
      this.complaints.push('continue beside resourceVersion')
  }

  /** A page ends with a token that names the version of the whole list and the Secret it goes on after. */
  #list({ searchParams }: URL, response: ServerResponse): void {
    const limit = Number(searchParams.get('limit') ?? Infinity)
    const token = searchParams.get('continue')
    const [version = this.#version, after = ''] =
      token === null ? [] : (JSON.parse(Buffer.from(token, 'base64').toString()) as [number, string])
    if (version < this.#compacted)
      return send(response, 410, status(410, 'The provided continue parameter is too old'))
    const selector = searchParams.get('labelSelector') ?? ''
    const rest = [...this.#secrets.values()]
      .filter((secret) => isSelected(secret, selector) && secret.metadata.name > after)
      .toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))
    const items = rest.slice(0, limit)
    const last = items.at(-1)?.metadata.name ?? ''
    const next =
      rest.length > items.length || this.faults.endless === true
        ? Buffer.from(JSON.stringify([version, last])).toString('base64')
        : ''
    const metadata = { resourceVersion: String(version), ...(next === '' ? {} : { continue: next }) }
    send(response, 200, { kind: 'SecretList', apiVersion: 'v1', metadata, items })
  }

  #watch({ searchParams }: URL, response: ServerResponse): void {
    const from = Number(searchParams.get('resourceVersion'))
    const selector = searchParams.get('labelSelector') ?? ''
    const isGone = from < this.#compacted
    if (isGone && this.faults.gone === 'answer')
      return send(response, 410, status(410, `too old resource version: ${from}`))
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    if (isGone) {
      const object = status(410, `too old resource version: ${from}`)
      return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
    }
    const watcher = { response, selector }
    for (const change of this.#changes) if (change.version > from) tell(watcher, change)
    this.#watchers.add(watcher)
    response.on('close', () => this.#watchers.delete(watcher))
  }
}

/** What leaves the selection is deleted as far as its watchers are concerned, and what enters it is added. */
function tell({ response, selector }: Watcher, { version, before, after }: Change): void {
  const was = before !== undefined && isSelected(before, selector)
  const is = after !== undefined && isSelected(after, selector)
  const secret = is ? after : was ? before : undefined
  if (secret === undefined) return
  const type = is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED'
  const metadata = { ...secret.metadata, resourceVersion: String(version) }
  response.write(`${JSON.stringify({ type, object: { ...secret, metadata } })}\n`)
}

/** Labels that are to be equal, which is all that is asked here. */
function isSelected({ metadata: { labels } }: StoredSecret, selector: string): boolean {
  return selector.split(',').every((term) => {
    const [key = '', value] = term.split('=')
    return value === undefined || labels[key] === value
  })
}

function status(code: number, message: string): object {
  const reason = REASONS[code] ?? 'Unknown'
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
