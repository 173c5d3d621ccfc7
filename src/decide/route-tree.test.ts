import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertOf, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { makeMatcher, matchRoutes, targetsOf, type Route } from './decide.ts'

const DB = makeMatcher('team', '=', ['db'])
const WEB = makeMatcher('team', '=', ['web'])
const CRITICAL = makeMatcher('severity', '=', ['critical'])

function route(name: string, more: Partial<Route> = {}): Route {
  return routeOf({ name, ...more })
}

const db = (more: Partial<Route> = {}): Route => route('db', { matchers: [DB], ...more })
const loud = route('loud', { matchers: [CRITICAL] })
const web = route('web', { matchers: [WEB] })
const any = route('any')
const rest = route('rest')

const ROWS: readonly (readonly [name: string, routes: readonly Route[], taken: readonly string[]])[] = [
  ['the first child that matches, not its parent', [db({ routes: [web, loud, any] }), rest], ['loud']],
  ['the parent when no child matches', [db({ routes: [web] }), rest], ['db']],
  [
    'no child of a parent that does not match',
    [route('other', { matchers: [WEB], routes: [any] }), rest],
    ['rest'],
  ],
  [
    'nothing of a folder whose children do not match, but what comes after it',
    [db({ isFolder: true, routes: [web] }), rest],
    ['rest'],
  ],
  ['nothing of an empty folder', [db({ isFolder: true, routes: [] }), rest], ['rest']],
  ['the child of a folder', [db({ isFolder: true, routes: [loud] }), rest], ['loud']],
  [
    'several children, as long as they say `continue`',
    [db({ routes: [{ ...loud, continue: true }, any, route('late')] }), rest],
    ['loud', 'any'],
  ],
  [
    'what comes after the parent only when the parent says `continue`',
    [db({ routes: [{ ...loud, continue: true }] }), rest],
    ['loud'],
  ],
  [
    'what comes after the parent when it does',
    [db({ continue: true, routes: [loud] }), rest],
    ['loud', 'rest'],
  ],
  [
    'children on each level, each with a `continue` of its own',
    [
      db({
        continue: true,
        routes: [
          route('inner', { continue: true, routes: [{ ...loud, continue: true }, any] }),
          route('beside'),
        ],
      }),
      rest,
    ],
    ['loud', 'any', 'beside', 'rest'],
  ],
  [
    'the deepest that matches',
    [db({ routes: [route('a', { routes: [route('b', { routes: [loud] })] })] })],
    ['loud'],
  ],
  [
    'a folder that says `continue`, and took nothing, is passed by',
    [db({ isFolder: true, continue: true, routes: [web] }), rest],
    ['rest'],
  ],
]

suite('of routes within routes, an alert takes', () => {
  for (const [name, routes, taken] of ROWS) {
    test(name, () => {
      const alert = alertOf({ severity: 'critical', labels: { team: 'db' } })
      const found = matchRoutes(alert, policyOf({ routes }))
      assert.deepEqual(
        found.map((one) => one.name),
        taken,
      )
    })
  }
})

test('a route within others sends by its own settings, and each destination gets one incident', () => {
  const inner = route('inner', { matchers: [CRITICAL], to: ['oncall', 'ops'], ttlMs: 5_000, continue: true })
  const routes = [db({ to: ['oncall'], routes: [inner, route('all', { to: ['ops', 'oncall'] })] })]
  const alert = alertOf({ severity: 'critical', labels: { team: 'db' } })
  assert.deepEqual(
    targetsOf(alert, policyOf({ routes }), NOW).map((one) => [one.destination, one.route, one.ttlMs]),
    [
      ['oncall', 'inner', 5_000],
      ['ops', 'inner', 5_000],
    ],
  )
})
