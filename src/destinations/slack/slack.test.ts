import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INCIDENT, telling } from '../../../test/contracts/destination-kind.ts'
import { virtualWorld, type HttpAnswer, type HttpRequest, type VirtualWorld } from '../../world/world.ts'
import type { Destination } from '../destination.ts'
import { slackDestination } from './slack.ts'

const REFERENCE = 'C0ALERTS:1700000000.000001'

interface Stage {
  readonly destination: Destination
  readonly requests: HttpRequest[]
}

/** A bot whose Slack takes so long for each answer. */
function stage(tookMs: number, answerTo: (request: HttpRequest) => object): Stage {
  const requests: HttpRequest[] = []
  const world: VirtualWorld = virtualWorld({
    respond: async (request): Promise<HttpAnswer> => {
      requests.push(request)
      world.jump(tookMs)
      return { status: 200, headers: {}, body: JSON.stringify(answerTo(request)) }
    },
  })
  const way = { kind: 'bot', token: () => 'xoxb-1', channel: 'C0ALERTS' } as const
  return { destination: slackDestination({ name: 'ops', way, timeoutMs: 10_000, world }), requests }
}

const taken = (): object => ({ ok: true, channel: 'C0ALERTS', ts: '1700000000.000001' })
const isEdit = ({ url }: HttpRequest): boolean => url.endsWith('chat.update')

test('an edit and its reply together take no longer than one send may', async () => {
  const { destination, requests } = stage(4_000, taken)
  const outcome = await destination.tell(telling('resolve', { reference: REFERENCE }))
  assert.ok(outcome.kind === 'accepted' && outcome.notes === undefined)
  assert.deepEqual(
    requests.map(({ url, deadlineMs }) => [url, deadlineMs]),
    [
      ['https://slack.com/api/chat.update', 10_000],
      ['https://slack.com/api/chat.postMessage', 6_000],
    ],
  )
})

test('a reply for which no time is left is not sent, and that is said', async () => {
  const { destination, requests } = stage(10_000, taken)
  const outcome = await destination.tell(telling('resolve', { reference: REFERENCE }))
  assert.ok(outcome.kind === 'accepted')
  assert.equal(outcome.reference, REFERENCE)
  assert.match(outcome.notes?.join() ?? '', /^the reply in its thread failed: No time was left/)
  assert.equal(requests.length, 1)
})

test('a message that is gone is posted anew the next time, when no time is left for it now', async () => {
  const { destination } = stage(10_000, (request) =>
    isEdit(request) ? { ok: false, error: 'message_not_found' } : taken(),
  )
  const outcome = await destination.tell(telling('update', { reference: REFERENCE }))
  assert.ok(outcome.kind === 'retry')
  assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['timeout', false])
})

test('an answer that is no answer of Slack to this is no promise, whatever JSON it is', async () => {
  for (const body of [null, 7, [], 'ok', { ok: 'true' }, { ok: true, channel: 'x y', ts: '1.1' }]) {
    const { destination } = stage(0, () => body as object)
    const outcome = await destination.tell(telling())
    assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted, JSON.stringify(body))
  }
})

test('a summary with a name for everybody in it names nobody', async () => {
  const { destination, requests } = stage(0, taken)
  await destination.tell(telling('trigger', INCIDENT, { summary: '<!everyone> & <@U1>' }))
  const { text } = JSON.parse(requests[0]?.body ?? '') as { readonly text: string }
  assert.equal(text, 'Critical: &lt;!everyone&gt; &amp; &lt;@U1&gt;')
})
