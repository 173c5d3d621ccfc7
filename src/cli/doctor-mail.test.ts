import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CERTIFICATE, LOGIN, SECRETS, serverAt } from '../../test/destinations/email-stage.ts'
import { SmtpVendor } from '../../test/vendors/smtp.ts'
import { systemWorld, type MailServer } from '../world/world.ts'
import { checkMail } from './doctor-mail.ts'
import type { Finding } from './finding.ts'

/** What is found about a server, which is given no mail by it. */
async function find(more: Partial<MailServer>, encrypts = true): Promise<readonly Finding[]> {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN, encrypts })
  const world = systemWorld({ logLevel: 'silent' })
  const findings = await checkMail(serverAt(vendor.origin, more), 'destination inbox', world)
  assert.deepEqual([vendor.letters, vendor.complaints], [[], []])
  for (const secret of SECRETS) assert.ok(!JSON.stringify(findings).includes(secret))
  return findings
}

test('a server that encrypts and knows us is good', async () => {
  const [finding, ...more] = await find({})
  assert.deepEqual([finding?.verdict, more], ['good', []])
  assert.match(finding?.message ?? '', /can be reached, and knows us \(it was given no mail\)/)
})

test('what is wrong is told with what to do', async () => {
  const login = { username: LOGIN.username, password: () => 'another' }
  const cases = [
    [{ login }, /refuses us with 535/, /username, password/],
    [{ ca: () => '' }, /cannot be used: TLS failed/, /ca_file/],
    [{ port: 1 }, /ECONNREFUSED/, /port 25/],
  ] as const
  for (const [more, message, next] of cases) {
    const [finding] = await find(more)
    assert.equal(finding?.verdict, 'bad')
    assert.match(finding.message, message)
    assert.match(finding.next ?? '', next)
  }
})

test('mail that everybody can read is doubtful', async () => {
  const verdicts = (await find({ security: 'none' }, false)).map(({ verdict }) => verdict)
  assert.deepEqual(verdicts, ['good', 'doubtful'])
})
