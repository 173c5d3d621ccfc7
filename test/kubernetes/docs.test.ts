import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { parseConfig, readTarget } from '../../src/config/config.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

const DOC = read('docs/kubernetes.md')
const [CONFIG = '', SECRET = ''] = Array.from(DOC.matchAll(/```yaml\n(.*?)```/gs), ([, text]) => text)

test('the config in the document is one, and waits for nobody but the Secret that it names', () => {
  const parsed = parseConfig(CONFIG, { path: '.', env: {}, readFile: () => assert.fail('it names no file') })
  assert(parsed.ok, JSON.stringify(parsed))
  assert.deepEqual(
    parsed.warnings.map(({ message }) => message),
    [
      'routes[0].to[0] is "payments-oncall", which is not there yet; it is left out until a Secret brings it.',
    ],
  )
})

test('the Secret in the document is a destination once its key is filled in', () => {
  const { metadata, stringData } = parse(SECRET) as {
    metadata: { name: string; labels: Record<string, string> }
    stringData: Record<string, string>
  }
  const texts = Object.entries({ ...stringData, routing_key: 'a1'.repeat(16) })
  const data = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
  const target = readTarget({ ...metadata, resourceVersion: '1', data })
  assert.equal(target.is, 'destination', JSON.stringify(target))
})

test('the messages in the document are those that are logged', () => {
  const source = read('src/cli/discovery.ts')
  const named = Array.from(DOC.matchAll(/^\| `([^`]+)` \|/gm), ([, message = '']) => message)
  const logged = Array.from(
    source.matchAll(/'((?:destinations|a Secret|Kubernetes) [^']+)'/g),
    ([, text]) => text,
  )
  assert.deepEqual(
    named.toSorted((one, other) => (one < other ? -1 : 1)),
    logged
      .filter((text) => text !== 'Kubernetes still cannot be asked')
      .toSorted((one = '', other = '') => (one < other ? -1 : 1)),
  )
})
