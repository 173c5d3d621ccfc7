import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openService, post, type Service } from './service.ts'
import { send } from './send.ts'

let service: Service

before(async () => {
  service = await openService()
})
after(() => service.close())

const GOOD = { matchers: ['team=db'], author: 'maria', reason: 'Disks are changed', duration: '2h' }

interface Silence {
  readonly id: string
  readonly state: string
  readonly matchers: readonly string[]
  readonly starts_at: string
  readonly ends_at: string
  readonly created_at: string
}

async function put(
  body: object,
  path = '/v1/silences',
): Promise<{ status: number; body: Silence & Refusal }> {
  const answer = await post(service.url + path, body)
  return { status: answer.status, body: (await answer.json()) as Silence & Refusal }
}

interface Refusal {
  readonly error: { readonly problems: readonly { readonly path: string; readonly message: string }[] }
}

async function listed(query = ''): Promise<readonly Silence[]> {
  const answer = await fetch(`${service.url}/v1/silences${query}`)
  return ((await answer.json()) as { silences: Silence[] }).silences
}

const paths = ({ error }: Refusal): string[] => error.problems.map(({ path }) => path)

test('what is wrong with a silence is told all at once, each with its path, and nothing is made', async () => {
  const cases: readonly (readonly [body: unknown, paths: readonly string[]])[] = [
    [[], ['']],
    [{}, ['ends_at']],
    [
      { ...GOOD, matchers: 'team=db', author: 7, colour: 'red', starts_at: 'now' },
      ['colour', 'matchers', 'author', 'starts_at'],
    ],
    [{ ...GOOD, matchers: [] }, ['matchers']],
    [{ ...GOOD, matchers: ['=', 7, 'team=db'] }, ['matchers[0]', 'matchers[1]']],
    [{ ...GOOD, matchers: ['team=~"("', 'a=b', 'c!~"["'] }, ['matchers[0]', 'matchers[2]']],
    [{ ...GOOD, matchers: ['team=', 'host=~".*"'] }, ['matchers']],
    [{ ...GOOD, author: '  ', reason: '' }, ['author', 'reason']],
    [{ ...GOOD, reason: 'x'.repeat(5_000) }, ['reason']],
    [{ ...GOOD, duration: 'two hours' }, ['duration']],
    [{ ...GOOD, ends_at: '2049-01-01T00:00:00Z' }, ['duration']],
    [{ ...GOOD, duration: undefined, ends_at: '2020-01-01T00:00:00Z' }, ['ends_at']],
    [{ ...GOOD, duration: undefined, ends_at: '2049-02-30T00:00:00Z' }, ['ends_at']],
    [{ ...GOOD, starts_at: '2049-02-29T00:00:00Z' }, ['starts_at']],
    [{ ...GOOD, matchers: ['team="db', 'über=x'] }, ['matchers[0]', 'matchers[1]']],
    [
      {
        ...GOOD,
        duration: undefined,
        starts_at: '2049-01-02T00:00:00Z',
        ends_at: '2049-01-01T00:00:00Z',
      },
      ['ends_at'],
    ],
    [{ ...GOOD, matchers: Array.from({ length: 65 }, (_, n) => `l${n}=x`) }, ['matchers']],
    [{ ...GOOD, matchers: [`team="${'x'.repeat(5_000)}"`] }, ['matchers[0]']],
  ]
  for (const [body, expected] of cases) {
    const answer = await put(body as object)
    assert.equal(answer.status, 400, JSON.stringify(body).slice(0, 200))
    assert.deepEqual(paths(answer.body), expected)
  }
  assert.deepEqual(await listed('?state=all'), [])
})

test('the end and the reason of a silence that lasts can change; with other matchers it is ended and another lasts', async () => {
  const { body: made } = await put(GOOD)
  const { body: longer } = await put({ ...GOOD, id: made.id, duration: '5h', reason: 'It takes longer' })
  assert.equal(longer.id, made.id)
  assert.equal(longer.starts_at, made.starts_at)
  assert.ok(longer.ends_at > made.ends_at)
  const { body: other } = await put({ ...GOOD, id: made.id, matchers: ['team=web'] })
  assert.notEqual(other.id, made.id)
  const states = (await listed('?state=all')).map(({ id, state }) => [id, state])
  assert.deepEqual(states, [
    [other.id, 'active'],
    [made.id, 'expired'],
  ])
  const { body: later } = await put({ ...GOOD, id: other.id, matchers: ['team=web'], starts_at: soon() })
  assert.equal(later.state, 'pending')
  assert.notEqual(later.id, other.id, 'when it began is history too')
  assert.equal((await put({ ...GOOD, id: '00000000-0000-4000-a000-000000000000' })).status, 404)
  assert.equal((await send(service.url, { method: 'DELETE', path: `/v1/silences/${later.id}` })).status, 200)
  assert.equal((await send(service.url, { method: 'DELETE', path: `/v1/silences/${later.id}` })).status, 200)
  assert.equal((await send(service.url, { method: 'DELETE', path: '/v1/silences/none' })).status, 404)
  assert.deepEqual(await listed(), [])
})

function soon(): string {
  return new Date(Date.now() + 60_000).toISOString()
}

test('silences are listed by state and by a matcher that they have', async () => {
  await put({ ...GOOD, matchers: ['team=listed', 'host=~"db-.*"'] })
  await put({ ...GOOD, matchers: ['team=listed'], starts_at: soon() })
  const matcher = encodeURIComponent('team="listed"')
  assert.deepEqual(
    (await listed(`?matcher=${matcher}`)).map(({ state }) => state),
    ['active', 'pending'],
  )
  assert.equal((await listed(`?matcher=${matcher}&state=pending`)).length, 1)
  assert.equal((await listed(`?matcher=${encodeURIComponent('host=~"db-.*"')}`)).length, 1)
  assert.equal((await listed(`?matcher=${encodeURIComponent('host="db-.*"')}`)).length, 0)
  for (const query of ['?matcher=nonsense', '?state=asleep', '?limit=1', '?matcher=a%3Db&matcher=c%3Dd'])
    assert.equal((await fetch(`${service.url}/v1/silences${query}`)).status, 400, query)
})

test("a silence about the severity, changed by one of Alertmanager's clients, stays about the severity", async () => {
  const { body: made } = await put({ ...GOOD, matchers: ['severity=critical'] })
  const shown = (await (await fetch(`${service.url}/api/v2/silence/${made.id}`)).json()) as object
  const answer = await post(`${service.url}/api/v2/silences`, { ...shown, comment: 'changed' })
  assert.deepEqual(await answer.json(), { silenceID: made.id })
  const body = await (await fetch(`${service.url}/v1/silences/${made.id}`)).json()
  assert.deepEqual((body as Silence).matchers, ['severity="critical"'])
})

test("what is wrong with a silence of Alertmanager's form is answered as a JSON text", async () => {
  const good = {
    matchers: [{ name: 'a', value: 'b', isRegex: false }],
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2049-01-01T00:00:00.123456789+02:00',
    createdBy: 'maria',
    comment: 'why',
  }
  const cases: readonly (readonly [body: unknown, said: RegExp])[] = [
    ['{', /JSON/],
    [[], /object/],
    [{ ...good, createdBy: undefined }, /createdBy/],
    [{ ...good, comment: '' }, /comment is missing/],
    [{ ...good, endsAt: 'soon' }, /endsAt/],
    [{ ...good, endsAt: '2049-02-30T00:00:00Z' }, /endsAt .*a day that there is/],
    [{ ...good, endsAt: '2026-01-02T00:00:00Z' }, /endsAt has passed/],
    [{ ...good, matchers: [] }, /at least one/],
    [{ ...good, matchers: [{ name: 'a', value: 'b' }] }, /matchers\.0/],
    [{ ...good, matchers: [{ name: 'a', value: '(', isRegex: true }] }, /expression/],
  ]
  for (const [body, said] of cases) {
    const answer = await post(`${service.url}/api/v2/silences`, body)
    assert.equal(answer.status, 400)
    const text: unknown = await answer.json()
    assert.ok(typeof text === 'string')
    assert.match(text, said)
  }
  const unknown = await post(`${service.url}/api/v2/silences`, { ...good, id: 'none' })
  assert.deepEqual([unknown.status, await unknown.json()], [404, 'silence not found'])
  assert.equal((await post(`${service.url}/api/v2/silences`, good)).status, 200)
  assert.equal((await fetch(`${service.url}/api/v2/silences?filter=nonsense`)).status, 400)
  assert.equal((await fetch(`${service.url}/api/v2/silences?filter=a=%22b`)).status, 400)
  assert.equal((await fetch(`${service.url}/api/v2/silence/none`)).status, 404)
})

test('a note needs a text, an incident, and a destination that takes notes', async () => {
  await post(`${service.url}/v1/alerts`, { dedup_key: 'noted', summary: 'Noted' })
  const note = async (id: string, body: unknown, headers = {}): Promise<number> =>
    (await post(`${service.url}/v1/incidents/${id}/notes`, body, headers)).status
  assert.equal(await note('1', { text: 'Looking at it' }), 409)
  assert.equal(await note('99', { text: 'Looking at it' }), 404)
  assert.equal(await note('x', { text: 'Looking at it' }), 404)
  for (const body of [
    {},
    [],
    { text: ' ' },
    { text: 7 },
    { text: 'x'.repeat(10_001) },
    { text: 'a', more: 1 },
  ])
    assert.equal(await note('1', body), 400, JSON.stringify(body).slice(0, 100))
  assert.equal(await note('1', { text: 'a' }, { 'idempotency-key': 'x'.repeat(256) }), 400)
})

test('a note is told once, however often it is sent with one Idempotency-Key', async () => {
  const slack = { type: 'slack', token: 'xoxb-of-nobody-at-all', channel: 'C0123456789' } as const
  const noting = await openService({ destinations: { chat: slack } }, { start: false })
  try {
    await post(`${noting.url}/v1/alerts`, { dedup_key: 'noted', summary: 'Noted' })
    const headers = { 'idempotency-key': 'once' }
    for (const text of ['one', 'one'])
      assert.equal((await post(`${noting.url}/v1/incidents/1/notes`, { text }, headers)).status, 200)
    assert.equal((await post(`${noting.url}/v1/incidents/1/notes`, { text: 'two' })).status, 200)
    const notes = (await noting.pipeline.store.deliveries({})).filter(({ action }) => action === 'note')
    assert.deepEqual(notes.map(({ summary }) => summary).sort(), ['one', 'two'])
  } finally {
    await noting.close()
  }
})

test('where no config can be read again, a reload is refused', async () => {
  assert.equal((await post(`${service.url}/-/reload`, '')).status, 409)
})
