import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { fromObject, type WebhookConfig } from '../config/config.ts'
import { systemWorld } from '../world/world.ts'
import { Receiver } from '../../test/contracts/receiver.ts'
import { checkDestination } from './doctor-destination.ts'
import type { Finding } from './finding.ts'

const PATH = '/services/secret-path'

/** What the doctor finds of a webhook on this machine, but for the clock. */
async function examine(
  t: TestContext,
  receiver: Receiver,
  more: Partial<WebhookConfig>,
): Promise<readonly Finding[]> {
  const world = systemWorld({ logLevel: 'silent' })
  t.after(() => world.http.close())
  const hook: WebhookConfig = { type: 'webhook', url: receiver.origin + PATH, allow_private: true, ...more }
  const parsed = fromObject({ destinations: { hook } })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const [settings] = parsed.settings.destinations
  assert.ok(settings !== undefined)
  const findings = await checkDestination(settings, world)
  assert.ok(!JSON.stringify(findings).includes(PATH))
  return findings.filter(({ about }) => about !== 'clock')
}

test('a webhook that can be reached is well, and hears of nothing', async (t) => {
  await using receiver = await Receiver.open()
  const host = receiver.origin.replace('http://', '')
  const signing_keys = [`whsec_${'A'.repeat(32)}`]
  assert.deepEqual(await examine(t, receiver, { signing_keys }), [
    {
      verdict: 'good',
      about: 'destination hook',
      message: `${host} can be reached (nobody was told anything).`,
    },
    { verdict: 'good', about: 'destination hook', message: 'its events are signed with one key.' },
  ])
  assert.deepEqual(
    receiver.arrivals.map(({ method, path, body }) => [method, path, body]),
    [['GET', '/', '']],
  )
})

test('a webhook whose events nobody can tell from others is doubtful', async (t) => {
  await using receiver = await Receiver.open()
  const [, signing] = await examine(t, receiver, {})
  assert.equal(signing?.verdict, 'doubtful')
})

test('a webhook in a private network that was not allowed is told so', async (t) => {
  await using receiver = await Receiver.open()
  const url = `${receiver.origin.replace('http:', 'https:')}${PATH}`
  const [reached] = await examine(t, receiver, { url, allow_private: false })
  assert.equal(reached?.verdict, 'bad')
  assert.match(
    reached.message,
    /cannot be reached: it leads to an address of a private network or of this machine\.$/,
  )
  assert.equal(reached.next, 'Set allow_private: true if that is meant.')
})
