import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { Action, Incident } from '../../decide/decide.ts'
import { virtualWorld, type HttpAnswer, type HttpFailure, type HttpRequest } from '../../world/world.ts'
import { INCIDENT as SHOWN } from '../../../test/contracts/destination-kind.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import { complainOfWebhook } from '../../../test/contracts/standard-webhook.ts'
import type { Destination, Telling } from '../destination.ts'
import { webhookId } from './webhook-event.ts'
import { webhookDestination, type WebhookDestinationOptions } from './webhook.ts'

const INCIDENT: Incident = { ...SHOWN, destination: 'tickets', updatedAt: NOW + 1_500 }

const DOC = readFileSync(new URL('../../../docs/webhook.md', import.meta.url), 'utf8')

const KEY = `whsec_${'bmV3'.repeat(8)}`
const OLD_KEY = `whsec_${'b2xk'.repeat(8)}`
const ADDRESS = 'https://hooks.example/services/secret-path'

function telling(action: Action, incident: Partial<Incident> = {}): Telling {
  return { action, incident: { ...INCIDENT, ...incident }, lead: alertOf() }
}

interface Stage {
  readonly destination: Destination
  readonly requests: HttpRequest[]
}

/** A webhook whose other side answers so. */
function stage(
  more: Partial<WebhookDestinationOptions> = {},
  answer: HttpAnswer | HttpFailure = { status: 200, headers: {}, body: '' },
): Stage {
  const requests: HttpRequest[] = []
  const world = virtualWorld({
    now: NOW + 60_000,
    respond: async (request) => {
      requests.push(request)
      return answer
    },
  })
  const destination = webhookDestination({
    name: 'tickets',
    url: () => ADDRESS,
    signingKeys: [],
    allowPrivate: false,
    timeoutMs: 10_000,
    world,
    ...more,
  })
  return { destination, requests }
}

async function posted(told: Telling, more: Partial<WebhookDestinationOptions> = {}): Promise<HttpRequest> {
  const { destination, requests } = stage(more)
  assert.equal((await destination.tell(told)).kind, 'accepted')
  return requests[0] ?? assert.fail('nothing was posted')
}

async function eventOf(told: Telling): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await posted(told)).body ?? '') as Readonly<Record<string, unknown>>
}

suite('the event', () => {
  test('of an incident holds all that is known of it', async () => {
    assert.deepEqual(await eventOf(telling('trigger')), {
      type: 'incident.triggered',
      timestamp: '2023-11-14T22:13:21.500Z',
      data: {
        key: 'disk-db-1',
        destination: 'tickets',
        status: 'triggered',
        severity: 'critical',
        summary: 'Disk full',
        opened_at: '2023-11-14T22:13:20.000Z',
        updated_at: '2023-11-14T22:13:21.500Z',
        firing: { critical: 1, error: 0, warning: 0, info: 0 },
        route: 'routes[0]',
        source: 'prometheus',
        affected: 'db-1',
        fingerprint: alertOf().fingerprint,
        labels: { alertname: 'DiskFull', instance: 'db-1' },
        annotations: {},
        details: {},
        links: [],
        images: [],
      },
    })
  })

  test('of a whole alert leaves nothing of it out', async () => {
    const lead = alertOf({
      startsAt: NOW - 1_000,
      endsAt: NOW,
      annotations: { description: 'Full.' },
      details: { free: 0 },
      links: [{ href: 'https://runbooks.example/disk', text: 'Runbook' }],
      images: [{ src: 'https://graphs.example/disk.png' }],
      classification: { label: 'Disk', confidence: 0.9, severity: 'critical' },
      event: {
        component: 'disk',
        group: 'db',
        class: 'full',
        client: 'Nagios',
        clientUrl: 'https://n.example',
        source: 'db-9',
      },
    })
    const { data } = await eventOf({
      action: 'resolve',
      incident: { ...INCIDENT, closedAt: NOW + 2_000 },
      lead,
    })
    const { status, resolved_at, starts_at, ends_at, affected, ...rest } = data as Record<string, unknown>
    assert.deepEqual(
      [status, resolved_at, starts_at, ends_at, affected],
      [
        'resolved',
        '2023-11-14T22:13:22.000Z',
        '2023-11-14T22:13:19.000Z',
        '2023-11-14T22:13:20.000Z',
        'db-9',
      ],
    )
    const { annotations, details, links, images, classification } = rest
    assert.deepEqual(
      { annotations, details, links, images, classification },
      {
        annotations: lead.annotations,
        details: lead.details,
        links: lead.links,
        images: lead.images,
        classification: lead.classification,
      },
    )
    for (const field of Object.keys(data as object))
      assert.match(DOC, new RegExp(`\\| .*\`${field}\`.* \\|`), field)
    const { component, group, class: kind, client, client_url } = rest
    assert.deepEqual(
      [component, group, kind, client, client_url],
      ['disk', 'db', 'full', 'Nagios', 'https://n.example'],
    )
  })

  test('is as the reference shows it', async () => {
    const shown = /```json\n([^`]*)```/.exec(DOC)?.[1] ?? ''
    const at = Date.parse('2026-08-22T08:42:58Z')
    const incident = { ...INCIDENT, key: 'DiskFull-db-1', route: 'databases', openedAt: at, updatedAt: at }
    const lead = alertOf({
      summary: 'Disk full on db-1',
      startsAt: at - 27_000,
      annotations: { description: 'No byte is free.' },
      links: [{ href: 'https://runbooks.example/disk', text: 'Runbook' }],
    })
    assert.deepEqual(JSON.parse(shown), await eventOf({ action: 'trigger', incident, lead }))
  })

  test('of a time on no calendar goes without it', async () => {
    const lead = alertOf({ startsAt: Number.NaN, endsAt: 8.64e15 + 1 })
    const { data } = await eventOf({ action: 'trigger', incident: INCIDENT, lead })
    assert.ok(!('starts_at' in (data as object)) && !('ends_at' in (data as object)))
  })

  const STATUSES: readonly (readonly [
    action: Action,
    wanted: Incident['status'],
    type: string,
    status: string,
  ])[] = [
    ['trigger', 'triggered', 'incident.triggered', 'triggered'],
    // Its acknowledgement, or its end, is told next.
    ['trigger', 'acknowledged', 'incident.triggered', 'triggered'],
    ['trigger', 'resolved', 'incident.triggered', 'triggered'],
    ['update', 'triggered', 'incident.updated', 'triggered'],
    ['remind', 'triggered', 'incident.reminded', 'triggered'],
    ['update', 'acknowledged', 'incident.updated', 'acknowledged'],
    ['acknowledge', 'acknowledged', 'incident.acknowledged', 'acknowledged'],
    ['resolve', 'resolved', 'incident.resolved', 'resolved'],
  ]
  for (const [action, wanted, type, status] of STATUSES) {
    test(`of a ${action} when it is to be ${wanted} says ${status}`, async () => {
      const event = await eventOf(telling(action, { status: wanted }))
      assert.deepEqual([event['type'], (event['data'] as Record<string, unknown>)['status']], [type, status])
    })
  }

  test('of several alerts lists them', async () => {
    const member = alertOf({ summary: 'Disk 2 full', labels: { instance: 'db-2' }, annotations: { a: 'b' } })
    const members = [
      { alert: alertOf(), severity: 'critical' as const },
      { alert: member, severity: 'error' as const },
    ]
    const { data } = await eventOf({ action: 'trigger', incident: INCIDENT, lead: alertOf(), members })
    assert.deepEqual((data as Record<string, unknown>)['members'], [
      {
        fingerprint: alertOf().fingerprint,
        severity: 'critical',
        summary: 'Disk full',
        labels: { alertname: 'DiskFull', instance: 'db-1' },
        annotations: {},
      },
      {
        fingerprint: member.fingerprint,
        severity: 'error',
        summary: 'Disk 2 full',
        labels: { instance: 'db-2' },
        annotations: { a: 'b' },
      },
    ])
    assert.match(DOC, /\| `members` \|/)
  })

  test('of a note holds what was remarked of which incident', async () => {
    const note = { incidentId: 7, key: 'disk-db-1', text: 'It may be disk 3.' }
    assert.deepEqual(await eventOf({ note }), {
      type: 'incident.noted',
      timestamp: '2023-11-14T22:14:20.000Z',
      data: { key: 'disk-db-1', destination: 'tickets', note: 'It may be disk 3.' },
    })
  })

  test('has its row in the reference, whatever its type', () => {
    for (const action of ['triggered', 'updated', 'reminded', 'acknowledged', 'resolved', 'noted'])
      assert.match(DOC, new RegExp(`\\| \`incident\\.${action}\` \\|`), action)
  })

  test('of a change holds all that is known of it', async () => {
    const change = {
      source: 'ci',
      summary: 'Deployed',
      origin: 'main',
      timestamp: '2026-08-22T08:42:58Z',
      labels: { team: 'db' },
      details: { build: 7 },
      links: [{ href: 'https://ci.example/7' }],
    }
    const { timestamp, ...data } = change
    assert.deepEqual(await eventOf({ change }), {
      type: 'change',
      timestamp,
      data: { destination: 'tickets', ...data },
    })
    const bare = await eventOf({ change: { source: 'ci', summary: ' ', labels: {}, links: [] } })
    assert.equal(bare['timestamp'], '2023-11-14T22:14:20.000Z')
    assert.equal((bare['data'] as Record<string, unknown>)['summary'], 'Change without a summary')
  })
})

test('the id of an event goes with it', async () => {
  const { headers } = await posted(telling('trigger'))
  assert.equal(headers['webhook-id'], webhookId(telling('trigger'), 'tickets'))
})

suite('a signature', () => {
  const signed = async (keys: readonly string[]): Promise<HttpRequest> =>
    posted(telling('trigger'), { signingKeys: keys.map((key) => () => key) })
  const complaint = (
    { headers, body = '' }: HttpRequest,
    key: string,
    at = NOW + 60_000,
  ): string | undefined => complainOfWebhook(headers, body, key, at)

  test('is there for each key, and holds for what was signed only', async () => {
    const request = await signed([KEY, OLD_KEY])
    assert.equal(request.headers['webhook-signature']?.split(' ').length, 2)
    for (const key of [KEY, OLD_KEY]) assert.equal(complaint(request, key), undefined)
    assert.equal(complaint(request, `whsec_${'c3Bh'.repeat(8)}`), 'no signature is by this key')
    assert.equal(complaint({ ...request, body: `${request.body} ` }, KEY), 'no signature is by this key')
    assert.equal(complaint(request, KEY, NOW + 3_600_000), 'it is too old, or from the future')
  })

  test('is made anew, for the time of each try', async () => {
    const { destination, requests } = stage({ signingKeys: [() => KEY] })
    await destination.tell(telling('trigger'))
    assert.equal(requests[0]?.headers['webhook-timestamp'], String(Math.floor((NOW + 60_000) / 1_000)))
  })

  test('is not there without a key, though the id is', async () => {
    const { headers } = await signed([])
    assert.ok(!('webhook-signature' in headers) && 'webhook-id' in headers && 'webhook-timestamp' in headers)
  })

  test('is by the key as it is now', async () => {
    let key = OLD_KEY
    const { destination, requests } = stage({ signingKeys: [() => key] })
    await destination.tell(telling('trigger'))
    key = KEY
    await destination.tell(telling('trigger'))
    const [before, since] = requests.map((request) => [complaint(request, OLD_KEY), complaint(request, KEY)])
    assert.deepEqual(
      [before, since],
      [
        [undefined, 'no signature is by this key'],
        ['no signature is by this key', undefined],
      ],
    )
  })
})

suite('who we are is shown', () => {
  test('by a token, by a name and a password, or by a header', async () => {
    const headersOf = async (auth: WebhookDestinationOptions['auth']): Promise<HttpRequest['headers']> =>
      (await posted(telling('trigger'), auth === undefined ? {} : { auth })).headers
    assert.equal((await headersOf(undefined))['authorization'], undefined)
    assert.equal((await headersOf({ kind: 'bearer', token: () => 'abc' }))['authorization'], 'Bearer abc')
    const basic = { kind: 'basic', username: 'Aladdin', password: () => 'open sesame' } as const
    // The example of RFC 7617, section 2.
    assert.equal((await headersOf(basic))['authorization'], 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
    const header = { kind: 'header', name: 'X-API-Key', value: () => 'abc' } as const
    assert.equal((await headersOf(header))['x-api-key'], 'abc')
  })
})

test('headers of one`s own are sent, and take the place of none of ours', async () => {
  const headers = { accept: 'application/vnd.example+json', 'webhook-id': 'mine' }
  const request = await posted(telling('trigger'), { headers, auth: { kind: 'bearer', token: () => 'abc' } })
  assert.equal(request.headers['accept'], 'application/vnd.example+json')
  assert.match(request.headers['webhook-id'] ?? '', /^msg_/)
})

suite('a private network', () => {
  test('is refused, unless it is allowed', async () => {
    assert.equal((await posted(telling('trigger'))).refusePrivate, true)
    assert.equal((await posted(telling('trigger'), { allowPrivate: true })).refusePrivate, false)
  })

  test('that refused is told for what it is, and tried again: names come to lead elsewhere', async () => {
    const reason = 'it leads to an address of a private network or of this machine'
    const { destination } = stage({}, { failure: 'connection', sent: false, refused: true, reason })
    assert.deepEqual(await destination.tell(telling('trigger')), {
      kind: 'retry',
      reason: 'connection',
      maybeAccepted: false,
      message: `The webhook was not told: ${reason}. Set allow_private: true if that is meant.`,
    })
  })
})

suite('what is said of an answer', () => {
  const said = async (answer: HttpAnswer | HttpFailure): Promise<string> =>
    (await stage({}, answer).destination.tell(telling('trigger'))).message

  test('is its status, the beginning of its text, and what to do', async () => {
    assert.equal(
      await said({ status: 410, headers: {}, body: '' }),
      'The webhook refused the event (410). What stood there is gone: set another url, or take the destination out of the config.',
    )
    assert.equal(
      await said({ status: 404, headers: {}, body: 'Cannot POST /services/secret-path\n' }),
      'The webhook refused the event (404: Cannot POST [secret]). Check url.',
    )
    assert.equal(
      await said({ status: 500, headers: {}, body: 'x'.repeat(500) }),
      `The webhook could not answer (500: ${'x'.repeat(199)}…). It may have taken the event all the same.`,
    )
  })

  test('holds nothing of an error that was thrown', async () => {
    const url = (): string => {
      throw new TypeError(`cannot read ${ADDRESS}`)
    }
    const { destination } = stage({ url })
    assert.deepEqual(await destination.tell(telling('trigger')), {
      kind: 'retry',
      reason: 'connection',
      maybeAccepted: true,
      message: 'Sending failed unexpectedly (TypeError). The webhook may have taken the event all the same.',
    })
  })
})
