import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertOf } from '../../test/contracts/memory.ts'
import { numberReader } from './decide.ts'

const ALERT = alertOf({
  details: {
    slots: { behind: 120, text: '7', list: [1, 2] },
    behind: 5,
    details: 3,
    both: 1,
    big: 1e308,
    nothing: null,
    yes: true,
    'a.b': 8,
  },
  labels: { behind: '10', both: '2', 'job.size': '4', lag: ' 12.5 ', odd: '12 s', empty: '', hex: '0x10' },
  annotations: { both: '3', value: '-1e3', only: '+.5', infinite: '1e999', nan: 'NaN', dot: '.' },
})

const ROWS: readonly (readonly [name: string, field: string, number: number | undefined])[] = [
  ['a number within the details', 'details.slots.behind', 120],
  ['a text that is a number', 'details.slots.text', 7],
  ['a label by its place', 'labels.behind', 10],
  ['a label whose name has dots', 'labels.job.size', 4],
  ['an annotation by its place', 'annotations.value', -1_000],
  ['a bare name, in the details first', 'both', 1],
  ['a bare path within the details', 'slots.behind', 120],
  ['a bare name, then among the labels', 'lag', 12.5],
  ['a bare label whose name has dots', 'job.size', 4],
  ['a bare name, at last among the annotations', 'only', 0.5],
  ['a detail that is called details', 'details', 3],
  ['the largest there is', 'big', 1e308],
  ['no text with something beside the number', 'odd', undefined],
  ['no empty text', 'empty', undefined],
  ['no hexadecimal', 'hex', undefined],
  ['no mere dot', 'dot', undefined],
  ['nothing infinite', 'infinite', undefined],
  ['nothing that says it is no number', 'nan', undefined],
  ['no entry of a list', 'details.slots.list.0', undefined],
  ['not the length of a list', 'details.slots.list.length', undefined],
  ['not the length of a text', 'details.slots.text.length', undefined],
  ['no null', 'nothing', undefined],
  ['no truth', 'yes', undefined],
  ['no object', 'details.slots', undefined],
  ['nothing that is not there', 'details.slots.ahead', undefined],
  ['nothing below what is not there', 'details.none.behind', undefined],
  ['no property that all objects have', 'details.constructor.length', undefined],
  ['no label that all objects have', 'labels.__proto__', undefined],
]

suite('a number of an alert is read', () => {
  for (const [name, field, number] of ROWS)
    test(`${name}: ${field}`, () => assert.equal(numberReader(field)(ALERT), number))

  test('from an alert that has no details', () => {
    assert.equal(numberReader('details.slots.behind')(alertOf()), undefined)
    assert.equal(numberReader('behind')(alertOf({ labels: { behind: '6' } })), 6)
  })
})
