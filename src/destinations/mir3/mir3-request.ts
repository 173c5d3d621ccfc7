export interface Mir3Login {
  readonly username: string
  readonly password: string
}

export interface Mir3Request {
  readonly body: string
  /** As they stand in the body, and as they are. */
  readonly secrets: readonly string[]
}

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const MIR3 = 'http://www.mir3.com/ws'

/** The SOAP 1.1 envelope that starts the stored notification of this title. The login travels in it. */
export function initiateNotifications(
  title: string,
  { username, password }: Mir3Login,
  apiVersion: string,
): Mir3Request {
  const authorization = element(
    'authorization',
    element('username', escaped(username)) + element('password', escaped(password)),
  )
  const one = element('initiateOneNotification', element('notification', escaped(title)))
  const operation = element('apiVersion', escaped(apiVersion)) + authorization + one
  const body = `<soapenv:Body><initiateNotifications xmlns="${MIR3}">${operation}</initiateNotifications></soapenv:Body>`
  return {
    body: `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP}">${body}</soapenv:Envelope>`,
    secrets: [password, escaped(password)].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]),
  }
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text as XML 1.0 can hold it: what has no form there becomes a question mark (https://www.w3.org/TR/xml/#charsets). */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '?')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
