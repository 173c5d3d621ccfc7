/** `tocsin silence` and `tocsin note`: what a person types to be left alone for a while, and to tell the others something. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../process/until.ts'
import { json, ROUTING_KEY, sitDown, type Desk } from './tocsin.ts'

interface Silence {
  readonly id: string
  readonly state: string
  readonly author: string
  readonly matchers: readonly string[]
  readonly starts_at: string
  readonly ends_at: string
}

async function listed(desk: Desk, ...args: string[]): Promise<readonly Silence[]> {
  const ran = await desk.tocsin('silence', 'list', '--json', ...args)
  assert.deepEqual([ran.code, ran.stderr], [0, ''])
  return json(ran)['silences'] as Silence[]
}

const WHY = ['--author', 'maria', '--reason', 'Disks are changed']

test('a silence at a service mutes what matches until it is ended, and then it is told', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  const { url } = await desk.serve('--log-level', 'error')
  const add = await desk.tocsin('silence', 'add', 'instance=~"db-.*"', '--for', '2h', ...WHY, '--url', url)
  assert.deepEqual([add.code, add.stderr], [0, ''])
  assert.match(add.stdout, /^Silence [\da-f-]{36}: instance=~"db-\.\*" is not told until 20\S+Z\.\n$/)
  const trigger = (host: string): Promise<unknown> =>
    desk.tocsin('trigger', host, '--summary', 'down', '--label', `instance=${host}`, '--url', url)
  await trigger('db-1')
  await trigger('web-1')
  await desk.emulator.waitFor('web-1', 'triggered')
  assert.equal(desk.emulator.incident('db-1'), undefined)
  const [silence] = await listed(desk, '--url', url)
  assert.ok(silence !== undefined)
  assert.equal(Date.parse(silence.ends_at) - Date.parse(silence.starts_at), 2 * 3_600_000)
  const shown = await desk.tocsin('silence', 'list', '--url', url)
  assert.match(shown.stdout, /^ID +STATE +FROM +UNTIL +AUTHOR +MATCHERS +REASON\n\S{36} +active .*maria/)
  const page = await (await fetch(url)).text()
  assert.match(page, new RegExp(`Muted.*silence ${silence.id} by maria`, 's'))
  assert.match(page, new RegExp(`data-post="/v1/silences/${silence.id}/expire"`))
  const ended = await desk.tocsin('silence', 'expire', silence.id, '--url', url)
  assert.deepEqual([ended.code, ended.stderr], [0, ''])
  await desk.emulator.waitFor('db-1', 'triggered')
  assert.deepEqual(await listed(desk, '--url', url), [])
  assert.equal((await listed(desk, '--url', url, '--all'))[0]?.state, 'expired')
})

test('a silence made in the store is gone by whoever runs on it next, and by a service within a second', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  await desk.tocsin('trigger', 'first', '--summary', 'down', '--label', 'team=db')
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const add = await desk.tocsin('silence', 'add', 'team=db', '--until', until, ...WHY, '--json')
  assert.deepEqual([add.code, add.stderr], [0, ''])
  const { id } = json(add) as unknown as Silence
  const muted = await desk.tocsin('trigger', 'second', '--summary', 'down', '--label', 'team=db')
  assert.equal(muted.code, 0)
  assert.equal(desk.emulator.incident('second'), undefined)
  await desk.serve('--log-level', 'error')
  assert.equal((await desk.tocsin('silence', 'expire', id)).code, 0)
  await desk.emulator.waitFor('second', 'triggered')
})

test('a silence that is not to be made is told with everything that is wrong, and exits 2', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  await desk.tocsin('trigger', 'db-1', '--summary', 'down')
  const cases: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [['team=db', ...WHY], /--for DURATION or --until/],
    [['team=db', '--for', '1h', '--until', '2049-01-01T00:00:00Z', ...WHY], /one of the two/],
    [['team=db', '--for', '1h', '--author', 'maria'], /--reason/],
    [['nonsense', '--for', 'soon', ...WHY], /the matcher nonsense: is no matcher.*\n +--for: /s],
    [['team=', '--for', '1h', ...WHY], /empty text/],
    [['team=~"("', '--for', '1h', ...WHY], /expression/],
    [['team=db', '--until', '2020-01-01T00:00:00Z', ...WHY], /--until: has passed/],
    [['team=db', '--until', '2049-02-30T00:00:00Z', ...WHY], /--until: .*of a day that there is/],
    [
      ['team=db', '--for', '1h', '--start', '2049-02-30T00:00:00Z', ...WHY],
      /--start: .*of a day that there is/,
    ],
    [['team="db', '--for', '1h', ...WHY], /the matcher team="db: has a quote that is not closed/],
    [['über=x', '--for', '1h', ...WHY], /the matcher über=x: .*ASCII letters, digits/],
  ]
  for (const [args, said] of cases) {
    const ran = await desk.tocsin('silence', 'add', ...args)
    assert.equal(ran.code, 2, `${args.join(' ')}: ${ran.stderr}`)
    assert.match(ran.stderr, said)
    assert.equal(ran.stdout, '')
  }
  assert.deepEqual(await listed(desk, '--all'), [])
  const unknown = await desk.tocsin('silence', 'expire', '00000000-0000-4000-a000-000000000000')
  assert.equal(unknown.code, 1)
  assert.match(unknown.stderr, /There is no silence/)
})

test('a note that a destination does not take, or for an incident that is not there, exits 1', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  await desk.tocsin('trigger', 'db-1', '--summary', 'down')
  const { url } = await desk.serve('--log-level', 'error')
  for (const where of [[], ['--url', url]]) {
    const none = await desk.tocsin('note', '1', 'Looking at it', ...where)
    assert.equal(none.code, 1)
    assert.match(none.stderr, /no notes are taken\. Give destinations\.\S+ api_token, .*and from/)
    const unknown = await desk.tocsin('note', '77', 'Looking at it', ...where)
    assert.equal(unknown.code, 1)
    assert.match(unknown.stderr, /There is no incident 77/)
  }
  assert.equal((await desk.tocsin('note', '1', '  ')).code, 2)
})

test('a note stands with the incident where it was told, from here and through a service', async (t) => {
  const desk = await sitDown(t)
  const api = { api_token: 'an-api-token-of-nobody', from: 'ada@example.com', api_url: desk.emulator.url }
  const oncall = { type: 'pagerduty', routing_key: ROUTING_KEY, url: desk.emulator.url, ...api } as const
  desk.configure({ destinations: { oncall } })
  await desk.tocsin('trigger', 'db-1', '--summary', 'down')
  const here = await desk.tocsin('note', '1', 'Looking at it')
  assert.deepEqual([here.code, here.stderr], [0, ''])
  assert.match(here.stdout, /^Told oncall: the note\b.*\n$/)
  const { url } = await desk.serve('--log-level', 'error')
  const there = await desk.tocsin('note', '1', 'It was the disk', '--url', url)
  assert.deepEqual([there.code, there.stderr], [0, ''])
  const notes = await until('both are there', 10_000, () => {
    const found = desk.emulator.incident('db-1')?.notes ?? []
    return found.length === 2 && found
  })
  assert.deepEqual(notes.map(({ content }) => content).sort(), ['It was the disk', 'Looking at it'])
})
