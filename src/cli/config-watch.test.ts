import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { virtualWorld } from '../world/virtual.ts'
import { ConfigWatch } from './config-watch.ts'

const LOOK_MS = 5_000

test('only another content is a change, seen within seconds though nothing tells of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-watch-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'elsewhere'))
  const target = join(folder, 'elsewhere', 'real.yaml')
  const path = join(folder, 'tocsin.yaml')
  writeFileSync(target, 'one')
  // Nobody tells of what happens behind a link.
  symlinkSync(target, path)
  const world = virtualWorld()
  const watch = new ConfigWatch(path, world)
  let changes = 0
  watch.start(() => changes++)
  const look = async (): Promise<number> => {
    await world.advance(LOOK_MS)
    return changes
  }
  assert.equal(await look(), 0)
  utimesSync(target, 1, 1)
  writeFileSync(target, 'one')
  assert.equal(await look(), 0, 'another date is no change')
  writeFileSync(target, 'two')
  assert.equal(await look(), 1)
  assert.equal(await look(), 1, 'a change is told once')
  rmSync(target)
  assert.equal(await look(), 2, 'that it is gone is told')
  assert.equal(await look(), 2, 'and told once')
  writeFileSync(target, 'two')
  assert.equal(await look(), 3, 'it is back as it was')
  writeFileSync(join(folder, 'next'), 'three')
  renameSync(join(folder, 'next'), target)
  assert.equal(await look(), 4)
  watch.stop()
  writeFileSync(target, 'four')
  assert.equal(await look(), 4, 'nothing is told after the stop')
})

test('a file that is not there yet is told of when it comes, in a folder too that is not there yet', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-watch-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'later', 'tocsin.yaml')
  const world = virtualWorld()
  const watch = new ConfigWatch(path, world)
  let changes = 0
  watch.start(() => changes++)
  await world.advance(LOOK_MS)
  mkdirSync(join(folder, 'later'))
  writeFileSync(path, 'one')
  await world.advance(LOOK_MS)
  assert.equal(changes, 1)
  watch.stop()
})
