import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readProcesses, type Processes } from './processes.ts'

const DEFAULT = 'https://state.forward.computer'
const ONE = 'DUbGxLMe3rJcqArGP9jL27nZOdqZ04tfIc9LT_OV2_Y'
const OTHER = '4hXj_E-5fAKmo4E8KjgQvuDJKAFk9P2grhycVmISDLs'

const read = (text: string): Extract<Processes, { processes: object }> => {
  const processes = readProcesses(text, 'f', DEFAULT)
  assert.ok('processes' in processes, JSON.stringify(processes))
  return processes
}
const failure = (text: string): string => {
  const processes = readProcesses(text, 'process-map.json', DEFAULT)
  return 'failure' in processes ? processes.failure : 'none'
}
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../test/fixtures/ao/${name}`, import.meta.url), 'utf8')

test('the real process map is read without loss: 129 processes, and its id of 42 characters is warned of', () => {
  const text = fixture('process-map.json')
  const { processes, warnings } = read(text)
  assert.equal(processes.length, 129)
  const written = Object.fromEntries(processes.map(({ id, stateUrl }) => [id, stateUrl]))
  assert.deepEqual(written, JSON.parse(text))
  assert.deepEqual(warnings, [
    'f, line 61: 20BMW2EtOR69TLcm2CuOoXbS48Mer0COyLJw6tsUaU is 42 characters long; an id is 43 characters of base64url. It is looked at as it is',
  ])
})

test('the real list of ids is read: comments are none, a duplicate is looked at once and warned of', () => {
  const text = fixture('process-ids.txt')
  const { processes, warnings } = read(text)
  const ids = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  assert.deepEqual(
    processes,
    [...new Set(ids)].map((id) => ({ id, stateUrl: DEFAULT })),
  )
  assert.equal(processes.length, ids.length - 1)
  assert.deepEqual(warnings, [
    'f, lines 5, 16: JkN_xrwtnNAaz3bk3XHVG2Dws5tXXT2cIZ49X0lRi1c is there more than once; it is looked at once',
  ])
})

test('a list of ids may have blanks, comments after an id, another line end and a byte order mark', () => {
  const { processes, warnings } = read(
    `\uFEFF# all\r\n\r\n  ${ONE}  # production\r\n\t#${OTHER}\r\n${OTHER}\t# x`,
  )
  assert.deepEqual(
    processes.map(({ id }) => id),
    [ONE, OTHER],
  )
  assert.deepEqual(warnings, [])
})

test('a host may be written with or without scheme and slash; https is meant unless http is written', () => {
  const hosts = {
    'https://state-2.forward.computer': 'https://state-2.forward.computer',
    'https://state-2.forward.computer/': 'https://state-2.forward.computer',
    'state-2.forward.computer': 'https://state-2.forward.computer',
    ' STATE-2.forward.computer/ ': 'https://state-2.forward.computer',
    'http://127.0.0.1:1234': 'http://127.0.0.1:1234',
    'localhost:1234': 'https://localhost:1234',
    'https://gate.example/state/': 'https://gate.example/state',
  }
  for (const [host, stateUrl] of Object.entries(hosts))
    assert.deepEqual(read(JSON.stringify({ [ONE]: host })), {
      processes: [{ id: ONE, stateUrl }],
      warnings: [],
    })
})

test('a process with an odd host is left out, and what is said of it holds no secret', () => {
  const odd = ['', ' ', 'ftp://a.example', 'a b', 'https://', null, 7, {}]
  for (const host of odd) {
    const { processes, warnings } = read(JSON.stringify({ [ONE]: host, [OTHER]: 'a.example' }))
    assert.deepEqual(processes, [{ id: OTHER, stateUrl: 'https://a.example' }])
    assert.match(warnings.join(), new RegExp(`^f, line 1: ${ONE} has no usable host, but .*left out$`))
  }
  for (const host of ['https://me:hunter22@a.example', 'a.example?key=hunter22', 'me:hunter22@a.example']) {
    const { processes, warnings } = read(JSON.stringify({ [ONE]: host, [OTHER]: 'a.example' }))
    assert.equal(processes.length, 1)
    assert.match(warnings.join(), /a\.example/)
    assert.doesNotMatch(warnings.join(), /hunter22/)
  }
})

test('a key that is twice in a map is warned of with its lines, and the last host counts', () => {
  const { processes, warnings } = read(
    `{\n"${ONE}": "a.example", "${OTHER}": "b.example",\n"${ONE}": "c.example"\n}`,
  )
  assert.equal(processes.find(({ id }) => id === ONE)?.stateUrl, 'https://c.example')
  assert.deepEqual(warnings, [`f, lines 2, 3: ${ONE} is there more than once; it is looked at once`])
})

test('a host without an id is left out, and lines are told right however a map is written', () => {
  const { processes, warnings } = read(`{"": "a.example", "x"\n:\n"b.example"\r\n, "${ONE}": "x"}`)
  assert.deepEqual(
    processes.map(({ id }) => id),
    ['x', ONE],
  )
  assert.match(warnings[0] ?? '', /^f, line 1: a host has no process id/)
  assert.match(warnings[1] ?? '', /^f, line 1: x is 1 character long/)
  assert.match(failure('{"": "a.example"}'), /names no process/)
})

test('odd ids are looked at as they are', () => {
  const { processes, warnings } = read(`abc\n${ONE.replace('D', '!')}\n${ONE} ${OTHER}`)
  assert.equal(processes.length, 3)
  assert.match(warnings[0] ?? '', /^f, line 1: abc is 3 characters long/)
  assert.match(warnings[1] ?? '', /is no base64url/)
  assert.match(warnings[2] ?? '', /is 87 characters long/)
})

test('a file that names no processes is a failure that says why', () => {
  assert.match(failure(`{"${ONE}": "a.example",}`), /^process-map\.json is no valid JSON: .*\S/)
  assert.match(failure(`["${ONE}"]`), /^process-map\.json is an array in JSON; accepted are an object/)
  assert.match(failure(`"${ONE}"`), /^process-map\.json is a text in JSON/)
  for (const text of ['', ' \n', '# nothing\n', '{}'])
    assert.equal(failure(text), 'process-map.json names no process that can be looked at')
  assert.match(
    failure(`{"processes": {"${ONE}": "a.example"}}`),
    /names no process that .* \(.*no usable host, but no text/,
  )
})
