import { Alias, isNode, LineCounter, parseDocument, visit, type Document, type ErrorCode } from 'yaml'
import { type Keys, type Problems } from './problems.ts'

export interface YamlText {
  /** Whether it can be read on. After most errors, what follows would be blamed for what is not its own. */
  readonly isWhole: boolean
  /** Plain data. */
  readonly value: unknown
  /** The line that a place stands in; that of the nearest place around it when it does not exist. */
  readonly lineOf: (keys: Keys) => number | undefined
}

/** Reads YAML 1.2 with merge keys. What is wrong with the text is told with lines, and without quoting it. */
export function readYaml(text: string, problems: Problems): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    prettyErrors: false,
    lineCounter: lines,
    merge: true,
    // Quieter than this, and a second document would be dropped without a word.
    logLevel: 'error',
  })
  const seen = new Set<number>()
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(pos[0])
    // The first error of a line tells; the others are its echo.
    if (seen.has(line)) continue
    seen.add(line)
    problems.addAtLine(line, `Line ${line}, column ${col}: ${meaning(code, lineAt(text, line))}`)
  }
  const lineOf = (keys: Keys): number | undefined => findLine(document, lines, keys)
  const isWhole = [...document.errors, ...document.warnings].every(({ code }) => HARMLESS.has(code))
  if (!isWhole) return { isWhole, value: undefined, lineOf: () => undefined }
  keepNumbersAsWritten(document)
  try {
    return { isWhole, value: document.toJS(), lineOf }
  } catch {
    problems.add([], 'The config has an alias without its anchor, or aliases that would unfold without end.')
    return { isWhole: false, value: undefined, lineOf }
  }
}

const HARMLESS: ReadonlySet<ErrorCode> = new Set(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED'])

/** A number stays one only if it is written as it is printed: 1.10, 007 and a key of 32 digits are texts. */
function keepNumbersAsWritten(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source)
        node.value = node.source
    },
  })
}

function findLine(document: Document, lines: LineCounter, keys: Keys): number | undefined {
  for (let length = keys.length; length > 0; length -= 1) {
    const node = nodeAt(document, keys.slice(0, length))
    const range = isNode(node) ? node.range : undefined
    if (range !== undefined && range !== null) return lines.linePos(range[0]).line
  }
  return undefined
}

function nodeAt(document: Document, keys: Keys): unknown {
  try {
    const node = document.getIn(keys, true)
    return node instanceof Alias ? undefined : node
  } catch {
    // The way leads through a scalar or an alias: a place around it has to do.
    return undefined
  }
}

function lineAt(text: string, line: number): string {
  return text.split('\n', line)[line - 1] ?? ''
}

/** What a YAML error means for whoever wrote the line. The library's own texts would quote it. */
function meaning(code: ErrorCode, line: string): string {
  if (/[{[].*\$\{/.test(line)) return 'within { } or [ ] a variable stands in quotes: "${NAME}".'
  if (/\{\{/.test(line)) return 'a template stands in quotes: "{{ alertname }}".'
  if (/: +[^'"\s].*:\s*$/.test(line)) return 'a text that ends with ":" stands in quotes.'
  return MEANINGS[code] ?? 'this is not YAML.'
}

const MEANINGS: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias needs the name of its anchor.',
  BAD_DQ_ESCAPE: 'an unknown escape in a "text"; write \\\\ for a backslash, or use \'single quotes\'.',
  BAD_INDENT: 'the indentation fits nothing above it.',
  BAD_SCALAR_START: 'a text that begins with this character stands in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'a key and its value cannot stand here; is the line above complete, or the indentation wrong?',
  DUPLICATE_KEY: 'this key is there already, further up in the same map.',
  MISSING_CHAR: 'something is missing: a closing quote or bracket, a comma, or a ":".',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line with its ":".',
  MULTIPLE_DOCS: 'a second document begins; a config is one.',
  TAB_AS_INDENT: 'YAML is indented with spaces, not with tabs.',
  TAG_RESOLVE_FAILED: 'unknown tag; a text that begins with "!" stands in quotes.',
  UNEXPECTED_TOKEN: 'this does not fit here; is a quote, a bracket or the indentation wrong?',
}
