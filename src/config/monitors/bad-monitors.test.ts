import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parseConfig, type ParsedConfig } from '../config.ts'

const AROUND = 'destinations:\n  oncall: { type: pagerduty, routing_key: R0UTINGKEY0000000000000000000001 }\n'

function parse(text: string): ParsedConfig {
  const readFile = (): string => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  }
  return parseConfig(AROUND + text, {
    path: 'tocsin.yaml',
    env: { ADDRESS: 'ftp://u:pa55word@a', BAD: '(' },
    readFile,
  })
}

const one = (text: string): string => `monitors: { a: { ${text} } }\n`
const nonces = (text: string): string => one(`type: nonces, processes: p.json, ${text}`)
const http = (text: string): string => one(`type: http, url: "https://a.example", ${text}`)
const metric = (text: string): string => one(`type: metric, ${text}`)
const exec = (text: string): string => one(`type: exec, ${text}`)

const DURATION = 'written as 500ms, 30s, 5m, 24h, 7d or 1h30m.'

const BAD: readonly (readonly [text: string, ...problems: readonly string[]])[] = [
  // What every monitor takes.
  ['monitors: [a]\n', 'monitors is a list; expected a map by name.'],
  [
    'monitors: { a: true }\n',
    'monitors.a is true; expected a map with type (nonces or http or heartbeat or workflows or metric or exec) and its keys.',
  ],
  [
    one('type: htp'),
    'monitors.a.type is "htp"; expected nonces or http or heartbeat or workflows or metric or exec.',
  ],
  [
    'monitors: { "a b": { type: exec, command: x } }\n',
    'monitors["a b"]: no name; expected letters, digits, "_", "." and "-", at most 64 in all.',
  ],
  [http('evry: 1m'), 'monitors.a.evry: no such key. Did you mean "every"?'],
  [http('every: 1s'), `monitors.a.every is "1s"; expected a duration from 5s to 7d, ${DURATION}`],
  [
    http('every: 1m, schedule: "* * * * *"'),
    'monitors.a.schedule stands beside every; expected one of the two.',
  ],
  [
    http('schedule: "99 * * * *"'),
    'monitors.a.schedule is "99 * * * *"; expected a cron expression of 5 or 6 fields, such as "*/5 * * * *": Invalid value for minute: 99.',
  ],
  [
    http('schedule: "@daily"'),
    'monitors.a.schedule is "@daily"; expected a cron expression of 5 or 6 fields, such as "*/5 * * * *".',
  ],
  [
    http('schedule: "0 0 30 2 *"'),
    'monitors.a.schedule is "0 0 30 2 *"; expected a cron expression that some day fits.',
  ],
  [
    http('schedule: "* * * * *", timezone: Europe/Berlni'),
    'monitors.a.timezone is "Europe/Berlni"; expected a time zone such as Europe/Berlin. Did you mean "Europe/Berlin"?',
  ],
  [
    http('timezone: Europe/Berlin'),
    'monitors.a.timezone goes with a schedule, and there is none; leave it out.',
  ],
  [http('jitter: 31s'), 'monitors.a.jitter is "31s"; expected at most half of every.'],
  [http('deadline: 2h'), `monitors.a.deadline is "2h"; expected a duration from 1s to 1h, ${DURATION}`],
  [
    http('confirm: { trouble: 3, of: 2 }'),
    'monitors.a.confirm.of is 2; expected at least as many as trouble.',
  ],
  [http('confirm: { of: 61 }'), 'monitors.a.confirm.of is 61; expected a whole number from 1 to 60.'],
  [
    http('severity: warn'),
    'monitors.a.severity is "warn"; expected critical, error, warning or info. Did you mean "warning"?',
  ],
  [
    http('labels: { monitor: b, team: "", "a b": c }'),
    'monitors.a.labels.monitor is "b"; a monitor writes that label itself; expected another.',
    'monitors.a.labels.team is ""; expected text.',
    'monitors.a.labels["a b"] is "c"; expected the name of a label, such as team, before its value.',
  ],
  [
    http('links: [{ href: "javascript:1" }]'),
    'monitors.a.links[0].href is no http or https address; expected one such as https://example.org/health.',
  ],
  [http('dedup_key: "{{"'), 'monitors.a.dedup_key is "{{"; expected a template: output "{{" not closed.'],
  // Whose name it has.
  [
    'monitors: { grafana: { type: exec, command: x } }\n',
    'monitors.grafana is the source of other alerts already, and they could not be told apart; expected another name.',
  ],
  [
    'monitors: { a: { type: exec, command: x } }\nsources: { a: { routing_key: R0UTINGKEY0000000000000000000002 } }\n',
    'monitors.a is the name of one of sources too, and their alerts could not be told apart; expected another name.',
  ],
  // Nonces.
  [one('type: nonces'), 'monitors.a has neither processes nor process_id; expected one of the two.'],
  [nonces('process_id: b'), 'monitors.a.process_id stands beside processes; expected one of the two.'],
  [
    one('type: nonces, process_id: "a/b"'),
    'monitors.a.process_id is "a/b"; expected the id of a process: letters, digits, "_" and "-".',
  ],
  [
    nonces('state_url: state.example, router_url: "https://u:pa55word@a", exclude_servers: [a, 5]'),
    'monitors.a.state_url is no http or https address; expected one such as https://example.org/health.',
    'monitors.a.router_url is an address with a user name or password; leave them out, they would be shown.',
    'monitors.a.exclude_servers[1] is 5; expected a part of the name of a host, or a list of them.',
  ],
  [
    nonces('router_url: "https://a.example?b"'),
    'monitors.a.router_url is an address with a query or a fragment; expected a base such as https://example.org.',
  ],
  [
    nonces('concurrency: 300, retries: { base: 1m, max_delay: 1s }'),
    'monitors.a.concurrency is 300; expected a whole number from 1 to 256.',
    'monitors.a.retries.max_delay is "1s"; expected at least base.',
  ],
  [
    nonces('tell: per_run, threshold: 5, fold_errors_over: 3, mismatch_threshold: 0'),
    'monitors.a.threshold goes with tell: per_process, and tell is per_run; leave it out.',
    'monitors.a.fold_errors_over goes with tell: per_process, and tell is per_run; leave it out.',
    'monitors.a.mismatch_threshold is 0; expected a whole number from 1 to 1000000000.',
  ],
  [
    nonces('error_threshold: 5'),
    'monitors.a.error_threshold goes with tell: per_run, and tell is per_process; leave it out.',
  ],
  [
    nonces('tell: per_proces, threshold: 5'),
    'monitors.a.tell is "per_proces"; expected per_run or per_process. Did you mean "per_process"?',
  ],
  [
    nonces('severity_by: { error: 50, warning: 50 }'),
    'monitors.a.severity_by is a map; expected numbers that fall from critical to info.',
  ],
  [
    nonces('severity_by: {}'),
    'monitors.a.severity_by is a map; expected a number for at least one of critical, error, warning and info.',
  ],
  [
    nonces('dedup_key: "{{ type }}", dated_keys: false'),
    'monitors.a.dated_keys is about keys of its own, and dedup_key is there instead; leave it out.',
  ],
  [
    nonces('labels: { process: b }'),
    'monitors.a.labels.process is "b"; a monitor writes that label itself; expected another.',
  ],
  // Addresses.
  [one('type: http'), 'monitors.a.url is missing; expected an http or https address.'],
  [one('type: http, url: []'), 'monitors.a.url is a list; expected at least one.'],
  [
    one('type: http, url: ["https://a.example", "${ADDRESS}"]'),
    'monitors.a.url[1] is no http or https address; expected one such as https://example.org/health.',
  ],
  [http('method: PUT'), 'monitors.a.method is "PUT"; expected GET or POST.'],
  [
    http('headers: { Authorization: x, Host: y, "a b": z }'),
    'monitors.a.headers.Authorization would show a secret; expected it under bearer.',
    'monitors.a.headers.Host is "y"; we write that header ourselves; expected another.',
    'monitors.a.headers["a b"] is "z"; expected the name of a header, such as Accept, before its value.',
  ],
  [
    http('bearer: b, bearer_file: c'),
    'monitors.a.bearer_file stands beside bearer; expected one of the two.',
  ],
  [http('bearer: "a b"'), 'monitors.a.bearer has blanks or characters beyond ASCII; expected none.'],
  [
    http('expect: { status: [200, 2xy, 299-200] }'),
    'monitors.a.expect.status[1] is "2xy"; expected a status such as 200, 2xx or 200-299.',
    'monitors.a.expect.status[2] is "299-200"; expected a status such as 200, 2xx or 200-299.',
  ],
  [
    http('expect: { body: "a(" }'),
    'monitors.a.expect.body is "a("; expected a regular expression: missing closing ).',
  ],
  [
    http('expect: { body: "${BAD}" }'),
    'monitors.a.expect.body is a text from the environment; expected a regular expression.',
  ],
  [
    http('expect: { certificate: 1m }'),
    `monitors.a.expect.certificate is "1m"; expected a duration from 1h to 3650d, ${DURATION}`,
  ],
  // Beats.
  [one('type: heartbeat'), `monitors.a.within is missing; expected a duration from 1s to 365d, ${DURATION}`],
  [
    one('type: heartbeat, within: 1h, of: a'),
    'monitors.a.of is "a"; that is the monitor itself; expected one that looks.',
  ],
  [
    'monitors: { a: { type: heartbeat, within: 1h, of: b }, b: { type: heartbeat, within: 1h }, disk: { type: exec, command: x } }\n',
    'monitors.a.of is "b"; that waits for beats too; expected one that looks. Known: disk.',
  ],
  [
    'monitors: { a: { type: heartbeat, within: 1h, of: dsik }, disk: { type: exec, command: x } }\n',
    'monitors.a.of is "dsik"; no such monitor; expected one that looks. Did you mean "disk"?',
  ],
  // Workflows.
  [
    one('type: workflows, repository: "https://github.com/a/b", token: ""'),
    'monitors.a.repository is "https://github.com/a/b"; expected OWNER/NAME, such as nodejs/node.',
    'monitors.a.token is empty; expected a token.',
  ],
  [
    one('type: workflows, repository: a/b, workflows: [""]'),
    'monitors.a.workflows[0] is ""; expected the name, the file name or the id of a workflow.',
  ],
  // Numbers.
  [
    metric('unit: ms'),
    'monitors.a has neither url nor prometheus; expected one of the two.',
    'monitors.a.above is missing; expected it, or below, or both.',
  ],
  [
    metric('url: "https://a.example", prometheus: "https://b.example", above: 1'),
    'monitors.a.prometheus stands beside url; expected one of the two.',
  ],
  [
    metric('url: "https://a.example", query: up, above: 1'),
    'monitors.a.path is missing; expected it beside url.',
    'monitors.a.query stands beside url, which takes path; leave it out.',
  ],
  [
    metric('prometheus: "https://a.example", path: a, below: 1'),
    'monitors.a.query is missing; expected it beside prometheus.',
    'monitors.a.path stands beside prometheus, which takes query; leave it out.',
  ],
  [
    metric('prometheus: "https://a.example", query: up, above: 1, below: 2'),
    'monitors.a.below is 2; expected at most above: nothing would be well.',
  ],
  // Commands.
  [
    exec('command: []'),
    'monitors.a.command is a list; expected a command: a list of texts, or one text for the shell.',
  ],
  [exec('command: [x, 5]'), 'monitors.a.command[1] is 5; expected text.'],
  [
    exec('command: x, env: { "1": b, PASS: 12345 }'),
    'monitors.a.env["1"] is no name of a variable; expected one such as PGHOST.',
    'monitors.a.env.PASS is no text; expected one, in quotes.',
  ],
  [
    exec('command: x, codes: { 0: info, 256: info, 3: warn }'),
    'monitors.a.codes["0"] is "info"; expected an exit code from 1 to 255 before it.',
    'monitors.a.codes["256"] is "info"; expected an exit code from 1 to 255 before it.',
    'monitors.a.codes["3"] is "warn"; expected critical, error, warning or info. Did you mean "warning"?',
  ],
]

suite('a problem of a monitor is told with its place and what is accepted', () => {
  for (const [text, ...problems] of BAD)
    test(text.trim(), () => {
      const parsed = parse(text)
      assert(!parsed.ok)
      assert.deepEqual(parsed.problems.map(({ message }) => message).toSorted(), problems.toSorted())
    })
})

test('two monitors that make the same keys are a warning', () => {
  const parsed = parse(
    'monitors: { a: { type: nonces, process_id: b }, c: { type: nonces, process_id: d }, e: { type: nonces, process_id: b, tell: per_run }, f: { type: nonces, process_id: g, dedup_key: "{{ type }}" } }\n',
  )
  assert(parsed.ok)
  assert.deepEqual(
    parsed.warnings.map(({ message }) => message),
    [
      'monitors.c makes the same dedup keys as monitors.a: where both are told, they share incidents. A dedup_key of its own keeps them apart.',
    ],
  )
})

test('a monitor alone needs somebody to be told', () => {
  const parsed = parseConfig(exec('command: x'), { path: 'tocsin.yaml', env: {}, readFile: () => '' })
  assert(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ message }) => message),
    ['destinations names none; expected at least one, so that somebody can be told.'],
  )
})
