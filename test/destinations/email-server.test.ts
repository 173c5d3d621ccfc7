import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Outcome } from '../../src/decide/decide.ts'
import { systemWorld } from '../../src/world/world.ts'
import { telling } from '../contracts/destination-kind.ts'
import { makeCertificate, SmtpVendor } from '../vendors/smtp.ts'
import { afterStart, CERTIFICATE, LOGIN, onStage, SECRETS, serverAt } from './email-stage.ts'

function retried(outcome: Outcome, reason: string, maybeAccepted: boolean): string {
  assert.ok(outcome.kind === 'retry', JSON.stringify(outcome))
  assert.deepEqual([outcome.reason, outcome.maybeAccepted], [reason, maybeAccepted])
  return outcome.message
}

function rejected(outcome: Outcome): string {
  assert.ok(outcome.kind === 'rejected', JSON.stringify(outcome))
  return outcome.message
}

/** Somebody in between who answers line by line, and keeps what was said in the clear. */
async function scripted(
  reply: (line: string) => string,
): Promise<{ origin: string; said: () => string } & AsyncDisposable> {
  const said: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 mail.example ESMTP\r\n')
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('latin1').split('\r\n').filter(Boolean)) {
        said.push(line)
        socket.write(reply(line))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `smtp://127.0.0.1:${port}`,
    said: () => said.join('\n'),
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const STRIPPED: Readonly<Record<string, string>> = {
  EHLO: '250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n',
  STARTTLS: '502 5.5.1 what is that?\r\n',
  AUTH: '235 2.7.0 welcome\r\n',
}

test('where encryption was taken out on the way, nothing is told: no password, no address, no mail', async () => {
  await using between = await scripted((line) => STRIPPED[line.split(' ')[0] ?? ''] ?? '250 fine\r\n')
  await afterStart(between.origin, async (tell) => {
    const message = retried(await tell(telling()), 'connection', false)
    assert.match(message, /told nothing, not even a password.*502.*Check tls/)
  })
  const words = between
    .said()
    .split('\n')
    .map((line) => line.split(' ')[0])
  assert.deepEqual(
    words.filter((word) => word !== 'EHLO'),
    ['STARTTLS'],
  )
  for (const secret of SECRETS) assert.ok(!between.said().includes(secret))
})

test('a server that offers no encryption is not used, unless that is meant', async () => {
  const plain = { vendor: { encrypts: false } }
  await onStage(async ({ vendor, tell }) => {
    retried(await tell(telling()), 'connection', false)
    assert.deepEqual(vendor.letters, [])
  }, plain)
  await onStage(
    async ({ vendor, tell }) => {
      assert.equal((await tell(telling())).kind, 'accepted')
      assert.equal(vendor.letters[0]?.isEncrypted, false)
    },
    { ...plain, server: { security: 'none' } },
  )
})

test('a certificate that nobody vouches for is refused, and so is that of another name', async () => {
  const other = await makeCertificate('other.example')
  const cases = [
    [{ certificate: CERTIFICATE }, undefined, /SELF_SIGNED_CERT/],
    [{ certificate: CERTIFICATE }, other.cert, /SELF_SIGNED_CERT|SIGNATURE|LEAF/],
    [{ certificate: other }, other.cert, /ALTNAME_INVALID/],
  ] as const
  for (const implicit of [false, true]) {
    for (const [vendor, ca, expected] of cases) {
      await using server = await SmtpVendor.open({ ...vendor, login: LOGIN, implicit })
      const security = implicit ? 'implicit' : 'starttls'
      const { host, port, login } = serverAt(server.origin)
      const world = { host, port, security, ...(login && { login }), ...(ca && { ca: () => ca }) } as const
      const run = async (tell: (told: ReturnType<typeof telling>) => Promise<Outcome>): Promise<void> => {
        assert.match(retried(await tell(telling()), 'connection', false), expected)
      }
      await afterStart(server.origin, run, { options: { server: world } })
      assert.deepEqual(server.letters, [])
    }
  }
})

test('TLS from the first byte', () =>
  onStage(
    async ({ vendor, tell }) => {
      assert.equal((await tell(telling())).kind, 'accepted')
      assert.equal(vendor.letters[0]?.isEncrypted, true)
    },
    { vendor: { implicit: true }, server: { security: 'implicit' } },
  ))

test('a password that is not accepted is final, and stands in no message although the server echoes it', () =>
  onStage(
    async ({ tell }) => {
      const message = rejected(await tell(telling()))
      assert.match(message, /535.*It did not accept username and password/)
      assert.doesNotMatch(message, /another password/)
    },
    { server: { login: { username: LOGIN.username, password: () => 'another password' } } },
  ))

test('a password is read anew for each mail', () => {
  let password = 'yesterday’s'
  return onStage(
    async ({ vendor, tell }) => {
      rejected(await tell(telling()))
      password = LOGIN.password
      assert.equal((await tell(telling())).kind, 'accepted')
      assert.equal((await tell(telling('trigger', { key: 'other' }))).kind, 'accepted')
      assert.equal(vendor.connections, 2)
    },
    { server: { login: { username: LOGIN.username, password: () => password } } },
  )
})

test('a mail that some recipients do not get is accepted, with a word on how many', () =>
  onStage(
    async ({ vendor, tell }) => {
      const outcome = await tell(telling())
      assert.ok(outcome.kind === 'accepted', outcome.message)
      assert.deepEqual(outcome.notes, ['2 of 3 recipients were refused (550, 450)'])
      assert.deepEqual(vendor.letters[0]?.recipients, ['boss@example.org'])
    },
    { vendor: { unknown: { 'ops@example.org': 550, 'ops2@example.org': 450 } } },
  ))

test('a mail that nobody gets is final, unless one might get it later', async () => {
  const nobody = { 'ops@example.org': 550, 'ops2@example.org': 550, 'boss@example.org': 550 }
  await onStage(
    async ({ tell }) => {
      assert.match(rejected(await tell(telling())), /550.*check to, cc and from/)
    },
    { vendor: { unknown: nobody } },
  )
  await onStage(
    async ({ tell }) => {
      retried(await tell(telling()), 'server-error', false)
    },
    { vendor: { unknown: { ...nobody, 'ops2@example.org': 451 } } },
  )
})

test('a mail larger than the server takes is final', () =>
  onStage(
    async ({ vendor, tell }) => {
      const message = rejected(await tell(telling('trigger', {}, { summary: 'x'.repeat(10_000) })))
      assert.match(message, /552.*It takes no message of that size/)
      assert.deepEqual(vendor.letters, [])
    },
    { vendor: { sizeMax: 1_000 } },
  ))

test('what is no SMTP is no answer, whenever it comes', async () => {
  for (const when of [/^(?:EHLO|HELO)/, /^MAIL/, /^DATA/]) {
    await using odd = await scripted((line) =>
      when.test(line) ? 'HTTP/1.1 400 Bad Request\r\n\r\n' : '250 fine\r\n',
    )
    await afterStart(
      odd.origin,
      async (tell) => {
        assert.notEqual((await tell(telling())).kind, 'accepted', String(when))
      },
      { options: { server: { host: '127.0.0.1', port: portOf(odd.origin), security: 'none' } } },
    )
  }
})

test('a server that says nothing is waited for no longer than a send may take', async () => {
  await using silent = await scripted((line) => (line.startsWith('EHLO') ? '250 fine\r\n' : ''))
  const options = {
    timeoutMs: 300,
    server: { host: '127.0.0.1', port: portOf(silent.origin), security: 'none' },
  } as const
  await afterStart(
    silent.origin,
    async (tell) => {
      assert.match(retried(await tell(telling()), 'timeout', false), /within 300 ms/)
    },
    { options },
  )
})

test('a check connects and logs in, and sends nothing', async () => {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN })
  const { mail } = systemWorld({ logLevel: 'silent' })
  const good = mail.open(serverAt(vendor.origin))
  assert.equal(await good.check(10_000), undefined)
  const login = { username: LOGIN.username, password: () => 'another' }
  const bad = mail.open(serverAt(vendor.origin, { login }))
  const trouble = await bad.check(10_000)
  assert.equal(trouble?.kind === 'refused' && trouble.code, 535)
  assert.deepEqual([vendor.letters, vendor.complaints], [[], []])
  await Promise.all([good.close(), bad.close()])
})

function portOf(origin: string): number {
  return Number(new URL(origin).port)
}
