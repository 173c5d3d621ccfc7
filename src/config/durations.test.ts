import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { DURATION_PATTERN, formatDuration, parseDuration } from './durations.ts'

const DURATIONS: readonly (readonly [text: string, ms: number | undefined])[] = [
  ['0', 0],
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1w', 604_800_000],
  ['1h30m', 5_400_000],
  ['1m500ms', 60_500],
  ['1w2d3h4m5s6ms', 788_645_006],
  ['', undefined],
  ['30', undefined],
  ['1.5h', undefined],
  ['-5s', undefined],
  ['5 m', undefined],
  ['5M', undefined],
  ['30m1h', undefined],
  ['5s5s', undefined],
  ['1h ', undefined],
  ['1y', undefined],
  ['99999999999999999999w', undefined],
]

test('a duration is read for what it says, and nothing else is one', () => {
  for (const [text, ms] of DURATIONS) assert.equal(parseDuration(text), ms, `"${text}"`)
})

test('editors accept the durations that are read', () => {
  for (const [text, ms] of DURATIONS) {
    if (ms !== undefined) assert.match(text, new RegExp(DURATION_PATTERN), `"${text}"`)
  }
})

test('a duration is printed in its shortest usual form', () => {
  const printed = [0, 1, 1500, 90_000, 5_400_000, 604_800_000].map(formatDuration)
  assert.deepEqual(printed, ['0s', '1ms', '1s500ms', '1m30s', '1h30m', '7d'])
})

test('a printed duration is read as the same', () => {
  const ms = fc.integer({ min: 0, max: 10 ** 12 })
  fc.assert(fc.property(ms, (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)))
})
