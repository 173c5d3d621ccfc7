import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkDestination } from '../../src/cli/doctor-destination.ts'
import { fromObject } from '../../src/config/config.ts'
import { systemWorld } from '../../src/world/world.ts'
import { Receiver } from '../contracts/receiver.ts'

const TOKEN = 'xoxb-2345678901-S3cretTokenOfTheBot'
const HOOK = '/services/T0SECRETTEAM/B0SECRETHOOK/S3cretPathOfTheHook'

test('the doctor tells whether Slack can be reached, by either way, and tells nobody anything', async () => {
  await using receiver = await Receiver.open()
  const world = systemWorld({ logLevel: 'silent' })
  const parsed = fromObject({
    destinations: {
      bot: { type: 'slack', token: TOKEN, channel: 'C0ALERTS', url: `${receiver.origin}/api` },
      hook: { type: 'slack', webhook_url: receiver.origin + HOOK },
    },
  })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  for (const settings of parsed.settings.destinations) {
    const [reached] = await checkDestination(settings, world)
    assert.equal(reached?.verdict, 'good')
    assert.ok(!/S3cret/.test(JSON.stringify(reached)))
  }
  await world.http.close()
  const asked = receiver.arrivals.map(({ method, path, body }) => `${method} ${path} ${body}`)
  assert.deepEqual(asked, ['GET / ', 'GET / '])
})
