import type { Outcome } from '../../src/decide/decide.ts'
import {
  emailDestination,
  type EmailDestinationOptions,
  type Telling,
} from '../../src/destinations/destinations.ts'
import { systemWorld, type MailServer, type World } from '../../src/world/world.ts'
import { makeCertificate, SmtpVendor, type Certificate, type SmtpVendorOptions } from '../vendors/smtp.ts'

export const CERTIFICATE: Certificate = await makeCertificate()
export const LOGIN = { username: 'tocsin', password: 'S3cret pass/word+Of=Mail' } as const

/** What no outcome may hold: the password, and as it goes over the wire. */
export const SECRETS: readonly string[] = [
  LOGIN.password,
  Buffer.from(LOGIN.password).toString('base64'),
  Buffer.from(`\0${LOGIN.username}\0${LOGIN.password}`).toString('base64'),
]

export function serverAt(origin: string, more: Partial<MailServer> = {}): MailServer {
  const { hostname, port } = new URL(origin)
  const login = { username: LOGIN.username, password: () => LOGIN.password }
  return {
    host: hostname,
    port: Number(port),
    security: 'starttls',
    login,
    ca: () => CERTIFICATE.cert,
    ...more,
  }
}

export function optionsAt(origin: string, world: World, timeoutMs: number): EmailDestinationOptions {
  return {
    name: 'oncall',
    server: serverAt(origin),
    from: { address: 'tocsin@Alerts.example.org', name: 'Tocsin' },
    to: [{ address: 'ops@example.org' }, { address: 'ops2@example.org', name: 'Ops, "second"' }],
    cc: [{ address: 'boss@example.org' }],
    timeoutMs,
    world,
  }
}

export interface EmailStage {
  readonly vendor: SmtpVendor
  readonly tell: (telling: Telling) => Promise<Outcome>
}

/** Gives a test a mail server, and a destination that tells it; nothing that comes of it may hold a secret. */
export async function onStage(
  run: (stage: EmailStage) => Promise<void>,
  more: {
    readonly vendor?: Partial<SmtpVendorOptions>
    readonly options?: Partial<EmailDestinationOptions>
    readonly server?: Partial<MailServer>
  } = {},
): Promise<void> {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN, ...more.vendor })
  await afterStart(vendor.origin, (tell) => run({ vendor, tell }), more)
}

/** A destination of its own in a world of its own, as after a start. */
export async function afterStart(
  origin: string,
  run: (tell: EmailStage['tell']) => Promise<void>,
  more: Parameters<typeof onStage>[1] = {},
): Promise<void> {
  const world = systemWorld({ logLevel: 'silent' })
  const { timeoutMs = 20_000 } = more.options ?? {}
  const destination = emailDestination({
    ...optionsAt(origin, world, timeoutMs),
    server: serverAt(origin, more.server),
    ...more.options,
  })
  try {
    await run(async (telling) => {
      const outcome = await destination.tell(telling)
      const shown = JSON.stringify(outcome)
      for (const secret of SECRETS)
        if (shown.toLowerCase().includes(secret.toLowerCase())) throw new Error(`a secret: ${shown}`)
      return outcome
    })
  } finally {
    await destination.close()
    await world.http.close()
  }
}
