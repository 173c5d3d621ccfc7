import type { Arrival } from '../contracts/receiver.ts'
import { HttpVendor, type Said } from './http-vendor.ts'

export interface Mir3VendorOptions {
  readonly username: string
  readonly password: string
  /** Titles of the notifications that are stored there. */
  readonly titles: readonly string[]
  readonly apiVersions?: readonly string[]
}

export const MIR3_PATH = '/services/v1.2/mir3'

/** Versions that sample clients of it use. */
const API_VERSIONS = ['2.19', '3.7', '4.3', '4.7']

const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/xml; charset=utf-8',
  accept: 'application/soap+xml',
  soapaction: '""',
}

/** MIR3 as far as sample clients show it: one operation, whose outcome stands in the body of a 200. */
export function openMir3(options: Mir3VendorOptions): Promise<HttpVendor> {
  let started = 0
  return HttpVendor.open((arrival) => {
    const broken = complaintOfHttp(arrival)
    if (broken !== undefined) return broken
    const read = readRequest(arrival.body)
    if (read === undefined) return fault('Client', 'The request is not what the service expects')
    const { apiVersion = '', username, password, notification = '' } = read
    if (!(options.apiVersions ?? API_VERSIONS).includes(apiVersion)) return failure('Unsupported API version')
    if (username !== options.username || password !== options.password)
      return failure('Invalid username or password')
    if (!options.titles.includes(notification)) return failure(`Notification ${notification} was not found`)
    started += 1
    return report(notification, `0a1b2c3d-0000-4000-8000-${String(started).padStart(12, '0')}`)
  })
}

function complaintOfHttp({ method, path, headers }: Arrival): Said | undefined {
  if (path !== MIR3_PATH) return { status: 404, body: 'Not Found', complaint: `404: ${path}` }
  if (method !== 'POST') return { status: 405, body: 'Method Not Allowed', complaint: `405: ${method}` }
  const wrong = Object.keys(HEADERS).find((name) => headers[name] !== HEADERS[name])
  return wrong === undefined ? undefined : { status: 415, complaint: `415: not the ${wrong} it expects` }
}

const TEXT = '([^<>]*)'

/** The one form that is known of the operation, with whatever prefix the envelope has. */
const REQUEST = new RegExp(
  String.raw`^<\?xml version="1\.0" encoding="UTF-8"\?>\s*` +
    String.raw`<(\w+):Envelope xmlns:\1="http://schemas\.xmlsoap\.org/soap/envelope/">\s*<\1:Body>\s*` +
    '<initiateNotifications xmlns="http://www.mir3.com/ws">' +
    `<apiVersion>${TEXT}</apiVersion>` +
    `<authorization><username>${TEXT}</username><password>${TEXT}</password></authorization>` +
    `<initiateOneNotification><notification>${TEXT}</notification></initiateOneNotification>` +
    String.raw`</initiateNotifications>\s*</\1:Body>\s*</\1:Envelope>\s*$`,
)

function readRequest(
  body: string,
): { apiVersion?: string; username?: string; password?: string; notification?: string } | undefined {
  const found = REQUEST.exec(body)
  if (found === null) return undefined
  const texts = found.slice(2).map(meant)
  if (texts.includes(undefined)) return undefined
  const [apiVersion, username, password, notification] = texts
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(notification === undefined ? {} : { notification }),
  }
}

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
])

/** What a text says; undefined when it is no text of XML 1.0. */
function meant(text: string): string | undefined {
  const isXml = /^(?:[^&\p{Cc}\p{Cs}\uFFFE\uFFFF]|&(?:amp|lt|gt|quot|apos);)*$/u.test(text)
  return isXml ? text.replaceAll(/&\w+;/g, (entity) => CHARACTERS.get(entity) ?? '') : undefined
}

function written(text: string): string {
  const entities = [...CHARACTERS].map(([entity, character]) => [character, entity] as const)
  return entities.reduce((shown, [character, entity]) => shown.replaceAll(character, entity), text)
}

function envelope(content: string): string {
  const body = `<S:Body>${content}</S:Body>`
  return `<?xml version="1.0" ?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">${body}</S:Envelope>`
}

function response(content: string): Said {
  const body = envelope(`<response xmlns="http://www.mir3.com/ws">${content}</response>`)
  return { status: 200, headers: { 'content-type': 'text/xml;charset=utf-8' }, body }
}

function report(title: string, id: string): Said {
  const initiation = `<notification>${written(title)}</notification><notificationReportUUID>${id}</notificationReportUUID>`
  const one = `<initiateNotificationsResponse><initiation>${initiation}</initiation></initiateNotificationsResponse>`
  return { ...response(`<success>true</success>${one}`), heard: { action: 'trigger', summary: title } }
}

function failure(message: string): Said {
  const error = `<error><errorMessage>${written(message)}</errorMessage></error>`
  return { ...response(`<success>false</success>${error}`), complaint: message }
}

/** SOAP 1.1 has a fault come with 500: https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383529 */
function fault(code: string, text: string): Said {
  const body = envelope(
    `<S:Fault><faultcode>S:${code}</faultcode><faultstring>${written(text)}</faultstring></S:Fault>`,
  )
  return { status: 500, headers: { 'content-type': 'text/xml;charset=utf-8' }, body, complaint: text }
}
