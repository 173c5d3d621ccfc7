import { quoted } from '../quoted.ts'
import type { Process } from './result.ts'

/** What a file says is to be looked at, or why that cannot be told: a sentence without a full stop. */
export type Processes =
  | { readonly processes: readonly Process[]; readonly warnings: readonly string[] }
  | { readonly failure: string }

/** Arweave's ids: 32 bytes in base64url (https://cookbook.arweave.dev/concepts/). */
const ID = /^[\w-]{43}$/

interface Entry {
  readonly id: string
  /** Where it stands, from 1; more than one, when it stands there more than once. */
  readonly lines: readonly number[]
  readonly stateUrl: string
}

/**
 * Reads a process map (JSON: ids and their hosts), or a list of ids, one a line, which are all at `stateUrl`. What is odd is warned
 * of, and looked at as far as that can be done: a duplicate once, an odd id as it is, an id without a usable host not at all.
 */
export function readProcesses(text: string, fileName: string, stateUrl: string): Processes {
  const content = text.replace(/^\uFEFF/, '')
  const warnings: string[] = []
  const warn = (id: string, lines: readonly number[], what: string): void =>
    void warnings.push(`${fileName}, ${linesText(lines)}: ${quoted(id, [], 80)} ${what}`)
  const found = /^\s*[[{"]/.test(content) ? readMap(content, warn) : readList(content, stateUrl)
  if ('failure' in found) return { failure: `${fileName} ${found.failure}` }
  // In an address it would mean another place.
  const read = found.filter(({ id }) => id !== '.' && id !== '..')
  for (const { id, lines } of found)
    if (!read.some((one) => one.id === id)) warn(id, lines, 'is no process id. It is left out')
  for (const { id, lines } of read) {
    if (lines.length > 1) warn(id, lines, 'is there more than once; it is looked at once')
    if (!ID.test(id))
      warn(id, lines, `is ${oddity(id)}; an id is 43 characters of base64url. It is looked at as it is`)
  }
  if (read.length === 0)
    return {
      failure: `${fileName} names no process that can be looked at${warnings.length > 0 ? ` (${warnings[0]})` : ''}`,
    }
  return { processes: read.map(({ id, stateUrl }) => ({ id, stateUrl })), warnings }
}

function readList(text: string, stateUrl: string): readonly Entry[] {
  const lines = new Map<string, number[]>()
  for (const [at, line] of text.split(/\r\n?|\n/).entries()) {
    const id = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (id !== '') note(lines, id, at + 1)
  }
  return Array.from(lines, ([id, lines]) => ({ id, lines, stateUrl }))
}

type Warn = (id: string, lines: readonly number[], what: string) => void

function readMap(text: string, warn: Warn): readonly Entry[] | { readonly failure: string } {
  const map = parse(text)
  if ('failure' in map) return map
  const lines = linesOfKeys(text)
  return Object.entries(map.value).flatMap(([id, host]) => {
    const at = lines.get(id) ?? []
    if (id.trim() === '') {
      warn('a host', at, 'has no process id. It is left out')
      return []
    }
    const stateUrl = stateUrlOf(host)
    if (stateUrl !== undefined) return [{ id, lines: at, stateUrl }]
    const expected = 'expected is one such as https://state-2.forward.computer, without user and query'
    warn(id, at, `has no usable host, but ${shown(host)}; ${expected}. It is left out`)
    return []
  })
}

function parse(text: string): { readonly value: object } | { readonly failure: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? quoted(error.message) : ''
    return { failure: `is no valid JSON: ${why}` }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value }
  const found = Array.isArray(value) ? 'an array' : 'a text'
  return {
    failure: `is ${found} in JSON; accepted are an object of ids and hosts, or a list of ids, one a line`,
  }
}

/** Of a key that is there twice, JSON.parse tells the last only. */
function linesOfKeys(text: string): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>()
  let line = 1
  for (const [token, key, colon] of text.matchAll(/\n|"((?:[^"\\]|\\.)*)"(\s*:)?/g)) {
    if (key !== undefined && colon !== undefined) note(lines, JSON.parse(`"${key}"`) as string, line)
    line += token.split('\n').length - 1
  }
  return lines
}

function note(lines: Map<string, number[]>, id: string, line: number): void {
  const known = lines.get(id)
  if (known === undefined) lines.set(id, [line])
  else known.push(line)
}

/** Where a host is asked; undefined: it is none. Without a scheme it is https. */
function stateUrlOf(host: unknown): string | undefined {
  if (typeof host !== 'string') return undefined
  const written = host.trim()
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `https://${written}`)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return undefined
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '') return undefined
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** A value as it may be shown: what stands before an @, or in a query, may be a secret. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' ? 'no text' : `a ${typeof value}`
  const safe = value.replace(/^([^/]*:\/\/)?[^/]*@/, '$1').replace(/[?#].*$/s, '')
  return `"${quoted(safe, [], 80)}"`
}

function oddity(id: string): string {
  return id.length === 43
    ? 'no base64url'
    : `${id.length} ${id.length === 1 ? 'character' : 'characters'} long`
}

function linesText(lines: readonly number[]): string {
  return lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(', ')}`
}
