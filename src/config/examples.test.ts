import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DEMO_ROUTING_KEY, parseConfig, type ParsedConfig } from './config.ts'

const EXAMPLES = new URL('../../examples/', import.meta.url)
const NAMES = readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml'))

/** Another secret for every variable and file. */
function parseExample(name: string): ParsedConfig {
  const text = readFileSync(new URL(name, EXAMPLES), 'utf8')
  const variables = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable = '']) => variable)
  const env = Object.fromEntries(variables.map((variable) => [variable, makeSecret(variable)]))
  return parseConfig(text, { path: `examples/${name}`, env, readFile: makeSecret })
}

/** A secret of the form that its name promises. */
function makeSecret(name: string): string {
  if (/bot_token$/i.test(name)) return `xoxb-${makeKey(name)}`
  if (name.endsWith('.pem')) return `-----BEGIN CERTIFICATE-----\n${makeKey(name)}\n-----END CERTIFICATE-----`
  if (/url$/i.test(name)) return `https://hooks.example/${makeKey(name)}`
  return /signing_key$|chatops\.key$/i.test(name) ? `whsec_${makeKey(name)}` : makeKey(name)
}

function makeKey(name: string): string {
  return Buffer.from(name.split('').reverse().join('')).toString('hex').padEnd(32, '0').slice(0, 32)
}

test('there are examples', () => {
  assert.deepEqual(NAMES.sort(), [
    'email.yaml',
    'fallback.yaml',
    'full.yaml',
    'minimal.yaml',
    'mir3.yaml',
    'prometheus.yaml',
    'rootly.yaml',
    'slack.yaml',
    'webhook.yaml',
  ])
})

for (const name of NAMES) {
  test(`the example ${name} has no problem and no warning`, () => {
    const parsed = parseExample(name)
    assert(parsed.ok, JSON.stringify(parsed, null, 1))
    assert.deepEqual(parsed.warnings, [])
  })
}

test('the full example names the key that the emulator is known by', () => {
  assert(readFileSync(new URL('full.yaml', EXAMPLES), 'utf8').includes(DEMO_ROUTING_KEY))
  assert.match(DEMO_ROUTING_KEY, /^[A-Za-z0-9]{32}$/)
})
