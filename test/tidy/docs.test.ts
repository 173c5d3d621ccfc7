import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { REASONS } from '../../src/decide/decide.ts'
import { ERROR_CODES, Metrics } from '../../src/server/server.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { openStore } from '../../src/store/store.ts'
import { virtualWorld } from '../../src/world/world.ts'

const doc = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')

/** Every word in backticks that begins like one of ours. */
function named(text: string, pattern: RegExp): Set<string> {
  return new Set(Array.from(text.matchAll(pattern), ([, word = '']) => word))
}

test('every error code is documented, and none that is documented is unknown', () => {
  const documented = named(doc('http-api.md'), /`(TOCSIN_[A-Z_]+)`/g)
  const known = new Set(Object.keys(ERROR_CODES))
  assert.deepEqual(
    [...known].filter((code) => !documented.has(code)),
    [],
  )
  assert.deepEqual(
    [...documented].filter((code) => !known.has(code) && code !== 'TOCSIN_TOKEN'),
    [],
  )
})

test('every metric is documented, and none that is documented is unknown', async () => {
  const world = virtualWorld()
  const store = await openStore('sqlite::memory:', { clock: world.clock })
  const policy = {
    routes: [],
    defaultSeverity: 'error' as const,
    updateOn: [],
    unsentPair: 'drop' as const,
    classificationMayLower: false,
    destinations: new Map(),
  }
  const retention = { ledgerMs: 1, incidentsMs: 1 }
  const pipeline = new Pipeline({ store, destinations: [], policy, world, retryForMs: 1, retention })
  const { text } = await new Metrics().render(pipeline, world.clock)
  await store.close()
  const known = named(text, /^# TYPE ((?:tocsin|pagerduty)_\w+)/gm)
  const documented = named(doc('metrics.md'), /`((?:tocsin|pagerduty)_\w+?)(?:_bucket|_sum|_count)?[`{]/g)
  assert.ok(known.size > 15)
  assert.deepEqual(
    [...known].filter((name) => !documented.has(name)),
    [],
  )
  assert.deepEqual(
    [...documented].filter((name) => !known.has(name)),
    [],
  )
})

test('every reason is documented with its meaning', () => {
  const text = doc('reasons.md')
  for (const [reason, meaning] of Object.entries(REASONS)) {
    assert.ok(
      text.includes(`| \`${reason}\` | ${meaning} |`),
      `docs/reasons.md lacks: | \`${reason}\` | ${meaning} |`,
    )
  }
})
