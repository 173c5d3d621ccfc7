import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig, printConfig, type ParsedConfig, type RootlySettings } from '../config.ts'

const TOKEN = 'rootly_0123456789abcdef'

function parse(more: string): ParsedConfig {
  const text = `destinations:\n  rota: { type: rootly, ${more} }\n`
  return parseConfig(text, { path: 'tocsin.yaml', env: {}, readFile: () => `${TOKEN}\n` })
}

function settingsOf(more: string): RootlySettings {
  const parsed = parse(more)
  assert(parsed.ok, JSON.stringify(parsed))
  const [found] = parsed.settings.destinations
  assert(found?.type === 'rootly')
  return found
}

test('Rootly needs nothing but its API key, and is told as fast as it takes', () => {
  const { token, ...rest } = settingsOf(`token: ${TOKEN}`)
  assert.equal(token(), TOKEN)
  assert.deepEqual(rest, {
    name: 'rota',
    type: 'rootly',
    timeoutMs: 10_000,
    rate: { limit: 3_000, windowMs: 60_000 },
    stormOver: 15_000,
    place: { serviceIds: [], groupIds: [], environmentIds: [], urgencyIds: {} },
  })
})

test('every key of Rootly reaches its setting', () => {
  const { token, place, ...rest } = settingsOf(
    `token_file: key, url: 'http://127.0.0.1:4711', timeout: 3s, rate: none, service_ids: [ s1, s2 ], group_ids: [ g ],
     environment_ids: [ e ], alert_urgency_id: { critical: u1, info: u2 },
     notification_target: { type: EscalationPolicy, id: p }, description: '{{ summary }}!'`,
  )
  assert.equal(token(), TOKEN)
  const { description, ...ids } = place
  assert.equal(description?.text, '{{ summary }}!')
  assert.deepEqual(ids, {
    serviceIds: ['s1', 's2'],
    groupIds: ['g'],
    environmentIds: ['e'],
    urgencyIds: { critical: 'u1', info: 'u2' },
    target: { type: 'EscalationPolicy', id: 'p' },
  })
  assert.deepEqual(rest, { name: 'rota', type: 'rootly', timeoutMs: 3_000, url: 'http://127.0.0.1:4711' })
})

test('a printed Rootly means the same when it is read again, with its key in its place', () => {
  const first = parse(
    `token: ${TOKEN}, service_ids: [ s ], alert_urgency_id: { error: u }, description: '{{ summary }}',
     notification_target: { type: Group, id: g }`,
  )
  assert(first.ok)
  const printed = printConfig(first.effective)
  assert(!printed.includes(TOKEN))
  const again = parseConfig(printed.replace('(secret)', TOKEN), {
    path: 'tocsin.yaml',
    env: {},
    readFile: () => assert.fail('there is no file'),
  })
  assert(again.ok, JSON.stringify(again))
  assert.equal(printConfig(again.effective), printed)
  assert.equal(JSON.stringify(again.settings), JSON.stringify(first.settings))
})

test('all that is wrong with a Rootly is told at once, each in its place', () => {
  const parsed = parse(
    `token: a b, url: 'http://rootly.example', service_ids: s, group_ids: [ '' ], alert_urgency_id: { high: u },
     notification_target: { type: Team }, description: '{{ summary', servise_ids: []`,
  )
  assert(!parsed.ok)
  const told = parsed.problems.map(({ path, message }) => [path, message.slice(path.length)])
  const at = 'destinations.rota.'
  assert.deepEqual(Object.fromEntries(told), {
    [`${at}token`]: ' has blanks or characters beyond ASCII; expected none.',
    [`${at}url`]:
      ' is http to rootly.example, which would show what is secret to everybody on the way; expected https.',
    [`${at}service_ids`]: ' is not a list; expected one.',
    [`${at}group_ids[0]`]: ' is ""; expected text such as an id.',
    [`${at}alert_urgency_id.high`]: ': no such key. Known: critical, error, warning, info.',
    [`${at}notification_target.type`]:
      ' is "Team"; expected User, Group, EscalationPolicy, Service or Functionality.',
    [`${at}notification_target.id`]: ' is missing; expected text such as an id.',
    [`${at}description`]: ' is "{{ summary"; expected a template: output "{{ summary" not closed.',
    [`${at}servise_ids`]: ': no such key. Did you mean "service_ids"?',
  })
})

test('without an API key, Rootly is not told of', () => {
  const parsed = parse('service_ids: [ s ]')
  assert(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ message }) => message),
    ['destinations.rota.token is missing; expected it, or token_file.'],
  )
})
