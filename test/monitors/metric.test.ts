import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { metricMonitor } from '../../src/monitors/metric/metric-monitor.ts'
import type { Observation, Observed } from '../../src/monitors/observation.ts'
import type { MetricSettings } from '../../src/monitors/settings.ts'
import { systemWorld } from '../../src/world/world.ts'
import { Receiver } from '../contracts/receiver.ts'

const world = systemWorld({ logLevel: 'silent' })
after(() => world.http.close())

const TOKEN = 'the-token-of-the-metric'

function settings(from: MetricSettings['from'], more: Partial<MetricSettings> = {}): MetricSettings {
  return {
    type: 'metric',
    name: 'success-rate',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 30_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    from,
    headers: {},
    timeoutMs: 10_000,
    unit: '',
    missing: 'trouble',
    ...more,
  }
}

function look(given: MetricSettings, signal: AbortSignal = new AbortController().signal): Promise<Observed> {
  return metricMonitor(given).observe(world, { memory: undefined, isServed: true, signal })
}

/** Looks at what a server answers so. */
async function lookAt(
  answer: unknown,
  from: (url: string) => MetricSettings['from'],
  more: Partial<MetricSettings> = {},
  status = 200,
): Promise<Observed> {
  await using receiver = await Receiver.open()
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
  receiver.reply = (response) => void response.writeHead(status).end(body)
  return await look(settings(from(receiver.origin), more))
}

const atPath = (path: string) => (url: string) =>
  ({ kind: 'json', url: `${url}/stats?key=a-secret-key`, path }) as const
const query = (url: string) => ({ kind: 'prometheus', url, query: 'rate' }) as const

/** The answer of Prometheus with these series. */
function vector(...series: readonly [Readonly<Record<string, string>>, string][]): object {
  const result = series.map(([metric, text]) => ({ metric, value: [1_700_000_000.1, text] }))
  return { status: 'success', data: { resultType: 'vector', result } }
}

function seen(observed: Observed): readonly Observation[] {
  assert.equal(observed.kind, 'seen', JSON.stringify(observed))
  return observed.observations
}

/** What was said, as lines such as `above: success-rate is 3, above 2`; trouble has a mark. */
function lines(observed: Observed): readonly string[] {
  return seen(observed).map(
    ({ type, isTrouble, finding }) => `${isTrouble ? '! ' : ''}${type}: ${finding.summary}`,
  )
}

function reasonOf(observed: Observed): string {
  assert.equal(observed.kind, 'failed', JSON.stringify(observed))
  return `${observed.failure.point}: ${observed.failure.reason}`
}

suite('a number of a JSON answer', { concurrency: true }, () => {
  test('below what it may be it is told, with the number, the threshold and the path', async () => {
    const observed = await lookAt({ rate: 93.2 }, atPath('rate'), { below: 95, unit: ' %' })
    assert.deepEqual(lines(observed), [
      'missing: success-rate is 93.2 %',
      '! below: success-rate is 93.2 %, below 95 %',
    ])
    const { finding, ...below } = seen(observed)[1] ?? assert.fail()
    assert.deepEqual(below, { subject: '', type: 'below', isTrouble: true, value: -93.2 })
    assert.equal(finding.severity, 'error')
    assert.deepEqual(finding.details, { path: 'rate', unit: '%', value: 93.2, threshold: 95 })
  })

  test('both thresholds are watched, and neither belongs to trouble', async () => {
    const band = { above: 300, below: 100, unit: ' ms' }
    assert.deepEqual(lines(await lookAt({ p: 300 }, atPath('p'), band)).slice(1), [
      'above: success-rate is 300 ms, not above 300 ms',
      'below: success-rate is 300 ms, not below 100 ms',
    ])
    const above = seen(await lookAt({ p: 300.0001 }, atPath('p'), band))[1]
    assert.deepEqual(
      [above?.isTrouble, above?.value, above?.finding.summary],
      [true, 300.0001, 'success-rate is 300.0001 ms, above 300 ms'],
    )
    const close = lines(await lookAt({ p: 99.1234567 }, atPath('p'), { below: 99.12346 }))[1]
    assert.equal(close, '! below: success-rate is 99.1234567, below 99.12346')
  })

  test('a number is shown as people read it', async () => {
    const shown = [
      [0.1 + 0.2, '0.3'],
      [1 / 3, '0.333333'],
      [1_234_567.89, '1234568'],
      [-0.5, '-0.5'],
    ] as const
    for (const [value, text] of shown) {
      assert.equal(lines(await lookAt({ value }, atPath('value')))[0], `missing: success-rate is ${text}`)
    }
  })

  test('it stands at a path, in one of several ways of writing it', async () => {
    const answer = { data: { items: [{ rate: '7' }], 'success.rate': 7 } }
    const paths = [
      'data.items.0.rate',
      '$.data.items[0].rate',
      'data.items[0].rate',
      'data["success.rate"]',
      "$.data['success.rate']",
    ]
    for (const path of paths) {
      assert.match(
        lines(await lookAt(answer, atPath(path), { above: 5 }))[1] ?? '',
        /^! above: .* is 7, above 5$/,
      )
    }
    assert.match(lines(await lookAt('7', atPath('$')))[0] ?? '', / is 7$/)
    assert.match(lines(await lookAt([1, 2], atPath('$.length')))[0] ?? '', / is 2$/)
  })

  test('a text that is a number as a whole is one', async () => {
    for (const text of ['7', ' 7 ', '+7', '7.0', '.7e1', '7E0']) {
      assert.match(lines(await lookAt({ a: text }, atPath('a')))[0] ?? '', / is 7$/)
    }
    for (const text of ['', '7 %', '0x7', 'Infinity', 'NaN', '7,0', 'seven']) {
      assert.match(lines(await lookAt({ a: text }, atPath('a')))[0] ?? '', / has no number: at a there is "/)
    }
  })

  test('no number is trouble, and says nothing of the thresholds', async () => {
    const answers = [
      [{}, 'nothing'],
      [{ a: null }, 'null'],
      [{ a: [7] }, 'a list'],
      [{ a: {} }, 'an object'],
      [{ a: true }, 'true'],
      [[], 'nothing'],
      ['null', 'nothing'],
    ] as const
    for (const [answer, found] of answers) {
      const observed = await lookAt(answer, atPath('a'), { above: 5, below: 1 })
      assert.deepEqual(lines(observed), [`! missing: success-rate has no number: at a there is ${found}`])
    }
    assert.match(lines(await lookAt({}, atPath('__proto__.length')))[0] ?? '', /there is nothing$/)
  })

  test('no number is well where the settings say so, and ends what was said', async () => {
    const observed = await lookAt({}, atPath('a'), { above: 5, missing: 'well' })
    const summary = 'success-rate has no number: at a there is nothing'
    assert.deepEqual(lines(observed), [`missing: ${summary}`, `above: ${summary}`])
  })

  test('it is asked for with the headers and the token, read anew each time', async () => {
    await using receiver = await Receiver.open()
    receiver.reply = (response) => void response.writeHead(200).end('{"a":1}')
    let asked = 0
    const given = settings(
      { kind: 'json', url: `${receiver.origin}/a?b=c`, path: 'a' },
      { headers: { Accept: 'application/hal+json', 'X-Scope': 'ao' }, bearer: () => `${TOKEN}-${++asked}` },
    )
    await look(given)
    await look(given)
    const [first, second] = receiver.arrivals
    assert.deepEqual([first?.method, first?.path], ['GET', '/a?b=c'])
    assert.equal(first?.headers.accept, 'application/hal+json')
    assert.equal(first.headers['x-scope'], 'ao')
    assert.match(first.headers['user-agent'] ?? '', /^tocsin/)
    assert.equal(first.headers.authorization, `Bearer ${TOKEN}-1`)
    assert.equal(second?.headers.authorization, `Bearer ${TOKEN}-2`)
  })

  test('an answer that repeats the token shows it to nobody', async () => {
    const given = { bearer: () => TOKEN }
    const number = await lookAt({ a: `Bearer ${TOKEN}` }, atPath('a'), given)
    assert.deepEqual(lines(number), [
      '! missing: success-rate has no number: at a there is "Bearer [secret]"',
    ])
    const series = await lookAt(vector([{ by: TOKEN }, '1']), query, given)
    assert.equal(seen(series)[0]?.subject, '{by="[secret]"}')
  })

  test('a failure shows no secret in another way of writing it', async () => {
    const from = (url: string) =>
      ({ kind: 'json', url: `${url}/stats?key=a%2Fsecret%20key&b=1`, path: 'a' }) as const
    for (const said of ['a/secret key', 'a%2Fsecret%20key', String.raw`a\/secret key; the\/token+`]) {
      const reason = reasonOf(await lookAt(said, from, { bearer: () => 'the/token+' }, 500))
      assert.match(reason, / answered 500 \(\[secret\](?:; \[secret\])?\); expected 200$/, said)
    }
  })

  test('a failure says what was seen, in a line, and no secret', async () => {
    const secret = { headers: { 'X-Key': 'a-key-in-a-header' }, bearer: () => TOKEN }
    const said = `no\n${TOKEN} for a-key-in-a-header and a-secret-key ${'x'.repeat(300)}`
    const reason = reasonOf(await lookAt({ error: { message: said } }, atPath('a'), secret, 403))
    assert.match(
      reason,
      /^answer: http:\/\/127\.0\.0\.1:\d+\/stats answered 403 \(no \[secret\] for \[secret\] and \[secret\] x+…\); expected 200$/,
    )
    assert.match(
      reasonOf(await lookAt('<html>oh</html>', atPath('a'), {}, 503)),
      /stats answered 503; expected 200$/,
    )
    assert.match(reasonOf(await lookAt('', atPath('a'), {}, 302)), /stats answered 302; expected 200$/)
    assert.match(
      reasonOf(await lookAt('{"a":', atPath('a'))),
      /^answer: the answer of http:.*stats is no JSON$/,
    )
    assert.match(
      reasonOf(await lookAt(' '.repeat(4 * 1024 * 1024), atPath('a'))),
      /is longer than 4 MiB; ask for less$/,
    )
    assert.match(
      reasonOf(await lookAt({}, atPath('a..b'))),
      /^answer: the path a\.\.b cannot be read; expected one such as/,
    )
  })

  test('no answer is a failure', async () => {
    const receiver = await Receiver.open()
    await receiver.shut()
    const from = { kind: 'json', url: `${receiver.origin}/a?key=a-secret-key`, path: 'a' } as const
    const reason = reasonOf(await look(settings(from)))
    assert.match(
      reason,
      /^request: http:\/\/127\.0\.0\.1:\d+\/a gave no answer: could not connect \(ECONNREFUSED\)$/,
    )
    const aborted = AbortSignal.abort()
    assert.match(
      reasonOf(await look(settings(from), aborted)),
      /^request: .* before the time to look was over$/,
    )
  })
})

suite('the numbers of a query to Prometheus', { concurrency: true }, () => {
  const up = (instance: string, job: string): Record<string, string> => ({ job, instance, __name__: 'up' })

  test('the query goes to the API below its base', async () => {
    await using receiver = await Receiver.open()
    receiver.reply = (response) => void response.writeHead(200).end(JSON.stringify(vector([{}, '1'])))
    for (const base of ['', '/', '/prometheus', '/prometheus/']) {
      await look(
        settings({ kind: 'prometheus', url: receiver.origin + base, query: 'sum(rate(a{b="c d"}[5m])) > 0' }),
      )
    }
    const asked = receiver.arrivals.map(({ path }) => new URL(path, receiver.origin))
    const paths = ['/api/v1/query', '/api/v1/query', '/prometheus/api/v1/query', '/prometheus/api/v1/query']
    assert.deepEqual(
      asked.map(({ pathname }) => pathname),
      paths,
    )
    assert.equal(asked[0]?.searchParams.get('query'), 'sum(rate(a{b="c d"}[5m])) > 0')
  })

  test('each series is a subject, named by its labels in order, whatever comes and goes beside it', async () => {
    const observed = await lookAt(vector([up('b:1', 'x'), '0'], [up('a:1', 'x'), '1']), query, { below: 1 })
    assert.deepEqual(lines(observed).slice(0, 4), [
      'missing: success-rate up{instance="b:1",job="x"} is 0',
      '! below: success-rate up{instance="b:1",job="x"} is 0, below 1',
      'missing: success-rate up{instance="a:1",job="x"} is 1',
      'below: success-rate up{instance="a:1",job="x"} is 1, not below 1',
    ])
    assert(observed.kind === 'seen')
    assert.deepEqual([...observed.subjects], ['up{instance="b:1",job="x"}', 'up{instance="a:1",job="x"}', ''])
    const { finding } = seen(observed)[1] ?? assert.fail()
    assert.deepEqual(finding.labels, { job: 'x', instance: 'b:1' })
    assert.deepEqual(finding.details, {
      query: 'rate',
      unit: '',
      labels: { job: 'x', instance: 'b:1' },
      value: 0,
      threshold: 1,
    })
    const alone = await lookAt(vector([up('b:1', 'x'), '0']), query, { below: 1 })
    assert.equal(seen(alone)[1]?.subject, 'up{instance="b:1",job="x"}')
    const quoted = await lookAt(vector([{ path: 'a"\\b' }, '0']), query)
    assert.equal(seen(quoted)[0]?.subject, String.raw`{path="a\"\\b"}`)
  })

  test('a series with endless labels stays itself, and small', async () => {
    const long = 'x'.repeat(100_000)
    const labels = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`l${at}`, `${at}`]))
    const [one, other, many] = seen(
      await lookAt(
        vector(
          [{ query: `${long}1` }, '1'],
          [{ query: `${long}2` }, '2'],
          [{ ...labels, [long]: long }, '3'],
        ),
        query,
      ),
    )
    assert(one !== undefined && other !== undefined && many !== undefined)
    assert.match(one.subject, /^\{query="x{990,}… v1-[\da-f]{32}$/)
    assert.notEqual(one.subject, other.subject)
    assert.equal(one.finding.labels?.['query'], `${'x'.repeat(999)}…`)
    for (const observation of [one, other, many]) {
      const { length } = JSON.stringify(observation)
      assert(length < 20_000, `${length}`)
    }
  })

  test('the name of a label does not break a line', async () => {
    const observed = await lookAt(vector([{ 'a\n\u001b[31m': 'b' }, '0']), query)
    assert.equal(seen(observed)[0]?.subject, String.raw`{"a\n\u001b[31m"="b"}`)
  })

  test('what was said while there were no series is over when there are', async () => {
    const observed = await lookAt(vector([up('a:1', 'x'), '1']), query, { above: 5 })
    assert.deepEqual(lines(observed).slice(2), [
      'missing: success-rate has 1 series',
      'above: success-rate has 1 series',
    ])
  })

  test('a series without labels, and a scalar, are the number itself', async () => {
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [1_700_000_000, '7'] } }
    for (const answer of [vector([{}, '7']), scalar]) {
      const observed = await lookAt(answer, query, { above: 5 })
      assert.deepEqual(lines(observed), ['missing: success-rate is 7', '! above: success-rate is 7, above 5'])
      assert.deepEqual(
        seen(observed).map(({ subject }) => subject),
        ['', ''],
      )
    }
  })

  test('NaN is no number, and infinity is compared', async () => {
    assert.deepEqual(lines(await lookAt(vector([{}, 'NaN']), query, { above: 5 })), [
      '! missing: success-rate has no number: it is NaN',
    ])
    const observed = await lookAt(vector([{}, '+Inf']), query, { above: 5, below: 1 })
    assert.equal(lines(observed)[1], '! above: success-rate is +Inf, above 5')
    assert.equal(seen(observed)[1]?.finding.details?.['value'], '+Inf')
    assert.equal(seen(observed)[1]?.value, undefined)
    assert.equal(
      lines(await lookAt(vector([{}, '-Inf']), query, { below: 1 }))[1],
      '! below: success-rate is -Inf, below 1',
    )
  })

  test('no series is no number', async () => {
    const observed = await lookAt(vector(), query, { above: 5 })
    assert.deepEqual(lines(observed), ['! missing: success-rate has no number: the query finds nothing'])
  })

  test('an error of Prometheus, and what is no number, are failures', async () => {
    const error = { status: 'error', errorType: 'bad_data', error: 'parse error: unexpected end of input' }
    const bad = reasonOf(await lookAt(error, query, {}, 400))
    assert.match(
      bad,
      /^answer: http:.*\/api\/v1\/query answered 400 \(parse error: unexpected end of input\); expected 200$/,
    )
    assert.equal(
      reasonOf(await lookAt(error, query)),
      'answer: Prometheus says: parse error: unexpected end of input',
    )
    const matrix = { status: 'success', data: { resultType: 'matrix', result: [] } }
    assert.equal(
      reasonOf(await lookAt(matrix, query)),
      'answer: the query gives a matrix; expected a vector or a scalar',
    )
    assert.match(reasonOf(await lookAt({ ok: true }, query)), /^answer: the answer is not one of Prometheus/)
    const many = Array.from({ length: 1001 }, (_, at): [Record<string, string>, string] => [
      { at: `${at}` },
      '1',
    ])
    assert.match(
      reasonOf(await lookAt(vector(...many), query)),
      /gives 1001 series; at most 1000 are watched: make it narrower$/,
    )
  })
})
