import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { systemWorld } from '../../world/world.ts'
import { Ao } from '../../../test/vendors/ao.ts'
import { countsOf } from './counts.ts'
import { lookAlone, rememberingMonitor } from './look.ts'
import { monitorSettings } from './monitor-settings.ts'
import { Printer } from './printer.ts'
import type { Wanted } from './wanted.ts'

const WANTED: Omit<Wanted, 'processes' | 'stateUrl' | 'routerUrl'> = {
  excludeServers: [],
  concurrency: 1,
  timeoutMs: 60_000,
  retries: { max: 0, baseMs: 1, maxMs: 1 },
  manner: 'per-run',
  isDated: true,
  mismatchThreshold: 3,
  errorThreshold: 5,
}

test('processes that there was no time for are counted, and said to be', async (t: TestContext) => {
  await using ao = await Ao.open()
  ao.say('p', '7', '7')
  ao.say('q', { instead: 'hang' }, '7')
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-look-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'ids.txt')
  writeFileSync(path, 'p\nq\n')
  const wanted: Wanted = { ...WANTED, processes: { path }, stateUrl: ao.stateUrl, routerUrl: ao.routerUrl }
  const settings = monitorSettings(wanted)
  const world = systemWorld({ logLevel: 'silent' })
  t.after(() => world.http.close())
  const { monitor, seen } = rememberingMonitor(settings, () => {})
  let errors = ''
  const terminal = {
    print: () => {},
    error: (text: string) => void (errors += text),
    columns: undefined,
    env: {},
    onStop: () => () => {},
    onHangup: () => () => {},
  }
  await lookAlone(monitor, { deadlineMs: 250 }, world, () => {})
  new Printer({ options: {}, wanted, terminal, clock: world.clock }).end(seen, undefined)
  assert.deepEqual(countsOf(seen), { total: 2, matches: 1, mismatches: 0, errors: 0, behind: 0, ahead: 0 })
  assert.ok(errors.endsWith('Warning: there was no time for 1 of 2 processes.\n'), errors)
})
