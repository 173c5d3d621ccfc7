import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseConfig, type ParsedConfig } from '../config.ts'

const AROUND = 'destinations:\n  oncall: { type: pagerduty, routing_key: R0UTINGKEY0000000000000000000001 }\n'

function parse(text: string): ParsedConfig {
  const options = { path: 'tocsin.yaml', env: {}, readFile: () => assert.fail('there is no file') }
  return parseConfig(AROUND + text, options)
}

const route = (text: string): string => `routes: [{ to: oncall, ${text} }]\n`
const time = (text: string): string => `times: { a: ${text} }\n`
const rule = (text: string): string => `severity: { rules: [{ ${text} }] }\n`

const BAD: readonly (readonly [text: string, ...problems: readonly string[]])[] = [
  // The tree.
  [
    'routes: [{ match: { a: b }, routes: [{ match: { c: d } }] }]\n',
    'routes[0].routes[0].to is missing; expected the name of a destination, or a list of names.',
  ],
  [
    'routes: [{ routes: [] }]\n',
    'routes[0].to is missing; expected the name of a destination, or a list of names.',
  ],
  [
    'routes: [{ name: a, to: oncall, routes: [{ name: b }, { name: a }] }, { name: b, to: [] }]\n',
    'routes[0].routes[1].name is "a"; routes[0] has that name, expected another.',
    'routes[1].name is "b"; routes[0].routes[0] has that name, expected another.',
  ],
  [
    'routes: [{ routes: [{ to: onccall, tll: 5m }] }]\n',
    'routes[0].routes[0].to is "onccall"; no such destination. Did you mean "oncall"?',
    'routes[0].routes[0].tll: no such key. Did you mean "ttl"?',
  ],
  ['routes: [{ to: oncall, routes: {} }]\n', 'routes[0].routes is not a list; expected one.'],
  // What a route says.
  [route('group_by: 5'), 'routes[0].group_by is 5; expected the name of a label, or a list of names.'],
  [
    route('group_by: [a, ""]'),
    'routes[0].group_by[1] is ""; expected the name of a label, or a list of names.',
  ],
  [
    `times: { office: { days: mon } }\n${route('during: ofice, not_during: [office, freeze]')}`,
    'routes[0].during is "ofice"; no such time under times. Did you mean "office"?',
    'routes[0].not_during[1] is "freeze"; no such time under times. Known: office.',
  ],
  [
    route('repeat: 5s'),
    'routes[0].repeat is "5s"; expected a duration from 1m to 30d, written as 500ms, 30s, 5m, 24h, 7d or 1h30m.',
  ],
  [
    route('repeat: { every: 1h, how: pages }'),
    'routes[0].repeat.how is "pages"; expected remind or page. Did you mean "page"?',
  ],
  [route('on_join: pag'), 'routes[0].on_join is "pag"; expected update or page. Did you mean "page"?'],
  [route('on_mute: acknowledge'), 'routes[0].on_mute is "acknowledge"; expected resolve, ack or none.'],
  // Thresholds.
  [
    route('when: { value: { field: a, at_least: many } }'),
    'routes[0].when.value.at_least is "many"; expected a number.',
  ],
  [
    route('when: { value: { at_least: 1 } }'),
    'routes[0].when.value.field is missing; expected text such as slots_behind.',
  ],
  [
    route('when: { value: { field: a, at_least: 5, until_below: 5.5 } }'),
    'routes[0].when.value.until_below is 5.5; expected a number that is no larger than at_least.',
  ],
  [
    route('when: [{ value: { field: a, at_least: 5, until_below: often } }]'),
    'routes[0].when[0].value.until_below is "often"; expected a number.',
  ],
  [route('when: { cuont: { at_least: 1 } }'), 'routes[0].when.cuont: no such key. Did you mean "count"?'],
  [route('when: {}'), 'routes[0].when is a map; expected at least one of value, count and trend.'],
  [route('when: often'), 'routes[0].when is "often"; expected a map, or a list of maps.'],
  [
    route('when: [{ count: { at_least: 0 } }, { trend: { field: a, checks: 1000 } }]'),
    'routes[0].when[0].count.at_least is 0; expected a whole number from 1 to 1000000.',
    'routes[0].when[1].trend.checks is 1000; expected a whole number from 1 to 100.',
  ],
  // Templates.
  [
    route('summary: "{{ a | nosuch }}"'),
    'routes[0].summary is "{{ a | nosuch }}"; expected a template: undefined filter: nosuch.',
  ],
  [
    route('summary: "{% include \'x\' %}"'),
    'routes[0].summary is "{% include \'x\' %}"; expected a template: ENOENT: Failed to lookup "x" in ".".',
  ],
  [
    route('details: { a: "{{", b: 7 }'),
    'routes[0].details.a is "{{"; expected a template: output "{{" not closed.',
    'routes[0].details.b is 7; expected a template in quotes, such as "{{ summary }}".',
  ],
  [route('details: "{{"'), 'routes[0].details is "{{"; expected a template: output "{{" not closed.'],
  [
    route('dedup_key: "{% render \'x\' %}"'),
    'routes[0].dedup_key is "{% render \'x\' %}"; expected a template: ENOENT: Failed to lookup "x" in ".".',
  ],
  // Severities.
  [
    rule('by: { field: a }'),
    'severity.rules[0].by is a map; expected a number for at least one of critical, error, warning and info.',
  ],
  [
    rule('by: { field: a, error: 5, warning: 7 }'),
    'severity.rules[0].by is a map; expected numbers that fall from critical to info.',
  ],
  [rule('by: { field: a, critical: many }'), 'severity.rules[0].by.critical is "many"; expected a number.'],
  [rule('match: { a: b }'), 'severity.rules[0] is a map; expected by or set, or both.'],
  [
    rule('set: warn'),
    'severity.rules[0].set is "warn"; expected critical, error, warning or info. Did you mean "warning"?',
  ],
  // Times.
  [
    time('{ from: 2026-01-02T00:00Z, until: 2026-01-01T00:00Z }'),
    'times.a.until is "2026-01-01T00:00Z"; expected a moment after from.',
  ],
  [
    time('{ from: 2026-01-02 }'),
    'times.a.from is "2026-01-02"; expected a moment of a day that there is, such as 2026-12-20T18:00:00Z.',
  ],
  [
    time('{ until: 2027-02-30T00:00:00Z }'),
    'times.a.until is "2027-02-30T00:00:00Z"; expected a moment of a day that there is, such as 2026-12-20T18:00:00Z.',
  ],
  [
    time('{ days: mon-fry }'),
    'times.a.days is "mon-fry"; expected a day or a range such as mon-fri. Did you mean "fri"?',
  ],
  [
    time('{ hours: ["09:00-09:00", 9-17] }'),
    'times.a.hours[0] is "09:00-09:00"; expected an end that is not the beginning.',
    'times.a.hours[1] is "9-17"; expected two times of day, such as 09:00-17:00.',
  ],
  [
    time('{ hours: 09:00-25:00 }'),
    'times.a.hours is "09:00-25:00"; expected two times of day, such as 09:00-17:00.',
  ],
  [
    time('{ days: mon, timezone: Europe/Berlni }'),
    'times.a.timezone is "Europe/Berlni"; expected a time zone such as Europe/Berlin. Did you mean "Europe/Berlin"?',
  ],
  [time('{ timezone: UTC }'), 'times.a is a map; expected at least one of days, hours, from and until.'],
  [time('[{ day: mon }]'), 'times.a[0].day: no such key. Did you mean "days"?'],
  // Inhibition.
  [
    'inhibit: [{ source: { a: b }, traget: { c: d } }]\n',
    'inhibit[0].target is missing; expected a map of names to values, or a list of NAME=VALUE, NAME!=VALUE, NAME=~EXPRESSION or NAME!~EXPRESSION.',
    'inhibit[0].traget: no such key. Did you mean "target"?',
  ],
]

suite('a problem is told with its place and what is accepted', () => {
  for (const [text, ...problems] of BAD)
    test(text.trim(), () => {
      const parsed = parse(text)
      assert(!parsed.ok)
      assert.deepEqual(parsed.problems.map(({ message }) => message).toSorted(), problems.toSorted())
    })
})

const REST = ' has no last route for everything else: alerts that match none are told to nobody.'
const WARNED: readonly (readonly [text: string, ...warnings: readonly string[]])[] = [
  [
    route('group_by: [server], dedup_key: "{{ server }}-{{ labels.type }}-{{ today }}"'),
    'routes[0].dedup_key names labels.type, in which the alerts of a group need not agree: group_by names server. Each key is an incident of its own.',
  ],
  [route('group_by: [server, type], dedup_key: "{{ server }}-{{ labels.type }}-{{ today }}"')],
  [
    route('when: { count: { at_least: 2 } }'),
    'routes[0].when asks for several alerts, and without group_by or dedup_key each is an incident of its own: it would never be told.',
  ],
  [route('when: { count: { at_least: 1 } }')],
  [route('when: [{ count: { at_least: 2 } }, { trend: { field: a, checks: 2 } }]')],
  [route('when: { count: { at_least: 2 } }, group_by: a')],
  [
    'routes: [{ match: { a: b }, to: oncall, routes: [{ routes: [{ to: [] }] }, { match: { c: d } }] }, { to: oncall }]\n',
    'routes[0].routes[1] is never reached: routes[0].routes[0] takes every alert and does not continue.',
  ],
  ['routes: [{ routes: [{ match: { a: b }, to: oncall }] }]\n', `routes${REST}`],
  ['routes: [{ routes: [{ match: { a: b }, to: [] }, { to: oncall }] }]\n'],
  [
    'routes: [{ match: { a: [b, c] }, to: oncall, routes: [{ match: { a: [c, d] }, routes: [{ match: { a: b } }] }] }, { to: [] }]\n',
    'routes[0].routes[0].routes[0].match is never reached: no alert can have all the values of a that it and those around it ask for.',
  ],
  [
    'routes: [{ routes: [{ to: oncall }] }, { to: oncall }]\n',
    'routes[1] is never reached: routes[0] takes every alert and does not continue.',
  ],
]

suite('what is probably not meant is a warning', () => {
  for (const [text, ...warnings] of WARNED)
    test(text.trim(), () => {
      const parsed = parse(text)
      assert(parsed.ok, JSON.stringify(parsed))
      assert.deepEqual(
        parsed.warnings.map(({ message }) => message),
        warnings,
      )
    })
})
