/** docs/nonces.md names every flag and variable, each with the test that shows what it does. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProgram } from '../../src/cli/program.ts'
import { VARIABLES } from '../../src/cli/nonces/variables.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The rows of the table, by what each is about. */
function rows(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(ROOT, 'docs/nonces.md'), 'utf8')
  const [, section = ''] = text.split('\n## Flags and environment\n')
  const [table = ''] = section.split('\n## ')
  const cells = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
  return new Map(cells.map(([named = '', ...rest]) => [/`([\w-]+)/.exec(named)?.[1] ?? '', rest]))
}

test('every flag and every variable has a row in docs/nonces.md, and no other', () => {
  const terminal = {
    print: () => {},
    error: () => {},
    columns: undefined,
    env: {},
    onStop: () => () => {},
    onHangup: () => () => {},
  }
  const command = makeProgram(terminal, () => {}).commands.find((one) => one.name() === 'nonces')
  const flags = command?.options.map(({ long }) => long ?? '') ?? []
  assert.deepEqual([...rows().keys()].toSorted(), [...flags, ...VARIABLES, '--help', 'NO_COLOR'].toSorted())
})

test('every row of docs/nonces.md names a test that there is', () => {
  const files = globSync('test/cli/nonces*.test.ts', { cwd: ROOT })
  const code = files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
  const titles = new Set(Array.from(code.matchAll(/^test\('(.+)', (?:async )?\(/gm), ([, title]) => title))
  for (const [named, [, , shownBy = '']] of rows())
    assert.ok(titles.has(shownBy), `${named}: no test "${shownBy}"`)
})
