import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

const FOLDER = join(import.meta.dirname, '../../deploy/systemd')
const UNITS = ['tocsin.service', 'tocsin-check@.service', 'tocsin-check@.timer'] as const
const read = (unit: string): string => readFileSync(join(FOLDER, unit), 'utf8')

/** The values of each `Key=` of a section, by `Section.Key`. */
function parse(unit: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  let section = ''
  for (const line of read(unit).split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? []
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    assert.ok(name !== undefined || (key !== undefined && section !== ''), `${unit}: ${line}`)
    if (name !== undefined) section = name
    else found.set(`${section}.${key}`, [...(found.get(`${section}.${key}`) ?? []), value ?? ''])
  }
  return found
}

/** The units as they would lie in /etc/systemd/system, with the Node.js and the source of this machine. */
function install(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-units-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const unit of UNITS)
    writeFileSync(join(folder, unit), read(unit).replaceAll('/usr/bin/node', process.execPath))
  return folder
}

/** What `systemd-analyze` says; undefined, and the test is skipped, where there is none. */
function analyze(t: TestContext, ...args: string[]): string | undefined {
  const { error, status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  if (error !== undefined) {
    t.skip('systemd-analyze is not on this machine; on Debian it is in the package systemd')
    return undefined
  }
  assert.equal(status, 0, `${stdout}${stderr}`)
  return `${stdout}${stderr}`
}

test('each unit has its sections, and each key once', () => {
  assert.deepEqual(readdirSync(FOLDER).sort(), ['README.md', ...UNITS].sort())
  const sections = UNITS.map((unit) => [...new Set([...parse(unit).keys()].map((key) => key.split('.')[0]))])
  assert.deepEqual(sections, [
    ['Unit', 'Service', 'Install'],
    ['Unit', 'Service'],
    ['Unit', 'Timer', 'Install'],
  ])
  for (const unit of UNITS) {
    const twice = [...parse(unit)].filter(
      ([key, values]) => values.length > 1 && key !== 'Service.SystemCallFilter',
    )
    assert.deepEqual(twice, [], unit)
  }
})

test('systemd finds nothing wrong with the units', (t) => {
  const folder = install(t)
  const units = ['tocsin.service', 'tocsin-check@x.service', 'tocsin-check@x.timer']
  const said = analyze(t, 'verify', '--man=no', ...units.map((unit) => join(folder, unit)))
  // What concerns other units of the machine names them.
  assert.doesNotMatch(said ?? '', /tocsin/)
})

test('what runs is walled in', (t) => {
  const folder = install(t)
  for (const unit of ['tocsin.service', 'tocsin-check@x.service']) {
    const said = analyze(t, 'security', '--offline=true', '--threshold=20', '--no-pager', join(folder, unit))
    if (said === undefined) return
    assert.match(said, /Overall exposure level for \S+: [01]\.\d/, unit)
  }
})

test('a look and the service are the same user with the same walls, and V8 may compile', () => {
  const service = parse('tocsin.service')
  const check = parse('tocsin-check@.service')
  const own = new Set(
    [
      'Type',
      'ExecStartPre',
      'ExecStart',
      'ExecReload',
      'Restart',
      'RestartSec',
      'RestartPreventExitStatus',
    ].concat(['TimeoutStopSec', 'TimeoutStartSec', 'SuccessExitStatus']),
  )
  const shared = (unit: typeof service): object =>
    Object.fromEntries([...unit].filter(([key]) => key.startsWith('Service.') && !own.has(key.slice(8))))
  assert.deepEqual(shared(check), shared(service))
  assert.equal(service.has('Service.MemoryDenyWriteExecute'), false)
})

test('stopping takes longer than draining twice, and trouble found is no failure of a look', () => {
  assert.deepEqual(parse('tocsin.service').get('Service.TimeoutStopSec'), ['60s'])
  assert.deepEqual(parse('tocsin.service').get('Service.RestartPreventExitStatus'), ['2'])
  assert.deepEqual(parse('tocsin-check@.service').get('Service.SuccessExitStatus'), ['1'])
  const documented = /^\| `drain` \| duration \| `(\w+)` \|/m.exec(
    readFileSync(join(FOLDER, '../../docs/configuration.md'), 'utf8'),
  )
  assert.equal(documented?.[1], '20s', 'TimeoutStopSec is three times `drain`')
})
