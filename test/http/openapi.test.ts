import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES, makeApp, openApi } from '../../src/server/server.ts'
import { contextOf, settingsOf } from './service.ts'

type Node = null | boolean | number | string | readonly Node[] | { readonly [key: string]: Node }
type Operation = Readonly<Record<string, Node>>

const METHODS = new Set(['get', 'post', 'put', 'delete', 'patch', 'head', 'options', 'trace'])

const DOCUMENT = JSON.parse(JSON.stringify(openApi('1.2.3'))) as {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, Node>>>>
}

const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

/** What the server registers, such as `GET /v1/incidents/{id}`; HEAD comes with every GET. */
async function registered(): Promise<readonly string[]> {
  const context = await contextOf(settingsOf())
  const app = makeApp(context, { isDraining: false })
  await app.ready()
  const tree = app.printRoutes({ commonPrefix: false })
  await app.close()
  await context.pipeline.store.close()
  await context.world.http.close()
  const routes: string[] = []
  const parents: string[] = []
  for (const line of tree.split('\n').filter((text) => text.trim() !== '')) {
    const [, indent = '', part = '', methods = ''] = /^([│├└─\s]*)(\S+) \(([A-Z, ]+)\)$/u.exec(line) ?? []
    assert.notEqual(part, '', `a line of the tree that cannot be read: ${line}`)
    const depth = indent.length / 4
    const path = `${depth > 1 ? parents[depth - 1] : ''}${part}`
    parents[depth] = path
    for (const method of methods.split(', ')) {
      if (method !== 'HEAD') routes.push(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    }
  }
  return routes
}

function references(node: Node): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap((inner: Node) => references(inner))
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  )
}

function resolve(reference: string): Node | undefined {
  let at: Node | undefined = DOCUMENT
  for (const part of reference.replace(/^#\//, '').split('/')) {
    at = typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as Operation)[part] : undefined
  }
  return at
}

test('every registered route is described, and every described path exists', async () => {
  const routes = await registered()
  assert.ok(routes.length > 20)
  const described = OPERATIONS.map(({ path, method }) => `${method.toUpperCase()} ${path}`)
  assert.deepEqual(described.toSorted(), routes.toSorted())
})

test('every reference in the description resolves, and every component is used', () => {
  const used = new Set(references(DOCUMENT))
  for (const reference of used) assert.ok(resolve(reference) !== undefined, reference)
  for (const group of ['schemas', 'responses']) {
    for (const name of Object.keys(DOCUMENT.components[group] ?? {})) {
      assert.ok(used.has(`#/components/${group}/${name}`), `${name} is described and nowhere used`)
    }
  }
})

test('every operation has a summary, a tag that is declared, security, and described answers', () => {
  assert.equal(DOCUMENT.openapi, '3.1.0')
  assert.equal(DOCUMENT.info.version, '1.2.3')
  const tags = new Set(DOCUMENT.tags.map(({ name }) => name))
  for (const { path, method, operation } of OPERATIONS) {
    const where = `${method} ${path}`
    assert.ok(METHODS.has(method), where)
    assert.ok(typeof operation['summary'] === 'string', where)
    for (const tag of operation['tags'] as string[]) assert.ok(tags.has(tag), where)
    const responses = Object.entries(operation['responses'] as Operation)
    assert.ok(
      responses.some(([status]) => status.startsWith('2')),
      where,
    )
    for (const [status, response] of responses) {
      assert.match(status, /^[1-5]\d\d$/, where)
      const shown = response as { $ref?: string; description?: string }
      assert.ok(shown.$ref !== undefined || (shown.description ?? '') !== '', `${where} ${status}`)
    }
    for (const need of operation['security'] as Operation[]) {
      for (const scheme of Object.keys(need)) {
        assert.ok(resolve(`#/components/securitySchemes/${scheme}`) !== undefined, where)
      }
    }
  }
})

test('every name in a path is a parameter of its operations, and the other way round', () => {
  for (const { path, method, operation } of OPERATIONS) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const parameters = (operation['parameters'] ?? []) as { name: string; in: string; required: boolean }[]
    const inPath = parameters.filter((parameter) => parameter.in === 'path')
    assert.deepEqual(
      inPath.map(({ name }) => name),
      named,
      `${method} ${path}`,
    )
    assert.ok(
      inPath.every(({ required }) => required),
      `${method} ${path}`,
    )
    assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length)
  }
})

test('the description lists every error code', () => {
  const codes = resolve('#/components/schemas/Error/properties/error/properties/code/enum')
  assert.deepEqual(codes, Object.keys(ERROR_CODES))
})
