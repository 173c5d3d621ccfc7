import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig, type ConfigProblem } from './config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const OTHER_KEY = 'R0UTINGKEY0000000000000000000002'
const ENV = { KEY, OTHER_KEY, TOKEN: 'a-token-of-some-length', EMPTY: '', REGION: 'moon' }

function problemsOf(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, {
    path: '/etc/tocsin/tocsin.yaml',
    env: ENV,
    readFile: (path) => {
      if (path === '/etc/tocsin/short.key') return 'abc\n'
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    },
  })
  return parsed.ok ? [] : parsed.problems
}

/** A config that is right but for what is added. */
const AROUND = 'destinations:\n  oncall: { type: pagerduty, routing_key: "${KEY}" }\n'
const within = (destination: string): string =>
  `destinations:\n  oncall:\n    type: pagerduty\n    routing_key: \${KEY}\n    ${destination}\n`

/** What is wrong, the text, and the one problem that comes of it. */
const CASES: readonly (readonly [name: string, text: string, path: string, message: string])[] = [
  [
    'an empty config',
    '',
    'destinations',
    'destinations names none; expected at least one, so that somebody can be told.',
  ],
  [
    'a config that is a list',
    '- a\n',
    '',
    'The config is a list; expected a map with store, server, destinations, discover, sources, monitors, routes, severity, times, inhibit, classification, update_on, unsent_pair, resolve_timeout, retention, retry_for, drain, audit, heartbeat.',
  ],
  [
    'a config that is a text',
    'hello\n',
    '',
    'The config is "hello"; expected a map with store, server, destinations, discover, sources, monitors, routes, severity, times, inhibit, classification, update_on, unsent_pair, resolve_timeout, retention, retry_for, drain, audit, heartbeat.',
  ],
  [
    'an unknown key at the top',
    AROUND + 'destination: {}\n',
    'destination',
    'destination: no such key. Did you mean "destinations"?',
  ],
  [
    'an unknown key that is near none',
    AROUND + 'zebra: 1\n',
    'zebra',
    'zebra: no such key. Known: store, server, destinations, discover, sources, monitors, routes, severity, times, inhibit, classification, update_on, unsent_pair, resolve_timeout, retention, retry_for, drain, audit, heartbeat.',
  ],
  [
    'an unknown key in a map',
    AROUND + 'server: { limits: { bodies: 5MB } }\n',
    'server.limits.bodies',
    'server.limits.bodies: no such key. Known: body, alerts, labels, request_timeout.',
  ],
  [
    'an unknown key of a destination',
    within('routing_keys: x'),
    'destinations.oncall.routing_keys',
    'destinations.oncall.routing_keys: no such key. Did you mean "routing_key"?',
  ],
  [
    'a store of another kind, with its password',
    AROUND + 'store: mysql://u:pa55word@db/x\n',
    'store',
    'store is of no known kind; expected sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
  ],
  [
    'a store with an odd password',
    AROUND + 'store: postgres://u:pa/55word@db/x\n',
    'store',
    'store is no address that can be read; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for a "@" in the password, %2F for a "/", %3A for a ":", %23 for a "#" and %3F for a "?".',
  ],
  [
    'an address without a port',
    AROUND + 'server: { listen: localhost }\n',
    'server.listen',
    'server.listen is "localhost"; expected HOST:PORT, such as 127.0.0.1:8350, [::1]:8350 or :8350.',
  ],
  [
    'a port beyond the last',
    AROUND + 'server: { listen: "127.0.0.1:70000" }\n',
    'server.listen',
    'server.listen is "127.0.0.1:70000"; expected HOST:PORT, such as 127.0.0.1:8350, [::1]:8350 or :8350.',
  ],
  [
    'listening beyond loopback without tokens',
    AROUND + 'server: { listen: "0.0.0.0:8350" }\n',
    'server.tokens',
    'server.tokens names none, and server.listen is "0.0.0.0:8350", so that everybody who reaches it could do everything; expected at least one token.',
  ],
  [
    'listening everywhere with an empty list of tokens',
    AROUND + 'server: { listen: ":8350", tokens: [] }\n',
    'server.tokens',
    'server.tokens names none, and server.listen is ":8350", so that everybody who reaches it could do everything; expected at least one token.',
  ],
  [
    'a short token',
    AROUND + 'server: { tokens: [ secret ] }\n',
    'server.tokens[0]',
    'server.tokens[0] has 6 characters; expected at least 16, so that nobody guesses it.',
  ],
  [
    'a token with blanks',
    AROUND + 'server: { tokens: [ a token with blanks in it ] }\n',
    'server.tokens[0]',
    'server.tokens[0] has blanks or characters beyond ASCII; expected none.',
  ],
  [
    'a token that is there twice',
    AROUND + 'server:\n  tokens:\n    - ${TOKEN}\n    - { token: "${TOKEN}", for: api }\n',
    'server.tokens[1]',
    'server.tokens[1] is the same token as server.tokens[0]; expected another.',
  ],
  [
    'a token that is a number',
    AROUND + 'server: { tokens: [ 1234567890123456 ] }\n',
    'server.tokens[0]',
    'server.tokens[0] is no text, and no map with token or token_file; expected one of them.',
  ],
  [
    'a token for an unknown scope',
    AROUND + 'server: { tokens: [ { token: "${TOKEN}", for: [prometeus] } ] }\n',
    'server.tokens[0].for[0]',
    'server.tokens[0].for[0] is "prometeus"; expected api, prometheus, alertmanager, grafana, alerts, heartbeats or metrics. Did you mean "prometheus"?',
  ],
  [
    'a token without a value',
    AROUND + 'server: { tokens: [ { for: api } ] }\n',
    'server.tokens[0].token',
    'server.tokens[0].token is missing; expected it, or token_file.',
  ],
  [
    "a token's file that is not there",
    AROUND + 'server: { tokens: [ { token_file: prom } ] }\n',
    'server.tokens[0].token_file',
    'server.tokens[0].token_file is "prom"; no file can be read there (ENOENT).',
  ],
  [
    'tokens that are no list',
    AROUND + 'server: { tokens: a-token-of-some-length }\n',
    'server.tokens',
    'server.tokens is not a list; expected one.',
  ],
  [
    'a body without a unit',
    AROUND + 'server: { limits: { body: large } }\n',
    'server.limits.body',
    'server.limits.body is "large"; expected a size from 1KB to 64MB, written as 512KB or 5MB.',
  ],
  [
    'a body over the limit',
    AROUND + 'server: { limits: { body: 1GB } }\n',
    'server.limits.body',
    'server.limits.body is "1GB"; expected a size from 1KB to 64MB, written as 512KB or 5MB.',
  ],
  [
    'alerts out of range',
    AROUND + 'server: { limits: { alerts: 0 } }\n',
    'server.limits.alerts',
    'server.limits.alerts is 0; expected a whole number from 1 to 100000.',
  ],
  [
    'labels that are no number',
    AROUND + 'server: { limits: { labels: many } }\n',
    'server.limits.labels',
    'server.limits.labels is "many"; expected a whole number from 1 to 1024.',
  ],
  [
    'a time-out out of range',
    AROUND + 'server: { limits: { request_timeout: 10ms } }\n',
    'server.limits.request_timeout',
    'server.limits.request_timeout is "10ms"; expected a duration from 1s to 10m, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'no type',
    'destinations: { oncall: { routing_key: "${KEY}" } }\n',
    'destinations.oncall.type',
    'destinations.oncall.type is missing; expected pagerduty or webhook or slack or rootly or mir3 or email.',
  ],
  [
    'an unknown type',
    'destinations: { oncall: { type: pager, routing_key: "${KEY}" } }\n',
    'destinations.oncall.type',
    'destinations.oncall.type is "pager"; expected pagerduty or webhook or slack or rootly or mir3 or email.',
  ],
  [
    'no routing key',
    'destinations: { oncall: { type: pagerduty } }\n',
    'destinations.oncall.routing_key',
    'destinations.oncall.routing_key is missing; expected it, or routing_key_file.',
  ],
  [
    'a routing key of the wrong length',
    'destinations: { oncall: { type: pagerduty, routing_key: u+abc } }\n',
    'destinations.oncall.routing_key',
    'destinations.oncall.routing_key has 5 characters; expected the 32 letters and digits of an Events API v2 integration key.',
  ],
  [
    'a routing key with other characters',
    'destinations: { oncall: { type: pagerduty, routing_key: R0UTINGKEY-000000000000000000001 } }\n',
    'destinations.oncall.routing_key',
    'destinations.oncall.routing_key has other characters; expected the 32 letters and digits of an Events API v2 integration key.',
  ],
  [
    'an empty variable as a routing key',
    'destinations: { oncall: { type: pagerduty, routing_key: "${EMPTY}" } }\n',
    'destinations.oncall.routing_key',
    'destinations.oncall.routing_key has 0 characters; expected the 32 letters and digits of an Events API v2 integration key.',
  ],
  [
    'a routing key beside a file with one',
    within('routing_key_file: short.key'),
    'destinations.oncall.routing_key_file',
    'destinations.oncall.routing_key_file stands beside routing_key; expected one of the two.',
  ],
  [
    'a file that holds no routing key',
    'destinations: { oncall: { type: pagerduty, routing_key_file: short.key } }\n',
    'destinations.oncall.routing_key_file',
    'destinations.oncall.routing_key_file is "short.key"; what the file holds has 3 characters; expected the 32 letters and digits of an Events API v2 integration key.',
  ],
  [
    "a routing key's file that is not there",
    'destinations: { oncall: { type: pagerduty, routing_key_file: /run/secrets/pd } }\n',
    'destinations.oncall.routing_key_file',
    'destinations.oncall.routing_key_file is "/run/secrets/pd"; no file can be read there (ENOENT).',
  ],
  [
    'a variable that is not set',
    'destinations: { oncall: { type: pagerduty, routing_key: "${PAGERDUTY_KEY}" } }\n',
    'destinations.oncall.routing_key',
    'destinations.oncall.routing_key names the environment variable PAGERDUTY_KEY, which is not set.',
  ],
  [
    'a variable that is not set, in a list',
    AROUND + 'server: { tokens: [ "${MISSING}" ] }\n',
    'server.tokens[0]',
    'server.tokens[0] names the environment variable MISSING, which is not set.',
  ],
  [
    'a ${ that begins no variable',
    AROUND + 'store: sqlite:${PATH\n',
    'store',
    'store has a "${" that begins no ${NAME} or ${NAME:-default}; write $$ for a "$".',
  ],
  [
    'a value from the environment is not shown',
    within('region: ${REGION}'),
    'destinations.oncall.region',
    'destinations.oncall.region is a text from the environment; expected us or eu.',
  ],
  [
    'an unknown region',
    within('region: asia'),
    'destinations.oncall.region',
    'destinations.oncall.region is "asia"; expected us or eu.',
  ],
  [
    'a url of another kind',
    within('url: ftp://example.org'),
    'destinations.oncall.url',
    'destinations.oncall.url is no http or https address; expected a base such as http://127.0.0.1:8351.',
  ],
  [
    'http beyond this machine',
    within('url: http://pagerduty.example.org:8080'),
    'destinations.oncall.url',
    'destinations.oncall.url is http to pagerduty.example.org, which would show the routing key to everybody on the way; expected https.',
  ],
  [
    'a url with a password',
    within('url: https://u:pa55word@example.org'),
    'destinations.oncall.url',
    'destinations.oncall.url is an address with a user name or password; leave them out, no request would carry them.',
  ],
  [
    'a url with a query',
    within('url: https://example.org/?key=pa55word'),
    'destinations.oncall.url',
    'destinations.oncall.url is an address with a query or a fragment; expected a base such as http://127.0.0.1:8351.',
  ],
  [
    'a bad duration',
    within('timeout: 10 seconds'),
    'destinations.oncall.timeout',
    'destinations.oncall.timeout is "10 seconds"; expected a duration from 100ms to 1m, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'a number as a duration',
    within('timeout: 10'),
    'destinations.oncall.timeout',
    'destinations.oncall.timeout is 10; expected a duration from 100ms to 1m, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'a duration out of range',
    within('timeout: 5m'),
    'destinations.oncall.timeout',
    'destinations.oncall.timeout is "5m"; expected a duration from 100ms to 1m, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'an unknown word for a rate',
    within('rate: unlimited'),
    'destinations.oncall.rate',
    'destinations.oncall.rate is "unlimited"; expected none, or a map with limit and window.',
  ],
  [
    'a rate without events',
    within('rate: { limit: 0 }'),
    'destinations.oncall.rate.limit',
    'destinations.oncall.rate.limit is 0; expected a whole number from 1 to 1000000.',
  ],
  [
    'a rate with an unknown key',
    within('rate: { limits: 5 }'),
    'destinations.oncall.rate.limits',
    'destinations.oncall.rate.limits: no such key. Did you mean "limit"?',
  ],
  [
    'an unknown severity of a destination',
    within('default_severity: fatal'),
    'destinations.oncall.default_severity',
    'destinations.oncall.default_severity is "fatal"; expected critical, error, warning or info.',
  ],
  [
    'a text as a boolean',
    within('auto_resolve: "yes"'),
    'destinations.oncall.auto_resolve',
    'destinations.oncall.auto_resolve is "yes"; expected true or false.',
  ],
  [
    "a destination's name with a blank",
    'destinations: { "on call": { type: pagerduty, routing_key: "${KEY}" } }\n',
    'destinations["on call"]',
    'destinations["on call"]: no name; expected letters, digits, "_", "." and "-", at most 64 in all.',
  ],
  [
    'a destination that is a text',
    'destinations: { oncall: pagerduty }\n',
    'destinations.oncall',
    'destinations.oncall is "pagerduty"; expected a map with type (pagerduty or webhook or slack or rootly or mir3 or email) and its keys.',
  ],
  [
    'a source with the key of a destination',
    AROUND + 'sources: { legacy: { routing_key: "${KEY}" } }\n',
    'sources.legacy',
    "sources.legacy has the same routing key as destinations.oncall; an event sent with it could be either's.",
  ],
  [
    'two sources with one key',
    AROUND + 'sources:\n  one: { routing_key: "${OTHER_KEY}" }\n  two: { routing_key: "${OTHER_KEY}" }\n',
    'sources.two',
    "sources.two has the same routing key as sources.one; an event sent with it could be either's.",
  ],
  [
    'a source without a key',
    AROUND + 'sources: { one: { } }\n',
    'sources.one.routing_key',
    'sources.one.routing_key is missing; expected it, or routing_key_file.',
  ],
  [
    'routes that are no list',
    AROUND + 'routes: { to: oncall }\n',
    'routes',
    'routes is not a list; expected one.',
  ],
  [
    'a route that is a text',
    AROUND + 'routes: [ oncall ]\n',
    'routes[0]',
    'routes[0] is "oncall"; expected a map with name, match, to, continue, group_by, when, dedup_key, ttl, hold, repeat, on_join, on_mute, during, not_during, summary, details, routes.',
  ],
  [
    'a route that leads nowhere',
    AROUND + 'routes: [ { match: { a: b } } ]\n',
    'routes[0].to',
    'routes[0].to is missing; expected the name of a destination, or a list of names.',
  ],
  [
    'an unknown destination',
    AROUND + 'routes: [ { to: onccall } ]\n',
    'routes[0].to',
    'routes[0].to is "onccall"; no such destination. Did you mean "oncall"?',
  ],
  [
    'an unknown destination in a list',
    AROUND + 'routes: [ { to: [ oncall, ops ] } ]\n',
    'routes[0].to[1]',
    'routes[0].to[1] is "ops"; no such destination. Known: oncall.',
  ],
  [
    'a destination that is a number',
    AROUND + 'routes: [ { to: [ 5 ] } ]\n',
    'routes[0].to[0]',
    'routes[0].to[0] is 5; expected the name of a destination, or a list of names.',
  ],
  [
    'two routes of one name',
    AROUND + 'routes: [ { name: db, match: { a: b }, to: oncall }, { name: db, to: oncall } ]\n',
    'routes[1].name',
    'routes[1].name is "db"; routes[0] has that name, expected another.',
  ],
  [
    'an unknown key of a route',
    AROUND + 'routes: [ { matches: { a: b }, to: oncall } ]\n',
    'routes[0].matches',
    'routes[0].matches: no such key. Did you mean "match"?',
  ],
  [
    'a bad regular expression',
    AROUND + 'routes: [ { match: { instance: "=~db-(" }, to: oncall } ]\n',
    'routes[0].match.instance',
    'routes[0].match.instance is "=~db-("; expected a regular expression: missing closing ).',
  ],
  [
    'a bad regular expression in a list',
    AROUND + "routes: [ { match: [ 'a=b', 'instance=~\"*\"' ], to: oncall } ]\n",
    'routes[0].match[1]',
    'routes[0].match[1] is "instance=~\\"*\\""; expected a regular expression: missing argument to repetition operator.',
  ],
  [
    'a matcher that is none',
    AROUND + 'routes: [ { match: [ team ], to: oncall } ]\n',
    'routes[0].match[0]',
    'routes[0].match[0] is no matcher; expected NAME=VALUE, NAME!=VALUE, NAME=~EXPRESSION or NAME!~EXPRESSION, such as instance=~"db.*".',
  ],
  [
    'a matcher whose quote is open',
    AROUND + "routes: [ { match: [ 'team=\"db' ], to: oncall } ]\n",
    'routes[0].match[0]',
    'routes[0].match[0] has a quote that is not closed; expected one such as alertname="Disk full".',
  ],
  [
    'a list compared in two ways',
    AROUND + 'routes: [ { match: { team: [ web, "!=db" ] }, to: oncall } ]\n',
    'routes[0].match.team[1]',
    'routes[0].match.team[1] is "!=db"; expected "=" as before it: a list is compared in one way.',
  ],
  [
    'a matcher without a value',
    AROUND + 'routes: [ { match: { team: }, to: oncall } ]\n',
    'routes[0].match.team',
    'routes[0].match.team is empty; expected text; "" matches an alert without the label.',
  ],
  [
    'a matcher with an empty list',
    AROUND + 'routes: [ { match: { team: [] }, to: oncall } ]\n',
    'routes[0].match.team',
    'routes[0].match.team is a list; expected at least one value.',
  ],
  [
    'a matcher for a severity that means none',
    AROUND + 'routes: [ { match: { severity: [ critical, urgnt ] }, to: oncall } ]\n',
    'routes[0].match.severity[1]',
    'routes[0].match.severity[1] is "urgnt"; expected a severity. Known: critical, error, warning, info.',
  ],
  [
    'a match that is a text',
    AROUND + 'routes: [ { match: severity=critical, to: oncall } ]\n',
    'routes[0].match',
    'routes[0].match is "severity=critical"; expected a map of names to values, or a list of NAME=VALUE, NAME!=VALUE, NAME=~EXPRESSION or NAME!~EXPRESSION.',
  ],
  [
    'a template that does not end',
    AROUND + 'routes: [ { dedup_key: "{{ alertname", to: oncall } ]\n',
    'routes[0].dedup_key',
    'routes[0].dedup_key is "{{ alertname"; expected a template: output "{{ alertname" not closed.',
  ],
  [
    'a template with an unknown filter',
    AROUND + 'routes: [ { dedup_key: "{{ alertname | shout }}", to: oncall } ]\n',
    'routes[0].dedup_key',
    'routes[0].dedup_key is "{{ alertname | shout }}"; expected a template: undefined filter: shout.',
  ],
  [
    'a template without quotes',
    AROUND + 'routes:\n  - to: oncall\n    dedup_key: {{ alertname }}\n',
    'routes[0].dedup_key',
    'routes[0].dedup_key is a map; expected a template in quotes, such as "{{ alertname }}-{{ instance }}".',
  ],
  [
    'a hold that is a duration',
    AROUND + 'routes: [ { hold: 30s, to: oncall } ]\n',
    'routes[0].hold',
    'routes[0].hold is "30s"; expected a map with trigger, resolve.',
  ],
  [
    'a hold out of range',
    AROUND + 'routes: [ { hold: { trigger: 2d }, to: oncall } ]\n',
    'routes[0].hold.trigger',
    'routes[0].hold.trigger is "2d"; expected a duration from 0s to 1d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'a bad ttl',
    AROUND + 'routes: [ { ttl: soon, to: oncall } ]\n',
    'routes[0].ttl',
    'routes[0].ttl is "soon"; expected a duration from 0s to 365d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'an unknown default severity',
    AROUND + 'severity: { default: crit }\n',
    'severity.default',
    'severity.default is "crit"; expected critical, error, warning or info. Did you mean "critical"?',
  ],
  [
    'a list of words for severities',
    AROUND + 'severity: { map: [page] }\n',
    'severity.map',
    'severity.map is a list; expected a map of words to severities.',
  ],
  [
    'a word for an unknown severity',
    AROUND + 'severity: { map: { page: urgent } }\n',
    'severity.map.page',
    'severity.map.page is "urgent"; expected critical, error, warning or info.',
  ],
  [
    'an unknown part in update_on',
    AROUND + 'update_on: [ severity, sumary ]\n',
    'update_on[1]',
    'update_on[1] is "sumary"; expected severity, summary or details. Did you mean "summary"?',
  ],
  [
    'an unknown way with unsent pairs',
    AROUND + 'unsent_pair: keep\n',
    'unsent_pair',
    'unsent_pair is "keep"; expected drop or tell.',
  ],
  [
    'a retention out of range',
    AROUND + 'retention: { ledger: 5m }\n',
    'retention.ledger',
    'retention.ledger is "5m"; expected a duration from 1h to 3650d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'a retry_for out of range',
    AROUND + 'retry_for: 1s\n',
    'retry_for',
    'retry_for is "1s"; expected a duration from 1m to 90d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    'a key that would be a prototype',
    AROUND + '__proto__: { a: 1 }\n',
    '__proto__',
    '__proto__: no such key.',
  ],
  [
    'a key that is there twice',
    AROUND + 'store: sqlite:a\nstore: sqlite:b\n',
    '',
    'Line 4, column 1: this key is there already, further up in the same map.',
  ],
  [
    'a tab',
    AROUND + 'server:\n	listen: x\n',
    '',
    'Line 4, column 1: YAML is indented with spaces, not with tabs.',
  ],
  [
    'an open quote',
    AROUND + 'store: "sqlite:a\n',
    '',
    'Line 4, column 1: something is missing: a closing quote or bracket, a comma, or a ":".',
  ],
  [
    'a variable in braces without quotes',
    AROUND + 'sources: { legacy: { routing_key: ${KEY} } }\n',
    '',
    'Line 3, column 36: within { } or [ ] a variable stands in quotes: "${NAME}".',
  ],
  [
    'a text that ends with a colon',
    AROUND + 'store: sqlite::memory:\n',
    '',
    'Line 3, column 8: a text that ends with ":" stands in quotes.',
  ],
  [
    'a second document',
    AROUND + '---\nstore: sqlite:a\n',
    '',
    'Line 3, column 1: a second document begins; a config is one.',
  ],
  [
    'an alias without its anchor',
    AROUND + 'store: *place\n',
    '',
    'The config has an alias without its anchor, or aliases that would unfold without end.',
  ],
  [
    'an unknown tag',
    AROUND + 'store: !path sqlite:a\n',
    '',
    'Line 3, column 8: unknown tag; a text that begins with "!" stands in quotes.',
  ],
]

for (const [name, text, path, message] of CASES) {
  test(`${name} is told with its place and what is accepted`, () => {
    assert.deepEqual(
      problemsOf(text).map((problem) => [problem.path, problem.message]),
      [[path, message]],
    )
  })
}

test('every problem is told at once, in the order of the text', () => {
  const text = [
    'store: mysql://localhost',
    'server:',
    '  listen: 0.0.0.0:8350',
    '  limits: { body: 1GB }',
    'store: sqlite:b',
    'destinations:',
    '  oncall:',
    '    type: pagerduty',
    '    routing_key: ${NOT_SET}',
    '    timeout: soon',
    '  ops:',
    '    type: pagerduty',
    '    routing_key: abc',
    '    regoin: eu',
    'sources:',
    '  one: { routing_key: "${KEY}" }',
    '  two: { routing_key: "${KEY}" }',
    'routes:',
    '  - match: { instance: "=~(" }',
    '    to: [oncal, ops]',
    '    dedup_key: "{{ a | b }}"',
    '  - { name: "routes[0]", to: nobody }',
    'drain: 20',
  ].join('\n')
  assert.deepEqual(
    problemsOf(text).map(({ path, line }) => [line, path]),
    [
      [3, 'server.tokens'],
      [4, 'server.limits.body'],
      [5, ''],
      [9, 'destinations.oncall.routing_key'],
      [10, 'destinations.oncall.timeout'],
      [13, 'destinations.ops.routing_key'],
      [14, 'destinations.ops.regoin'],
      [17, 'sources.two'],
      [19, 'routes[0].match.instance'],
      [20, 'routes[0].to[0]'],
      [21, 'routes[0].dedup_key'],
      [22, 'routes[1].name'],
      [22, 'routes[1].to'],
      [23, 'drain'],
    ],
  )
})
