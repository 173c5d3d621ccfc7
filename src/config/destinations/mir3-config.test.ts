import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig, printConfig, type Mir3Settings, type ParsedConfig } from '../config.ts'

const PASSWORD = 'S3cretOfTheUser'

function parse(more: string): ParsedConfig {
  const text = `destinations:\n  everybody: { type: mir3, ${more} }\n`
  return parseConfig(text, { path: 'tocsin.yaml', env: {}, readFile: () => `${PASSWORD}\n` })
}

function settingsOf(more: string): Mir3Settings {
  const parsed = parse(more)
  assert(parsed.ok, JSON.stringify(parsed))
  const [found] = parsed.settings.destinations
  assert(found?.type === 'mir3')
  return found
}

test('MIR3 needs a user, a password and a title', () => {
  const { password, ...rest } = settingsOf(`username: tocsin, password: ${PASSWORD}, notification: Outage`)
  assert.equal(password(), PASSWORD)
  assert.deepEqual(rest, {
    name: 'everybody',
    type: 'mir3',
    timeoutMs: 10_000,
    username: 'tocsin',
    notification: { critical: 'Outage', error: 'Outage', warning: 'Outage', info: 'Outage' },
    apiVersion: '4.7',
  })
})

test('every key of MIR3 reaches its setting', () => {
  const { password, ...rest } = settingsOf(
    `username: tocsin, password_file: p, url: 'https://ca.mir3.com/services/v1.2/mir3', api_version: '3.7', timeout: 30s,
     notification: { critical: Outage, error: Failure, warning: Warning, info: 'A & B' }`,
  )
  assert.equal(password(), PASSWORD)
  assert.deepEqual(rest, {
    name: 'everybody',
    type: 'mir3',
    timeoutMs: 30_000,
    url: 'https://ca.mir3.com/services/v1.2/mir3',
    username: 'tocsin',
    notification: { critical: 'Outage', error: 'Failure', warning: 'Warning', info: 'A & B' },
    apiVersion: '3.7',
  })
})

for (const notification of ['Outage', '{ critical: Outage, error: a, warning: b, info: c }'])
  test(`a printed MIR3 means the same when it is read again: ${notification}`, () => {
    const first = parse(`username: tocsin, password: ${PASSWORD}, notification: ${notification}`)
    assert(first.ok)
    const printed = printConfig(first.effective)
    assert(!printed.includes(PASSWORD))
    const again = parseConfig(printed.replace('(secret)', PASSWORD), {
      path: 'tocsin.yaml',
      env: {},
      readFile: () => assert.fail('there is no file'),
    })
    assert(again.ok, JSON.stringify(again))
    assert.equal(JSON.stringify(again.settings), JSON.stringify(first.settings))
  })

test('all that is wrong with a MIR3 is told at once, each in its place', () => {
  const parsed = parse(
    `username: '', password: "a\\tb", url: 'http://ws.mir3.example', api_version: latest, notification: { critical: a, debug: b },
     auto_resolv: true`,
  )
  assert(!parsed.ok)
  const told = parsed.problems.map(({ path, message }) => [path, message.slice(path.length)])
  const at = 'destinations.everybody.'
  assert.deepEqual(Object.fromEntries(told), {
    [`${at}username`]: ' is ""; expected text such as tocsin.',
    [`${at}password`]: ' has control characters; expected none.',
    [`${at}url`]:
      ' is http to ws.mir3.example, which would show what is secret to everybody on the way; expected https.',
    [`${at}api_version`]: ' is "latest"; expected a version in quotes, such as "4.7".',
    [`${at}notification.error`]: ' is missing; expected text such as Database outage.',
    [`${at}notification.warning`]: ' is missing; expected text such as Database outage.',
    [`${at}notification.info`]: ' is missing; expected text such as Database outage.',
    [`${at}notification.debug`]: ': no such key. Known: critical, error, warning, info.',
    [`${at}auto_resolv`]: ': no such key. Did you mean "auto_resolve"?',
  })
})

test('a number that YAML makes of a version is told how to be written', () => {
  const parsed = parse(`username: tocsin, password: ${PASSWORD}, notification: Outage, api_version: 4.7`)
  assert(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ message }) => message),
    ['destinations.everybody.api_version is 4.7; expected a version in quotes, such as "4.7".'],
  )
})
