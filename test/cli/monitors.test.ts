/** `tocsin monitors`: how they stand, asked of a service, or what a store remembers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../process/until.ts'
import { json, sitDown, type Desk } from './tocsin.ts'

interface Monitor {
  readonly name: string
  readonly type: string | null
  readonly state: string | null
  readonly last_at: string | null
  readonly firing: number | null
}

async function listed(desk: Desk, ...args: string[]): Promise<readonly Monitor[]> {
  const ran = await desk.tocsin('monitors', '--json', ...args)
  assert.deepEqual([ran.code, ran.stderr], [0, ''])
  return json(ran)['monitors'] as Monitor[]
}

test('a service says how each of its monitors stands, and the store what is remembered of them', async (t) => {
  const desk = await sitDown(t)
  desk.configure({
    monitors: {
      disk: { type: 'exec', every: '5s', command: 'echo The disk is full; exit 2' },
      backup: { type: 'heartbeat', every: '1s', within: '1d' },
    },
  })
  const { url } = await desk.serve('--log-level', 'error')
  const seen = await until('both have looked', 20_000, async () => {
    const monitors = await listed(desk, '--url', url)
    return monitors.every(({ state }) => state === 'trouble' || state === 'well') && monitors
  })
  assert.deepEqual(
    seen.map(({ name, type, state, firing }) => [name, type, state, firing]),
    [
      ['disk', 'exec', 'trouble', 1],
      ['backup', 'heartbeat', 'well', 0],
    ],
  )
  const shown = await desk.tocsin('monitors', '--url', url)
  assert.match(shown.stdout, /^NAME +TYPE +SCHEDULE +STATE +FIRING +LAST +NEXT +TOOK +MISSED\n/)
  assert.match(shown.stdout, /\ndisk +exec +every 5s +trouble +1 +\d+s +(now|in \d+s) +\d+m?s +\d+\n/)
  assert.match(shown.stdout, /\nbackup +heartbeat +every 1s +well +0 +– +/)
  const remembered = await listed(desk)
  assert.deepEqual(
    remembered.map(({ name, type, state, firing }) => [name, type, state, firing]),
    [
      ['backup', null, null, 0],
      ['disk', null, null, 1],
    ],
  )
  assert.notEqual(remembered[1]?.last_at, null)
  assert.match((await desk.tocsin('monitors')).stdout, /\ndisk +– +– +– +1 +\d+s +– +– +–\n/)
})

test('what tocsin check looked at is remembered, and a store in which nobody looked says so', async (t) => {
  const desk = await sitDown(t)
  desk.configure()
  await desk.tocsin('trigger', 'db-1', '--summary', 'down')
  const none = await desk.tocsin('monitors')
  assert.deepEqual([none.code, none.stdout], [0, 'No monitor has ever looked.\n'])
  desk.configure({ monitors: { disk: { type: 'exec', command: 'exit 1' } } })
  assert.equal((await desk.tocsin('check', 'disk')).code, 1)
  const [disk] = await listed(desk)
  assert.deepEqual([disk?.name, disk?.firing], ['disk', 1])
})
