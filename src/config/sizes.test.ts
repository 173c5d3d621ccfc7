import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { formatSize, parseSize, SIZE_PATTERN } from './sizes.ts'

const SIZES: readonly (readonly [text: string, bytes: number | undefined])[] = [
  ['0B', 0],
  ['512B', 512],
  ['512KB', 524_288],
  ['5MB', 5_242_880],
  ['5mb', 5_242_880],
  ['5 MB', 5_242_880],
  ['1GB', 1_073_741_824],
  ['', undefined],
  ['5', undefined],
  ['5M', undefined],
  ['1.5MB', undefined],
  ['-1KB', undefined],
  ['5TB', undefined],
  ['99999999999999999GB', undefined],
]

test('a size is read for what it says, and nothing else is one', () => {
  for (const [text, bytes] of SIZES) assert.equal(parseSize(text), bytes, `"${text}"`)
})

test('editors accept the sizes that are read', () => {
  for (const [text, bytes] of SIZES) {
    if (bytes !== undefined) assert.match(text, new RegExp(SIZE_PATTERN), `"${text}"`)
  }
})

test('a size is printed in the largest unit that needs no fraction', () => {
  assert.deepEqual([0, 1, 1024, 1536, 5_242_880].map(formatSize), ['0B', '1B', '1KB', '1536B', '5MB'])
})

test('a printed size is read as the same', () => {
  const bytes = fc.integer({ min: 0, max: 10 ** 12 })
  fc.assert(fc.property(bytes, (bytes) => assert.equal(parseSize(formatSize(bytes)), bytes)))
})
