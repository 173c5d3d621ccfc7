/**
 * Prints what the contract of destinations says of each kind, as a table in Markdown: `node test/contracts/table.ts`.
 * A case that a kind is not asked for, because it cannot be told that, is left blank.
 */
import { globSync, readFileSync } from 'node:fs'
import { run } from 'node:test'

interface Row {
  readonly group: string
  readonly name: string
  /** By kind. */
  readonly marks: Map<string, string>
}

const rows = new Map<string, Row>()
const kinds = new Set<string>()

const files = globSync('test/{contracts,destinations}/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes('destinationContract('),
)

/** The suite that what comes next is part of. */
let suiteName = ''
for await (const { type, data } of run({ files, concurrency: 1 })) {
  if (type === 'test:start' && data.nesting === 0) suiteName = data.name
  else if ((type === 'test:pass' || type === 'test:fail') && data.nesting === 1)
    mark(data.name, type === 'test:pass' ? '✓' : '✗')
}

function mark(name: string, sign: string): void {
  const [, kind, group] = /^a destination that is (.+?): (.+)$/.exec(suiteName) ?? []
  if (kind === undefined || group === undefined) return
  kinds.add(kind)
  const key = `${group}: ${name}`
  const row = rows.get(key) ?? { group, name, marks: new Map<string, string>() }
  rows.set(key, row)
  row.marks.set(kind, sign)
  if (sign === '✗') process.exitCode = 1
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

const columns = [...kinds]
const printed = [line(['', 'case', ...columns]), line(['---', '---', ...columns.map(() => ':-:')])]
for (const { group, name, marks } of [...rows.values()].toSorted((a, b) => a.group.localeCompare(b.group)))
  printed.push(line([group, name, ...columns.map((kind) => marks.get(kind) ?? '')]))
process.stdout.write(`${printed.join('\n')}\n`)
