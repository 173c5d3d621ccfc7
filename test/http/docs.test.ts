import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ERROR_CODES, openApi } from '../../src/server/server.ts'
import { openService, post } from './service.ts'

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const API = read('http-api.md')
const METRICS = read('metrics.md')

test('docs/http-api.md lists every error code, and no other', () => {
  const documented = [...API.matchAll(/^\| `(TOCSIN_\w+)` \|/gm)].map(([, code = '']) => code)
  assert.deepEqual(documented.toSorted(), Object.keys(ERROR_CODES).toSorted())
})

test('docs/http-api.md names every path of the API', () => {
  const { paths } = openApi('0') as { paths: Readonly<Record<string, unknown>> }
  for (const path of Object.keys(paths)) {
    const named = path.replace(/^\/v1\/incidents\/\{id\}\/resolve$/, '/resolve')
    assert.ok(API.includes(`${named}\``), path)
  }
})

test('every example body of docs/http-api.md that is sent to an intake is taken', async () => {
  const service = await openService(
    { sources: { example: { routing_key: '0123456789abcdef0123456789abcdef' } } },
    { start: false },
  )
  const commands = API.replaceAll('\\\n', ' ').matchAll(
    /curl (?:-fsS )?http:\/\/127\.0\.0\.1:8350(\/\S+) -H 'content-type: application\/json' +-d '([^']+)'/g,
  )
  let count = 0
  for (const [, path = '', body = ''] of commands) {
    const answer = await post(service.url + path, body)
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.text()}`)
    count++
  }
  assert.ok(count >= 8, String(count))
  await service.close()
})

test('docs/metrics.md lists every metric with its type and labels, and no other', async () => {
  const service = await openService({}, { start: false })
  const text = await (await fetch(`${service.url}/metrics`)).text()
  await service.close()
  const shown = [...text.matchAll(/^# TYPE ((?:tocsin|pagerduty)_\w+) (\w+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  )
  const documented = [...METRICS.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  )
  assert.deepEqual(documented.toSorted(), shown.toSorted())
})

test('the rules of docs/metrics.md ask for metrics that there are', () => {
  const documented = new Set([...METRICS.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name))
  const rules = [...METRICS.matchAll(/```(?:yaml|promql)\n([^]*?)```/g)]
    .map(([, text = '']) => text)
    .join('\n')
  for (const [name] of rules.matchAll(/\b(?:tocsin|pagerduty)_[a-z_]+/g)) {
    assert.ok(documented.has(name.replace(/_(?:bucket|sum|count)$/, '')), name)
  }
})
