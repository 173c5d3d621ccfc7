import type { EmailTemplates } from '../../destinations/destinations.ts'
import { formatAddress } from '../address.ts'
import { formatMailbox } from './email-address.ts'
import { EMAIL_PORTS, type EmailShape } from './email-shape.ts'
import type { Keys } from '../problems.ts'
import type { Secrets } from '../secrets.ts'
import type { EmailSettings, TellingSettings } from '../settings.ts'
import type { EmailConfig, TellingConfig } from '../written.ts'

/** The settings that a destination of mail means. */
export function emailSettings(
  shape: EmailShape,
  name: string,
  place: Keys,
  secrets: Secrets,
  telling: Omit<TellingSettings, 'name'>,
): EmailSettings {
  const { type, smtp, tls, username, ca_file, from, to, cc } = shape
  return {
    name,
    type,
    ...telling,
    server: {
      host: smtp.host,
      port: portOf(shape),
      security: tls,
      ...(username === undefined
        ? {}
        : { login: { username, password: secrets.expect([...place, 'password']) } }),
      ...(ca_file === undefined ? {} : { ca: secrets.expect([...place, 'ca']) }),
    },
    from,
    to,
    cc,
    templates: templatesOf(shape),
  }
}

/** As it could have been written, with `secret` in place of its password. */
export function emailConfig(shape: EmailShape, secret: string, telling: TellingConfig): EmailConfig {
  const { type, smtp, tls, username, password_file, ca_file, from, to, cc } = shape
  const { subject, body, html } = shape
  const password = password_file === undefined ? { password: secret } : { password_file }
  return {
    type,
    smtp: formatAddress({ ...smtp, port: portOf(shape) }),
    tls,
    ...(username === undefined ? {} : { username, ...password }),
    ...(ca_file === undefined ? {} : { ca_file }),
    from: formatMailbox(from),
    to: to.map(formatMailbox),
    cc: cc.map(formatMailbox),
    ...(subject === undefined ? {} : { subject: subject.text }),
    ...(body === undefined ? {} : { body: body.text }),
    ...(html === undefined ? {} : { html: html.text }),
    ...telling,
  }
}

function portOf({ smtp, tls }: EmailShape): number {
  return smtp.port === 0 ? EMAIL_PORTS[tls] : smtp.port
}

function templatesOf({ subject, body, html }: EmailShape): EmailTemplates {
  return {
    ...(subject === undefined ? {} : { subject: subject.render }),
    ...(body === undefined ? {} : { body: body.render }),
    ...(html === undefined ? {} : { html: html.render }),
  }
}
