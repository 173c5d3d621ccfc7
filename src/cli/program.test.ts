import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Command } from 'commander'
import { makeProgram, run } from './program.ts'
import type { Terminal } from './terminal.ts'

function paper(): { terminal: Terminal; printed: () => string; errors: () => string } {
  const said = { printed: '', errors: '' }
  const terminal: Terminal = {
    print: (text) => void (said.printed += text),
    error: (text) => void (said.errors += text),
    columns: undefined,
    env: {},
    onStop: () => () => {},
    onHangup: () => () => {},
  }
  return { terminal, printed: () => said.printed, errors: () => said.errors }
}

/** Every command by its full name, those that only hold others left out. */
function commandsIn(program: Command, before = ''): { name: string; command: Command }[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`
    const inner = commandsIn(command, `${name} `)
    return ['config', 'routes', 'silence'].includes(command.name()) ? inner : [{ name, command }, ...inner]
  })
}

test('docs/commands.md names every command with each of its options, and none that is not', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')
  const sections = text.split(/^## /m).map((section) => ({
    names: wordsIn(section.split('\n', 1)[0] ?? '', /`tocsin ([a-z ]+)`/g),
    options: wordsIn(section, /`(--[a-z-]+)/g),
  }))
  const commands = commandsIn(makeProgram(paper().terminal, () => {}))
  const optionsOf = ({ options }: Command): string[] => options.map(({ long }) => long ?? '')
  for (const { name, command } of commands) {
    const section = sections.find(({ names }) => names.has(name))
    assert.ok(section !== undefined, `docs/commands.md lacks a section for \`tocsin ${name}\``)
    for (const option of optionsOf(command))
      assert.ok(section.options.has(option), `docs/commands.md lacks ${option} of \`tocsin ${name}\``)
  }
  for (const { names, options } of sections.filter(({ names }) => names.size > 0)) {
    const described = commands.filter(({ name }) => names.has(name))
    assert.equal(described.length, names.size, `no such command: ${[...names].join(', ')}`)
    const known = new Set(described.flatMap(({ command }) => optionsOf(command)))
    assert.deepEqual(
      [...options].filter((option) => !known.has(option) && option !== '--help'),
      [],
      [...names].join(),
    )
  }
})

function wordsIn(text: string, pattern: RegExp): Set<string> {
  return new Set(Array.from(text.matchAll(pattern), ([, word = '']) => word))
}

test('a mistyped command or option exits 2 and names the nearest', async () => {
  const cases = [
    [['trigr'], 'trigger'],
    [['trigger', '--sumary', 'x'], '--summary'],
    [['config', 'chek'], 'check'],
    [['incidents', 'resolv', '1'], 'resolve'],
    [['incidents', '--status', 'opened'], 'open'],
    [['deliveries', 'retry', 'x'], 'number'],
    [['emulate', '--port', '70000'], '65535'],
  ] as const
  for (const [args, named] of cases) {
    const { terminal, errors, printed } = paper()
    assert.equal(await run(args, terminal), 2, args.join(' '))
    assert.ok(errors().includes(named), `${named} in ${errors()}`)
    assert.equal(printed(), '')
  }
})

test('help goes to standard output and exits 0, and no command at all exits 2', async () => {
  for (const args of [['--help'], ['trigger', '--help'], ['help', 'trigger'], ['--version']]) {
    const { terminal, printed, errors } = paper()
    assert.equal(await run(args, terminal), 0)
    assert.notEqual(printed(), '')
    assert.equal(errors(), '')
  }
  assert.equal(await run([], paper().terminal), 2)
})

test('an event without what it needs exits 2 and says what it needs', async () => {
  const cases = [
    [['trigger', 'db-1'], '--summary'],
    [['trigger', '--summary', 'x'], 'KEY'],
    [['resolve'], 'KEY'],
    [['change'], '--summary'],
    [['trigger', 'a', '--key', 'b', '--summary', 'x'], 'twice'],
    [['trigger', 'a', '--summary', 'x', '--url', 'ftp://a'], '--url'],
    [['trigger', 'a', '--summary', 'x', '--url', 'http://a:b@c'], '--token'],
    [['explain'], '--incident'],
  ] as const
  for (const [args, named] of cases) {
    const { terminal, errors } = paper()
    assert.equal(await run(args, terminal), 2, args.join(' '))
    assert.ok(errors().includes(named), `${named} in ${errors()}`)
  }
})
