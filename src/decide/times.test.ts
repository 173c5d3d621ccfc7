import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isTime, type TimeSpan } from './decide.ts'

const at = (text: string): number => Date.parse(text)
const span = (more: Partial<TimeSpan> = {}): TimeSpan => ({ timeZone: 'UTC', ...more })
const hours = (from: number, until: number): Pick<TimeSpan, 'hours'> => ({
  hours: [{ from: from * 60, until: until * 60 }],
})
const WEEKDAYS = { days: [1, 2, 3, 4, 5] }
const BERLIN = { timeZone: 'Europe/Berlin' }
const NEW_YORK = { timeZone: 'America/New_York' }

// 2026-03-02 is a Monday. Berlin goes from +1 to +2 on 2026-03-29 at 01:00 UTC, and back on 2026-10-25 at 01:00 UTC.
const ROWS: readonly (readonly [name: string, TimeSpan, at: string, is: boolean])[] = [
  ['a span that says nothing is always', span(), '2026-03-02T12:00Z', true],
  ['a weekday', span(WEEKDAYS), '2026-03-02T00:00Z', true],
  ['the last moment of Friday', span(WEEKDAYS), '2026-03-06T23:59:59.999Z', true],
  ['the first moment of Saturday', span(WEEKDAYS), '2026-03-07T00:00Z', false],
  ['Sunday is day 0', span({ days: [0] }), '2026-03-08T12:00Z', true],
  ['office hours begin', span(hours(9, 17)), '2026-03-02T09:00Z', true],
  ['just before they begin', span(hours(9, 17)), '2026-03-02T08:59:59.999Z', false],
  ['they end without their last minute', span(hours(9, 17)), '2026-03-02T17:00Z', false],
  ['just before they end', span(hours(9, 17)), '2026-03-02T16:59:59.999Z', true],
  ['until midnight', span(hours(20, 24)), '2026-03-02T23:59Z', true],
  ['midnight itself is the next day', span(hours(20, 24)), '2026-03-03T00:00Z', false],
  [
    'the second of two stretches',
    span({
      hours: [
        { from: 0, until: 60 },
        { from: 600, until: 660 },
      ],
    }),
    '2026-03-02T10:30Z',
    true,
  ],
  [
    'between two stretches',
    span({
      hours: [
        { from: 0, until: 60 },
        { from: 600, until: 660 },
      ],
    }),
    '2026-03-02T05:00Z',
    false,
  ],
  ['a night, in the evening', span(hours(22, 6)), '2026-03-02T23:00Z', true],
  ['a night, past midnight', span(hours(22, 6)), '2026-03-03T05:59Z', true],
  ['a night is over', span(hours(22, 6)), '2026-03-03T06:00Z', false],
  ['Friday night goes on into Saturday', span({ days: [5], ...hours(22, 6) }), '2026-03-07T03:00Z', true],
  [
    'Friday morning is no part of Friday night',
    span({ days: [5], ...hours(22, 6) }),
    '2026-03-06T03:00Z',
    false,
  ],
  ['Saturday night goes on into Sunday', span({ days: [6], ...hours(22, 6) }), '2026-03-08T03:00Z', true],
  ['Sunday night goes on into Monday', span({ days: [0], ...hours(22, 6) }), '2026-03-09T03:00Z', true],
  ['a whole day and round, from an hour on', span({ days: [1], ...hours(8, 8) }), '2026-03-03T07:59Z', true],
  ['days go by their own zone', span({ days: [1], ...BERLIN }), '2026-03-01T23:30Z', true],
  ['and end by it', span({ days: [1], ...BERLIN }), '2026-03-02T23:30Z', false],
  ['west of Greenwich it is still Sunday', span({ days: [0], ...NEW_YORK }), '2026-03-02T04:59Z', true],
  ['in winter nine in Berlin is eight', span({ ...hours(9, 17), ...BERLIN }), '2026-03-27T08:00Z', true],
  ['in winter seven is too early', span({ ...hours(9, 17), ...BERLIN }), '2026-03-27T07:59Z', false],
  ['in summer nine in Berlin is seven', span({ ...hours(9, 17), ...BERLIN }), '2026-03-30T07:00Z', true],
  [
    'in summer it ends an hour earlier, too',
    span({ ...hours(9, 17), ...BERLIN }),
    '2026-03-30T15:00Z',
    false,
  ],
  [
    'an hour that is left out has its end all the same',
    span({ ...hours(2, 3), ...BERLIN }),
    '2026-03-29T01:00Z',
    false,
  ],
  [
    'an hour that is there twice is it, the first time',
    span({ ...hours(2, 3), ...BERLIN }),
    '2026-10-25T00:30Z',
    true,
  ],
  ['and the second time', span({ ...hours(2, 3), ...BERLIN }), '2026-10-25T01:30Z', true],
  ['and then no more', span({ ...hours(2, 3), ...BERLIN }), '2026-10-25T02:00Z', false],
  [
    'half an hour beside the others',
    span({ ...hours(9, 10), timeZone: 'Asia/Kolkata' }),
    '2026-03-02T03:30Z',
    true,
  ],
  ['from a date on', span({ fromAt: at('2026-03-02T00:00Z') }), '2026-03-02T00:00Z', true],
  ['not before that date', span({ fromAt: at('2026-03-02T00:00Z') }), '2026-03-01T23:59:59.999Z', false],
  ['until a date, without it', span({ untilAt: at('2026-03-02T00:00Z') }), '2026-03-02T00:00Z', false],
  ['before that date', span({ untilAt: at('2026-03-02T00:00Z') }), '2026-03-01T23:59:59.999Z', true],
  [
    'all parts have to fit: not the hours',
    span({ fromAt: 0, ...WEEKDAYS, ...hours(9, 17) }),
    '2026-03-02T18:00Z',
    false,
  ],
  [
    'all parts have to fit: not the date',
    span({ untilAt: 1, ...WEEKDAYS, ...hours(9, 17) }),
    '2026-03-02T10:00Z',
    false,
  ],
]

suite('a time', () => {
  for (const [name, one, text, is] of ROWS)
    test(`${name}: ${is ? 'it is' : 'it is not'}`, () => assert.equal(isTime([one], at(text)), is))

  test('of several stretches is any of them, and of none is never', () => {
    const weekend = span({ days: [0, 6] })
    assert.equal(isTime([weekend, span(hours(0, 1))], at('2026-03-02T00:30Z')), true)
    assert.equal(isTime([], at('2026-03-02T00:30Z')), false)
  })
})
