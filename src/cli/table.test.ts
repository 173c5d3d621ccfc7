import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, table } from './table.ts'

test('on a terminal the last column is cut, and elsewhere it is whole', () => {
  const row = ['1', 'x'.repeat(100)]
  assert.equal(table(['ID', 'SUMMARY'], [row], { columns: 40 }), `ID  SUMMARY\n1   ${'x'.repeat(35)}…\n`)
  assert.equal(
    table(['ID', 'SUMMARY'], [row], { columns: undefined }),
    `ID  SUMMARY\n1   ${'x'.repeat(100)}\n`,
  )
})

test("what others wrote can do nothing to a terminal's screen", () => {
  const hostile = 'one\u001b[2Jtwo\u0007\nthree\u202efour'
  const shown = table(['SUMMARY'], [[hostile]], { columns: undefined })
  assert.equal(shown, 'SUMMARY\none\u{fffd}[2Jtwo\u{fffd} three\u{fffd}four\n')
})

test('an age is told in its largest unit', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const ages = [
    '2026-11-20T11:59:55Z',
    '2026-11-20T11:48:00Z',
    '2026-11-20T09:00:00Z',
    '2026-11-11T12:00:00Z',
  ]
  assert.deepEqual(
    ages.map((at) => ago(at, now)),
    ['5s', '12m', '3h', '9d'],
  )
})
