import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const sources = globSync('src/**/*.ts', { cwd: root }).map(normalize)
const code = sources.filter((path) => !path.endsWith('.test.ts'))
const tests = [...sources, ...globSync('test/**/*.ts', { cwd: root })].filter((path) =>
  path.endsWith('.test.ts'),
)
const prose = globSync('{*.md,docs/**/*.md}', { cwd: root })

/** Files that somebody else imports: our front doors to the world. */
const ENTRANCES = [
  'src/index.ts',
  'src/cli/main.ts',
  'src/pagerduty/pagerduty.ts',
  'src/emulator/emulator.ts',
]

function importsOf(path: string): string[] {
  const found = read(path).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)
  return Array.from(found, ([, target = '']) => normalize(join(dirname(path), target)))
}

test('every source file is reached from an entrance', () => {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const next of importsOf(path)) visit(next)
  }
  ENTRANCES.forEach(visit)
  assert.deepEqual(
    code.filter((path) => !reached.has(path)),
    [],
    'dead files: delete them',
  )
})

test('every room stands under the law of the rooms', () => {
  const rooms = new Set(
    code.map((path) => path.split('/')[1] ?? '').filter((room) => !room.endsWith('.ts') && room !== 'cli'),
  )
  const config = JSON.parse(read('.oxlintrc.json')) as { overrides: { files: string[]; rules: object }[] }
  const restricted = config.overrides.filter(({ rules }) => 'eslint/no-restricted-imports' in rules)
  const held = new Set(restricted.flatMap(({ files }) => files))
  for (const room of rooms)
    assert.ok(held.has(`src/${room}/*.ts`), `no rule in .oxlintrc.json for src/${room}/`)
})

test('the emulator and the client share no code but the world', () => {
  const reach = (path: string, seen = new Set<string>()): Set<string> => {
    if (!seen.has(path)) importsOf(seen.add(path) && path).forEach((next) => reach(next, seen))
    return seen
  }
  const client = reach('src/pagerduty/pagerduty.ts')
  const shared = [...reach('src/emulator/emulator.ts')].filter(
    (path) => client.has(path) && !path.startsWith('src/world/'),
  )
  assert.deepEqual(shared, [])
})

test('a file is one sitting', () => {
  const lines = code
    .map((path) => ({ path, lines: read(path).split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines)
  assert.deepEqual(
    lines.filter((file) => file.lines > 300),
    [],
    'longer than 300 lines: two rooms in one?',
  )
  const p90 = lines[Math.floor(lines.length * 0.9)]
  assert.ok(p90 !== undefined && p90.lines <= 250, `p90 is ${p90?.lines} lines; at most 250`)
})

test('names say what is inside', () => {
  const drawers = /(?:^|\/)(?:utils?|helpers?|types|common|manager|misc|lib)(?:\.ts|\/|$)/
  assert.deepEqual(
    sources.filter((path) => drawers.test(path)),
    [],
    'name the concept instead',
  )
})

test('tests never really sleep, and none is left out', () => {
  const banned = [
    { pattern: /timers\/promises/, instead: 'wait for the condition, or use virtualWorld().advance' },
    { pattern: /\b(?:test|it|describe)\.only\b/, instead: 'nothing: remove it' },
    { pattern: /\b(?:test|it|describe)\.todo\b/, instead: 'write it, or say so in an issue' },
  ]
  for (const path of tests) {
    if (path.startsWith('test/tidy/')) continue
    for (const { pattern, instead } of banned) assert.doesNotMatch(read(path), pattern, `${path}: ${instead}`)
  }
})

test('no work is left with a mark that nobody will find', () => {
  for (const path of [...code, ...prose]) assert.doesNotMatch(read(path), /\bFIXME\b|\bXXX\b/, path)
})

test('links within the documents lead somewhere', () => {
  for (const path of prose) {
    for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const found = globSync(normalize(join(dirname(path), target)), { cwd: root })
      assert.notDeepEqual(found, [], `${path} links to ${target}, which is not there`)
    }
  }
})

test('the lock file names no registry', () => {
  assert.doesNotMatch(read('package-lock.json'), /"resolved"/)
})
