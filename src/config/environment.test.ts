import assert from 'node:assert/strict'
import { test } from 'node:test'
import { substitute, type Environment } from './environment.ts'
import { Problems } from './problems.ts'

const ENV: Environment = { NAME: 'value', EMPTY: '', DOLLARS: '$$ ${NAME}' }

function replace(text: string): unknown {
  const problems = new Problems()
  const result = substitute({ text }, ENV, problems)
  return problems.isEmpty ? Object(result).text : problems.list([], () => undefined)[0]?.message
}

const TEXTS: readonly (readonly [text: string, result: string])[] = [
  ['plain', 'plain'],
  ['${NAME}', 'value'],
  ['a ${NAME} b ${NAME}', 'a value b value'],
  ['${MISSING:-default}', 'default'],
  ['${MISSING:-}', ''],
  ['${EMPTY}', ''],
  ['${EMPTY:-default}', 'default'],
  ['$${NAME}', '${NAME}'],
  ['$$', '$'],
  ['=~db-.*$', '=~db-.*$'],
  ['$NAME', '$NAME'],
  ['{{ a }}', '{{ a }}'],
  ['${DOLLARS}', '$$ ${NAME}'],
  ['${MISSING}', 'text names the environment variable MISSING, which is not set.'],
  ['${__proto__}', 'text names the environment variable __proto__, which is not set.'],
  ['${toString}', 'text names the environment variable toString, which is not set.'],
  ['${NAME', 'text has a "${" that begins no ${NAME} or ${NAME:-default}; write $$ for a "$".'],
  ['${1}', 'text has a "${" that begins no ${NAME} or ${NAME:-default}; write $$ for a "$".'],
  ['${NAME-x}', 'text has a "${" that begins no ${NAME} or ${NAME:-default}; write $$ for a "$".'],
]

test('a variable is replaced by its value, once, and a $ of another kind is left alone', () => {
  for (const [text, result] of TEXTS) assert.equal(replace(text), result, text)
})

test('keys are left alone', () => {
  assert.deepEqual(substitute({ '${NAME}': 1 }, ENV, new Problems()), { '${NAME}': 1 })
})

test('without an environment nothing is replaced', () => {
  assert.deepEqual(substitute(['${NAME}', '$$'], undefined, new Problems()), ['${NAME}', '$$'])
})

test('what contains itself, lies too deep or is no plain data is a problem and no hang', () => {
  const circle: unknown[] = []
  circle.push({ circle })
  const deep = JSON.parse('['.repeat(30) + ']'.repeat(30)) as unknown
  const problems = new Problems()
  substitute({ circle, deep, map: new Map([['a', 1]]) }, ENV, problems)
  assert.deepEqual(
    problems.list([], () => undefined).map(({ message }) => message.replace(/(\[0\])+/, '…')),
    [
      'circle….circle contains itself; a config must come to an end.',
      'deep… lies 20 levels deep; no config needs that.',
      'map is no plain data; expected texts, numbers, booleans, lists and maps.',
    ],
  )
})
