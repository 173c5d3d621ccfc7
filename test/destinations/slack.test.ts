import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Incident, Outcome } from '../../src/decide/decide.ts'
import { slackDestination, type SlackDestinationOptions } from '../../src/destinations/destinations.ts'
import type { Telling } from '../../src/destinations/destinations.ts'
import { systemWorld } from '../../src/world/world.ts'
import { INCIDENT, telling } from '../contracts/destination-kind.ts'
import { NOW } from '../contracts/memory.ts'
import { openSlack, type ShownMessage, type SlackVendor, type SlackVendorOptions } from '../vendors/slack.ts'

const TOKEN = 'xoxb-2345678901-S3cretTokenOfTheBot'
const HOOK = '/services/T0SECRETTEAM/B0SECRETHOOK/S3cretPathOfTheHook'

interface Stage {
  readonly slack: SlackVendor
  /** By a destination of its own, as after a restart. */
  readonly tell: (telling: Telling, more?: Partial<SlackDestinationOptions>) => Promise<Outcome>
}

function onStage(
  run: (stage: Stage) => Promise<void>,
  more: Partial<SlackVendorOptions> = {},
): () => Promise<void> {
  return async () => {
    const channels = { alerts: 'C0ALERTS', others: 'C0OTHERS' }
    await using slack = await openSlack({ token: TOKEN, channels, hookPath: HOOK, ...more })
    const world = systemWorld({ logLevel: 'silent' })
    const way = { kind: 'bot', token: () => TOKEN, channel: '#alerts', url: `${slack.origin}/api/` } as const
    const tell: Stage['tell'] = async (told, more = {}) => {
      const destination = slackDestination({ name: 'ops', way, timeoutMs: 20_000, world, ...more })
      const outcome = await destination.tell(told)
      await destination.close()
      assert.ok(!/S3cret/i.test(JSON.stringify(outcome)), JSON.stringify(outcome))
      return outcome
    }
    try {
      await run({ slack, tell })
      assert.deepEqual(slack.complaints, [])
    } finally {
      await world.http.close()
    }
  }
}

function referenceOf(outcome: Outcome): string {
  assert.ok(outcome.kind === 'accepted', outcome.message)
  return outcome.reference ?? assert.fail('no reference')
}

function threadOf({ messages }: SlackVendor): readonly ShownMessage[] {
  return messages.filter(({ thread }) => thread !== undefined)
}

const textsOf = (messages: readonly ShownMessage[]): readonly unknown[] =>
  messages.map(({ body }) => body['text'])

suite('an incident told by a bot', () => {
  test(
    'is one message, which is edited as it goes on, with what people wait for in its thread',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      assert.equal(reference, 'C0ALERTS:1700000000.000001')
      const known = {
        reference,
        told: { ...INCIDENT.told, status: 'triggered', severity: 'warning' },
      } as const
      for (const step of [
        telling('update', known),
        telling('remind', known),
        telling('acknowledge', { ...known, status: 'acknowledged' }),
        telling('resolve', { ...known, status: 'resolved', closedAt: NOW + 7_500_000 }),
      ])
        assert.equal(referenceOf(await tell(step)), reference)
      const [shown, ...others] = slack.messages.filter(({ thread }) => thread === undefined)
      assert.deepEqual([shown?.body['text'], shown?.edits, others], ['Resolved: Disk full', 3, []])
      assert.deepEqual(textsOf(threadOf(slack)), [
        'The severity was raised from warning to critical.',
        'Reminder: Disk full – firing since 2023-11-14 22:13 UTC, and nobody is on it.',
        'Acknowledged.',
        'Resolved after 2h 5m.',
      ])
      const loud = threadOf(slack).map(({ body }) => body['reply_broadcast'] === true)
      assert.deepEqual(loud, [true, true, false, false])
    }),
  )

  test(
    'carries its key for programs that read the channel',
    onStage(async ({ slack, tell }) => {
      await tell(telling())
      assert.deepEqual(slack.messages[0]?.body['metadata'], {
        event_type: 'tocsin_incident',
        event_payload: {
          key: 'disk-db-1',
          incident_id: 7,
          destination: 'oncall',
          status: 'triggered',
          severity: 'critical',
        },
      })
    }),
  )

  test(
    'that is told again, or came back, is the same message, and people are told',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      assert.equal(referenceOf(await tell(telling('trigger', { reference }))), reference)
      assert.deepEqual(textsOf(slack.messages), ['Critical: Disk full', 'Firing: critical.'])
    }),
  )

  test(
    'whose content changed, and neither gets worse nor has several alerts, is edited in silence',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      const known: Partial<Incident> = { reference, told: { ...INCIDENT.told, severity: 'critical' } }
      await tell(telling('update', known))
      assert.equal(slack.messages.length, 1)
      const update = telling('update', { ...known, firing: { ...INCIDENT.firing, critical: 2 } })
      const member = { alert: update.lead, severity: 'critical' } as const
      await tell({ ...update, members: [member, member] })
      assert.deepEqual(textsOf(threadOf(slack)), ['Now firing: 2.'])
    }),
  )

  test(
    'stays in the channel where it began, when another was configured since',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      const way = { kind: 'bot', token: () => TOKEN, channel: 'others', url: `${slack.origin}/api` } as const
      assert.equal(referenceOf(await tell(telling('resolve', { reference }), { way })), reference)
      assert.ok(slack.messages.every(({ channel }) => channel === 'C0ALERTS'))
    }),
  )

  for (const action of ['trigger', 'update', 'remind', 'acknowledge', 'resolve'] as const)
    test(
      `whose message is gone is posted anew: ${action}`,
      onStage(async ({ slack, tell }) => {
        const reference = referenceOf(await tell(telling()))
        slack.messages.length = 0
        const outcome = await tell(telling(action, { reference }))
        assert.notEqual(referenceOf(outcome), reference)
        assert.equal(slack.messages.length, 1)
        assert.ok(outcome.kind === 'accepted')
        assert.match(
          outcome.notes?.join() ?? '',
          /^its message was gone \(\w+_not_found\), and was posted anew$/,
        )
      }),
    )

  test(
    'whose message can no longer be edited is posted anew',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      for (const word of ['cant_update_message', 'edit_window_closed', 'channel_not_found', 'is_inactive']) {
        slack.refusals.set('chat.update', word)
        assert.notEqual(referenceOf(await tell(telling('update', { reference }))), reference)
      }
    }),
  )

  test(
    'is told when it was edited, though the reply in its thread failed, and that is said',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      slack.refusals.set('chat.postMessage', 'restricted_action_non_threadable_channel')
      const outcome = await tell(telling('resolve', { reference }))
      assert.equal(referenceOf(outcome), reference)
      assert.ok(outcome.kind === 'accepted')
      assert.match(
        outcome.notes?.[0] ?? '',
        /^the reply in its thread failed: Slack refused the message \(200: restr/,
      )
    }),
  )

  const RAISED = { told: { ...INCIDENT.told, status: 'triggered', severity: 'warning' } } as const

  for (const action of ['trigger', 'update'] as const) {
    test(
      `is told again when what should make people look could not be said for now: ${action}`,
      onStage(async ({ slack, tell }) => {
        const reference = referenceOf(await tell(telling()))
        for (const word of ['ratelimited', 'internal_error']) {
          slack.refusals.set('chat.postMessage', word)
          const outcome = await tell(telling(action, { ...RAISED, reference }))
          assert.deepEqual(
            [outcome.kind, 'maybeAccepted' in outcome && outcome.maybeAccepted],
            ['retry', true],
          )
        }
        slack.refusals.clear()
        assert.equal(referenceOf(await tell(telling(action, { ...RAISED, reference }))), reference)
        assert.equal(threadOf(slack).length, 1)
      }),
    )

    test(
      `is posted anew when what should make people look can never be said in its thread: ${action}`,
      onStage(async ({ slack, tell }) => {
        const reference = referenceOf(await tell(telling()))
        slack.refusals.set('thread', 'restricted_action_non_threadable_channel')
        const outcome = await tell(telling(action, { ...RAISED, reference }))
        assert.notEqual(referenceOf(outcome), reference)
        assert.equal(slack.messages.filter(({ thread }) => thread === undefined).length, 2)
        assert.ok(outcome.kind === 'accepted')
        assert.match(
          outcome.notes?.join() ?? '',
          /^no reply could be shown in the channel \(restricted_action/,
        )
      }),
    )
  }

  test(
    'with a reference that is none of ours is posted',
    onStage(async ({ tell }) => {
      for (const reference of ['', 'x', '../C0ALERTS:1.1', 'C0ALERTS:now', 'c0:1.1'])
        assert.match(referenceOf(await tell(telling('update', { reference }))), /^C0ALERTS:/)
    }),
  )
})

suite('a note', () => {
  test(
    'is said in the thread of its incident, and by itself where there is none',
    onStage(async ({ slack, tell }) => {
      const reference = referenceOf(await tell(telling()))
      const note = { incidentId: 7, key: 'disk-db-1', text: '<!channel> disk 3' }
      assert.equal((await tell({ note: { ...note, reference } })).kind, 'accepted')
      assert.deepEqual(textsOf(threadOf(slack)), ['&lt;!channel&gt; disk 3'])
      slack.messages.length = 0
      for (const more of [{ reference }, {}])
        assert.equal((await tell({ note: { ...note, ...more } })).kind, 'accepted')
      assert.deepEqual(
        textsOf(slack.messages),
        Array.from({ length: 2 }, () => 'Note on disk-db-1: &lt;!channel&gt; disk 3'),
      )
    }),
  )
})

suite('what Slack answers', () => {
  test(
    'to more than a channel takes is a rate limit with its wait',
    onStage(
      async ({ tell }) => {
        await tell(telling())
        assert.deepEqual(await tell(telling()), {
          kind: 'retry',
          reason: 'rate-limited',
          status: 429,
          afterMs: 1_000,
          maybeAccepted: false,
          message: "Slack's rate limit is reached (429: ratelimited). It did not take the message.",
        })
      },
      { isLimited: true },
    ),
  )

  test(
    'is told with its word and what to do next',
    onStage(async ({ slack, tell }) => {
      const saidOf = async (body: object): Promise<string> => {
        slack.behaviour = { status: 200, body: JSON.stringify(body) }
        return (await tell(telling())).message
      }
      assert.equal(
        await saidOf({ ok: false, error: 'not_in_channel' }),
        'Slack refused the message (200: not_in_channel). Invite the app to the channel: /invite @its-name.',
      )
      assert.equal(
        await saidOf({ ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'identify' }),
        'Slack refused the message (200: missing_scope, needed: chat:write). Give the app the scope chat:write, and install it anew.',
      )
      assert.match(
        await saidOf({
          ok: false,
          error: 'invalid_blocks',
          response_metadata: { messages: [`[ERROR] ${TOKEN}`] },
        }),
        /^Slack refused the message \(200: invalid_blocks, \[ERROR\] \[secret\]\)\. The message is not what it takes/,
      )
      assert.equal(
        await saidOf({ ok: true }),
        'The answer is not Slack\'s own (200: {"ok":true}). It may have taken the message all the same. Check url, and what is between.',
      )
    }),
  )

  test(
    'is understood however long the echo of the message in it is',
    onStage(async ({ slack, tell }) => {
      const body = `{"ok":true,"channel":"C0ALERTS","ts":"1700000000.000009","message":{"text":"${'x'.repeat(100_000)}"}}`
      slack.behaviour = { status: 200, body }
      assert.equal(referenceOf(await tell(telling())), 'C0ALERTS:1700000000.000009')
    }),
  )

  test(
    'to a token that was replaced is asked for with the new one',
    onStage(async ({ slack, tell }) => {
      let token = 'xoxb-old'
      const way = {
        kind: 'bot',
        token: () => token,
        channel: 'C0ALERTS',
        url: `${slack.origin}/api`,
      } as const
      assert.match((await tell(telling(), { way })).message, /invalid_auth\)\. Check token/)
      token = TOKEN
      assert.equal((await tell(telling(), { way })).kind, 'accepted')
      assert.deepEqual(slack.complaints.splice(0), ['invalid_auth: a wrong token'])
    }),
  )
})

suite('an incoming webhook', () => {
  test(
    'posts the beginning and the end, each as a message of its own',
    onStage(async ({ slack, tell }) => {
      const way = { kind: 'webhook', url: () => slack.origin + HOOK } as const
      for (const action of ['trigger', 'remind', 'resolve'] as const)
        assert.deepEqual(await tell(telling(action), { way }), {
          kind: 'accepted',
          status: 200,
          message: 'Slack took the message.',
        })
      const texts = ['Critical: Disk full', 'Reminder: Disk full', 'Resolved: Disk full']
      assert.deepEqual(textsOf(slack.messages), texts)
    }),
  )

  test(
    'takes no notes, and says what would',
    onStage(async ({ slack, tell }) => {
      const way = { kind: 'webhook', url: () => slack.origin + HOOK } as const
      const outcome = await tell({ note: { incidentId: 7, key: 'k', text: 'a note' } }, { way })
      assert.deepEqual(outcome, {
        kind: 'rejected',
        reason: 'refused',
        message: '"ops" takes no notes: set token and channel instead.',
      })
    }),
  )

  test(
    'that is gone is told for what it is',
    onStage(async ({ slack, tell }) => {
      const way = { kind: 'webhook', url: () => slack.origin + HOOK } as const
      slack.behaviour = { status: 404, body: 'no_service' }
      const { message } = await tell(telling(), { way })
      assert.equal(
        message,
        'Slack refused the message (404: no_service). The webhook is gone: make a new one in the settings of the app, and set webhook_url.',
      )
    }),
  )
})

test(
  'an error that is thrown is a value, and nothing of it is told',
  onStage(async ({ tell }) => {
    const token = (): string => {
      throw new TypeError(`cannot read ${TOKEN}`)
    }
    const outcome = await tell(telling(), { way: { kind: 'bot', token, channel: 'C0ALERTS' } })
    assert.deepEqual(outcome, {
      kind: 'retry',
      reason: 'connection',
      maybeAccepted: true,
      message: 'Sending failed unexpectedly (TypeError). Slack may have taken the message all the same.',
    })
  }),
)
