import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { alertOf } from '../../test/contracts/memory.ts'
import {
  addDigest,
  contentDigest,
  EMPTY_DIGEST,
  keyFingerprint,
  labelFingerprint,
  parseSeverity,
  raiseSeverity,
  SEVERITIES,
  severityRank,
  takeDigest,
  type Alert,
  type ContentPart,
} from './alert.ts'

suite('the identity of an alert', () => {
  const labels = fc.dictionary(fc.string(), fc.string(), { maxKeys: 6 })

  test('is that of its labels, in whatever order they came', () => {
    fc.assert(
      fc.property(labels, fc.string(), (labels, source) => {
        const reversed = Object.fromEntries(Object.entries(labels).toReversed())
        assert.equal(labelFingerprint(source, labels), labelFingerprint(source, reversed))
      }),
    )
  })

  test('tells apart what differs in a label or in its source', () => {
    fc.assert(
      fc.property(labels, labels, fc.string(), fc.string(), (a, b, sourceA, sourceB) => {
        const same = sourceA === sourceB && sorted(a) === sorted(b)
        assert.equal(labelFingerprint(sourceA, a) === labelFingerprint(sourceB, b), same)
      }),
    )
    assert.notEqual(labelFingerprint('s', { a: 'b', c: '' }), labelFingerprint('s', { a: '', bc: '' }))
  })

  test('stays what it was: open incidents are remembered by it', () => {
    const labels = { alertname: 'DiskFull', instance: 'db-1' }
    assert.equal(labelFingerprint('prometheus', labels), 'v1-46c0049f2fcca1bd3cabd555913b7102')
    assert.equal(keyFingerprint('disk-db-1'), 'key:disk-db-1')
    assert.equal(keyFingerprint('disk-db-1', 'oncall'), 'key@oncall:disk-db-1')
  })
})

function sorted(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const SUMMARY: readonly ContentPart[] = ['severity', 'summary']
const ALL: readonly ContentPart[] = ['severity', 'summary', 'details']

const CHANGES: readonly (readonly [
  name: string,
  more: Partial<Alert>,
  inSummary: boolean,
  inAll: boolean,
])[] = [
  ['its severity', { severity: 'critical' }, true, true],
  ['its summary', { summary: 'Disk fuller' }, true, true],
  ['what a classifier calls it', { classification: { label: 'Disk' } }, true, true],
  ['how bad a classifier finds it', { classification: { label: '', severity: 'info' } }, true, true],
  ['an annotation', { annotations: { percent: '97' } }, false, true],
  ['its details', { details: { percent: 97 } }, false, true],
  ['a link', { links: [{ href: 'https://a.example' }] }, false, true],
  ['an image', { images: [{ src: 'https://a.example' }] }, false, true],
  ['a field of its event', { event: { component: 'disk' } }, false, true],
  ['when it began', { startsAt: 1 }, false, false],
  ['when it ends by itself', { expiresAt: 1 }, false, false],
]

suite('an alert says something new when it changes', () => {
  for (const [name, more, inSummary, inAll] of CHANGES) {
    test(`${name}: ${inSummary ? 'always' : inAll ? 'when details count' : 'never'}`, () => {
      const differs = (parts: readonly ContentPart[]): boolean =>
        contentDigest(alertOf(more), parts) !== contentDigest(alertOf(), parts)
      assert.deepEqual([differs(SUMMARY), differs(ALL)], [inSummary, inAll])
    })
  }
})

test('the digest of a set is the same in any order, and without a member it is that of the rest', () => {
  const digest = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, '0'))
  fc.assert(
    fc.property(fc.array(digest), digest, (digests, more) => {
      const of = (set: readonly string[]): string => set.reduce(addDigest, EMPTY_DIGEST)
      assert.equal(of(digests), of(digests.toReversed()))
      assert.equal(takeDigest(of([...digests, more]), more), of(digests))
      assert.match(of(digests), /^[0-9a-f]{16}$/)
    }),
  )
  assert.equal(addDigest(EMPTY_DIGEST, EMPTY_DIGEST), EMPTY_DIGEST)
  assert.equal(takeDigest(EMPTY_DIGEST, EMPTY_DIGEST), EMPTY_DIGEST)
})

test('two alerts that say the same are two: they do not cancel, and one of them is told apart from both', () => {
  const digest = contentDigest(alertOf(), ALL)
  const one = addDigest(EMPTY_DIGEST, digest)
  const two = addDigest(one, digest)
  assert.equal(new Set([EMPTY_DIGEST, one, two, addDigest(two, digest)]).size, 4)
  assert.equal(one, digest)
  assert.equal(takeDigest(two, digest), one)
  assert.equal(takeDigest(one, digest), EMPTY_DIGEST)
})

test('the digest of a set goes round at 2^64, and back', () => {
  const most = 'ffffffffffffffff'
  assert.equal(addDigest(most, '0000000000000002'), '0000000000000001')
  assert.equal(takeDigest('0000000000000001', '0000000000000002'), most)
  assert.equal(takeDigest(addDigest(most, most), most), most)
})

suite('a severity', () => {
  const WORDS: readonly (readonly [word: string | undefined, severity: ReturnType<typeof parseSeverity>])[] =
    [
      ['critical', 'critical'],
      ['CRITICAL', 'critical'],
      [' Page ', 'critical'],
      ['p1', 'critical'],
      ['high', 'error'],
      ['warn', 'warning'],
      ['ticket', 'warning'],
      ['none', 'info'],
      ['noise', 'info'],
      ['', undefined],
      ['bad', undefined],
      [undefined, undefined],
    ]
  for (const [word, severity] of WORDS)
    test(`of "${word}" is ${severity}`, () => assert.equal(parseSeverity(word), severity))

  test('is raised by a worse one alone', () => {
    for (const severity of SEVERITIES) {
      assert.equal(raiseSeverity(severity, undefined), severity)
      for (const by of SEVERITIES) {
        const worse = severityRank(by) < severityRank(severity) ? by : severity
        assert.equal(raiseSeverity(severity, by), worse)
      }
    }
  })
})
