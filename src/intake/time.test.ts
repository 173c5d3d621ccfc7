import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseDuration, parseTime, readTime } from './time.ts'

describe('a time', () => {
  const read: readonly (readonly [text: string, iso: string])[] = [
    ['2026-11-21T12:00:00Z', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21t12:00:00z', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21T12:00:00.5Z', '2026-11-21T12:00:00.500Z'],
    ['2026-11-21T12:00:00.999999999Z', '2026-11-21T12:00:00.999Z'],
    ['2026-11-21T12:00:00.123456789123456789+01:30', '2026-11-21T10:30:00.123Z'],
    ['2015-07-17T08:42:58.315+0000', '2015-07-17T08:42:58.315Z'],
    ['2011-05-06T03:30-07', '2011-05-06T10:30:00.000Z'],
    ['2011-05-06T03:30', '2011-05-06T03:30:00.000Z'],
    ['2011-05-06T03:30:01', '2011-05-06T03:30:01.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ]
  for (const [text, iso] of read) {
    it(`is read: ${text}`, () => {
      assert.equal(new Date(parseTime(text) ?? Number.NaN).toISOString(), iso)
    })
  }

  const unread = [
    '',
    'now',
    '2026-11-21 12:00:00Z',
    '2021-10-22 5:01:32',
    '2021-10-22T5:01:32Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T12:60:00Z',
    '2026-11-21T12:00:61Z',
    '2026-11-21T12:00:00.Z',
    '2026-11-21T12:00:00Z ',
    '2026-11-21T12:00:00+1',
    '2026-11-21T12:00:00+24:00',
    '2026-11-21T12:00:00+01:0',
    '2026-11-21T12:00:00+01:000',
    '2026-11-21T',
    '+026-11-21T12:00:00Z',
    '２０２６-11-21T12:00:00Z',
    'Sat Nov 21 2026',
  ]
  for (const text of unread) {
    it(`is not read: ${JSON.stringify(text)}`, () => {
      assert.equal(parseTime(text), undefined)
    })
  }

  it('is the one that Date reads, for every date of four digits', () => {
    const range = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') }
    fc.assert(
      fc.property(fc.date({ ...range, noInvalidDate: true }), (date) => {
        assert.equal(parseTime(date.toISOString()), date.getTime())
      }),
    )
  })

  it('never throws and never is NaN, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.ok(!Number.isNaN(parseTime(text)))
      }),
    )
  })

  it("may be absent, as null, as an empty text or as Go's zero, and is NaN when it is something else", () => {
    for (const absent of [undefined, null, '', '0001-01-01T00:00:00Z'])
      assert.equal(readTime(absent), undefined)
    for (const wrong of [0, 1.7e12, {}, true, 'soon', Number.NaN]) assert.equal(readTime(wrong), Number.NaN)
  })
})

describe('a duration', () => {
  it('is one or more numbers with units', () => {
    assert.equal(parseDuration('30s'), 30_000)
    assert.equal(parseDuration('5m'), 300_000)
    assert.equal(parseDuration('1h30m'), 5_400_000)
    assert.equal(parseDuration('250ms'), 250)
    assert.equal(parseDuration('7d'), 604_800_000)
  })

  it('is nothing else', () => {
    for (const text of ['', '5', 'm', '5 m', '-5m', '1.5h', '5m ', '1e9s', '9999999999s', '5y']) {
      assert.equal(parseDuration(text), undefined, text)
    }
  })
})
