import assert from 'node:assert/strict'
import { test } from 'node:test'
import { telling } from '../../../test/contracts/destination-kind.ts'
import { virtualWorld, type MailConnection } from '../../world/world.ts'
import { emailDestination } from './email.ts'
import type { Destination } from '../destination.ts'

const PASSWORD = 'S3cret'

/** A destination in a world where this is what comes of a mail. */
function toldWith(send: MailConnection['send']): Destination {
  const world = virtualWorld({ takeMail: (message) => send(message, 0) })
  const address = { address: 'tocsin@example.org' }
  const login = { username: 'tocsin', password: () => PASSWORD }
  const server = { host: 'mail.example.org', port: 587, security: 'starttls', login } as const
  return emailDestination({ name: 'inbox', server, from: address, to: [address], timeoutMs: 1_000, world })
}

test('a mail that was taken gives a reference, and who missed it is counted', async () => {
  const destination = toldWith(async () => ({ kind: 'delivered', recipients: 3, refused: [550, 550] }))
  const outcome = await destination.tell(telling())
  assert.ok(outcome.kind === 'accepted')
  assert.deepEqual(outcome.notes, ['2 of 3 recipients were refused (550)'])
  assert.match(outcome.reference ?? '', /^<[0-9a-f]{32}@example\.org> \[CRITICAL\] Disk full$/)
})

test('a change and a note give none', async () => {
  const destination = toldWith(async () => ({ kind: 'delivered', recipients: 1, refused: [] }))
  const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
  for (const told of [{ change }, { note: { incidentId: 7, key: 'k', text: 't' } }]) {
    const outcome = await destination.tell(told)
    assert.ok(outcome.kind === 'accepted' && outcome.reference === undefined)
  }
})

test('what a server says is quoted in one line, with what to do, and without the password', async () => {
  const plain = Buffer.from(`\0tocsin\0${PASSWORD}`).toString('base64')
  const said = `535 5.7.8 no:\r\n${PASSWORD} ${PASSWORD.toUpperCase()} ${plain} ${'x'.repeat(500)}`
  const outcome = await toldWith(async () => ({ kind: 'refused', code: 535, said })).tell(telling())
  assert.equal(outcome.kind, 'rejected')
  assert.match(
    outcome.message,
    /\(535 5\.7\.8 no: \[secret\] \[secret\] \[secret\] x+…\)\. It did not accept/,
  )
  assert.ok(outcome.message.length < 400)
})

test('a failure says whether the mail may have been taken', async () => {
  for (const failure of ['timeout', 'connection'] as const) {
    for (const sent of [true, false]) {
      const answer = { kind: 'failure', failure, sent, reason: 'why' } as const
      const outcome = await toldWith(async () => answer).tell(telling())
      assert.ok(outcome.kind === 'retry')
      assert.deepEqual([outcome.reason, outcome.maybeAccepted], [failure, sent])
    }
  }
})

test('a network that throws is one that may have told it', async () => {
  const throws: MailConnection['send'] = async () => {
    throw new RangeError(`with ${PASSWORD}`)
  }
  const outcome = await toldWith(throws).tell(telling())
  assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted)
  assert.match(outcome.message, /RangeError/)
  assert.doesNotMatch(outcome.message, /S3cret/)
})

test('where nobody takes mail, it says so', async () => {
  const address = { address: 'tocsin@example.org' }
  const server = { host: 'mail.example.org', port: 25, security: 'none' } as const
  const world = virtualWorld()
  const options = { name: 'inbox', server, from: address, to: [address], timeoutMs: 1_000, world }
  const outcome = await emailDestination(options).tell(telling())
  assert.ok(outcome.kind === 'retry' && !outcome.maybeAccepted)
})
