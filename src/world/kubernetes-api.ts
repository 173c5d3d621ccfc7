import { Agent, request, type Dispatcher } from 'undici'
import type { Clock } from './world.ts'
import { Refused, Trouble } from './kubernetes-trouble.ts'
import { withoutSecrets } from './without-secrets.ts'

/** Where the API is, and who we are there. */
export interface KubernetesPlace {
  /** @default that of the service account, or of the kubeconfig's context; `default` when neither names one */
  readonly namespace?: string
  /** @default the service account that every pod has */
  readonly kubeconfigFile?: string
  /** What the path to the service account's files begins with. @default nothing */
  readonly root?: string
}

export interface SecretsRequest {
  readonly place: KubernetesPlace
  readonly query: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Until the answer begins. */
  readonly answerMsMax: number
  /** Until it ends. */
  readonly wholeMsMax: number
  /** Called when it begins, and is no refusal. */
  readonly onBegin?: () => void
  readonly signal: AbortSignal
}

/**
 * Asks for the Secrets of a namespace, and gives the answer in pieces of text as it comes. Who we are is read anew for
 * each request, since a service account's token is replaced about once an hour. Throws a `Trouble`, or
 * what undici throws.
 */
export async function* askForSecrets(options: SecretsRequest): AsyncGenerator<string, void> {
  const { query, clock, answerMsMax, wholeMsMax } = options
  const { url, headers, dispatcher } = await aim(options.place)
  const late = new AbortController()
  const tooLate = (what: string) => (): void => late.abort(new Trouble(what))
  let cancel = clock.after(answerMsMax, tooLate(`it did not answer within ${answerMsMax} ms`))
  try {
    const signal = AbortSignal.any([options.signal, late.signal])
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(`${url}?${new URLSearchParams(query).toString()}`, {
      method: 'GET',
      headers,
      dispatcher,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    cancel()
    cancel = clock.after(wholeMsMax, tooLate(`its answer did not end within ${wholeMsMax} ms`))
    body.setEncoding('utf8')
    if (statusCode !== 200) throw await refusal(statusCode, answered['retry-after'], body, secretsIn(headers))
    options.onBegin?.()
    for await (const piece of body) yield String(piece)
  } finally {
    cancel()
    // A new one is made for each request, and nobody else would close it.
    await dispatcher.destroy()
  }
}

interface Aim {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
}

async function aim(place: KubernetesPlace): Promise<Aim> {
  try {
    return await aimAt(place)
  } catch (error) {
    if (error instanceof Trouble) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it makes no sense'
    // The message could quote the file, and who we are stands in it.
    throw new Trouble(`what tells who we are there cannot be read (${code})`)
  }
}

async function aimAt({ namespace, kubeconfigFile, root = '' }: KubernetesPlace): Promise<Aim> {
  // Imported here because it takes half a second and 60 MB, and only who discovers needs it.
  const { KubeConfig, RequestContext } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  if (kubeconfigFile !== undefined) config.loadFromFile(kubeconfigFile)
  else if (process.env['KUBERNETES_SERVICE_HOST'] === undefined)
    throw new Trouble('this is no pod (KUBERNETES_SERVICE_HOST is not set), and no kubeconfig_file is named')
  else config.loadFromCluster(root)
  const server = config.getCurrentCluster()?.server
  if (server === undefined) throw new Trouble('the kubeconfig has no current context that names a cluster')
  const context = config.getContextObject(config.getCurrentContext())
  const within = encodeURIComponent(namespace ?? context?.namespace?.trim() ?? 'default')
  const url = `${server.replace(/\/$/, '')}/api/v1/namespaces/${within}/secrets`
  const asked = new RequestContext(url, 'GET')
  await config.applySecurityAuthentication(asked)
  const headers = { ...asked.getHeaders(), accept: 'application/json' }
  return { url, headers, dispatcher: asked.getDispatcher() ?? new Agent() }
}

const REASON_CHARACTERS_MAX = 300

/** What shows who we are: what stands between may echo it. */
function secretsIn(headers: Aim['headers']): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => [value, value.replace(/^\w+\s+/, '')])
}

/** What was refused, in the API's own words: they name the service account and what it may not do, and no Secret's data. */
async function refusal(
  status: number,
  retryAfter: string | string[] | undefined,
  body: AsyncIterable<unknown>,
  secrets: readonly string[],
): Promise<Refused> {
  let text = ''
  for await (const piece of body) {
    text += String(piece)
    if (text.length > 64 * 1024) break
  }
  const seconds = typeof retryAfter === 'string' ? Number(retryAfter) : 0
  const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
  const message = messageIn(text)
  const said =
    message === undefined ? '' : `: ${withoutSecrets(message, secrets).slice(0, REASON_CHARACTERS_MAX)}`
  return new Refused(status, `it answered ${status}${said}`, afterMs)
}

/** Of a Status, which is what the API refuses with. */
function messageIn(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body)
    const isStatus =
      typeof status === 'object' && status !== null && 'kind' in status && status.kind === 'Status'
    return isStatus && 'message' in status && typeof status.message === 'string' ? status.message : undefined
  } catch {
    return undefined
  }
}
