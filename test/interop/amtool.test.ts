import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { ALERTMANAGER_PROGRAMS, amtool } from './alertmanager.ts'
import { missing, runPeer } from './peer.ts'
import { openTocsin } from './tocsin.ts'
import { until } from './until.ts'

interface Listed {
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  readonly endsAt: string
  readonly generatorURL?: string
  readonly receivers: readonly { name: string }[]
}

const listed = (json: string): Listed[] => JSON.parse(json) as Listed[]

/** The names of hosts in what amtool lists as JSON, in order. */
const instances = (json: string): string[] =>
  listed(json)
    .map(({ labels }) => labels['instance'] ?? '')
    .sort()

interface Silenced {
  readonly id: string
  readonly comment: string
  readonly startsAt: string
  readonly endsAt: string
  readonly matchers: readonly object[]
}

async function silences(url: string): Promise<Silenced[]> {
  return (await (await fetch(`${url}/api/v2/silences`)).json()) as Silenced[]
}

suite('amtool', { concurrency: true, skip: missing(ALERTMANAGER_PROGRAMS) ?? false }, () => {
  test('adds an alert that opens an incident, and one with an end in the past that closes it', async () => {
    await using tocsin = await openTocsin()
    const add = ['alert', 'add', 'DiskFull', 'instance=db-1', 'severity=critical']
    await amtool(
      tocsin.url,
      ...add,
      '--annotation=summary=The disk is full',
      '--generator-url=http://prometheus.example/graph',
      '--end=2049-01-02T03:04:05Z',
    )
    const { dedup_key, title, severity } = await until('there is an incident', () => {
      return tocsin.emulator.incidents()[0]
    })
    assert.equal(title, 'The disk is full')
    assert.equal(severity, 'critical')

    const [alert, ...more] = listed(await amtool(tocsin.url, 'alert', 'query', '-o', 'json'))
    assert.equal(more.length, 0)
    assert.deepEqual(alert?.labels, { alertname: 'DiskFull', instance: 'db-1', severity: 'critical' })
    assert.deepEqual(alert?.annotations, { summary: 'The disk is full' })
    assert.equal(alert?.endsAt, '2049-01-02T03:04:05.000Z')
    assert.equal(alert?.generatorURL, 'http://prometheus.example/graph')
    assert.deepEqual(alert?.receivers, [{ name: 'oncall' }])

    await amtool(tocsin.url, ...add, '--end=2026-01-02T03:04:05Z')
    const { pages } = await tocsin.emulator.waitFor(dedup_key, 'resolved')
    assert.equal(pages, 1)
    assert.deepEqual(listed(await amtool(tocsin.url, 'alert', 'query', '-o', 'json')), [])
  })

  test('lists what is firing, by labels and receivers as it would at Alertmanager', async () => {
    await using tocsin = await openTocsin(
      { routes: [{ match: { severity: 'critical' }, to: ['oncall', 'ops'] }, { to: 'ops' }] },
      { oncall: 'oncall00000000000000000000000001', ops: 'ops00000000000000000000000000001' },
    )
    const add = (name: string, instance: string, severity: string): Promise<string> =>
      amtool(tocsin.url, 'alert', 'add', name, `instance=${instance}`, `severity=${severity}`)
    await add('DiskFull', 'db-1', 'critical')
    await add('DiskFull', 'db-2', 'warning')
    await add('Slow', 'web-1', 'warning')

    const plain = await amtool(tocsin.url, 'alert', 'query')
    assert.match(plain, /^Alertname\s+Starts At\s+Summary\s+State/)
    assert.equal(plain.match(/active/g)?.length, 3)
    assert.match(await amtool(tocsin.url, '-o', 'extended', 'alert'), /instance="db-1"/)

    const query = async (...args: string[]): Promise<string[]> =>
      instances(await amtool(tocsin.url, '-o', 'json', 'alert', 'query', ...args))
    assert.deepEqual(await query('DiskFull'), ['db-1', 'db-2'])
    assert.deepEqual(await query('instance=~"db-.*"', 'severity=warning'), ['db-2'])
    assert.deepEqual(await query('alertname!=DiskFull'), ['web-1'])
    assert.deepEqual(await query('instance!~db-.'), ['web-1'])
    assert.deepEqual(await query('--receiver=oncall'), ['db-1'])
    assert.deepEqual(await query('--receiver=on.*|nobody'), ['db-1'])
    assert.deepEqual(await query('--receiver=call'), [])
    assert.deepEqual(await query('--active'), ['db-1', 'db-2', 'web-1'])
    assert.deepEqual(await query('--silenced'), [])
  })

  test('makes, lists, changes and ends silences, and what they mute is told when they end', async () => {
    await using tocsin = await openTocsin()
    const silence = (...args: string[]): Promise<string> => amtool(tocsin.url, 'silence', ...args)
    const said = ['--author=maria', '--comment=Disks are changed']
    const id = (
      await silence('add', ...said, '--duration=2h', 'alertname=DiskFull', 'instance=~"db-.*"')
    ).trim()
    assert.match(id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)

    await amtool(tocsin.url, 'alert', 'add', 'DiskFull', 'instance=db-1', 'severity=critical')
    await amtool(tocsin.url, 'alert', 'add', 'DiskFull', 'instance=web-1', 'severity=critical')
    await until('the other is told', () => tocsin.emulator.incidents()[0])
    const alerts = async (...args: string[]): Promise<(string | undefined)[]> =>
      instances(await amtool(tocsin.url, '-o', 'json', 'alert', 'query', ...args))
    assert.deepEqual(await alerts('--silenced'), ['db-1'])
    assert.deepEqual(await alerts('--active'), ['web-1'])
    assert.deepEqual(await alerts('--inhibited'), [])
    const [muted] = JSON.parse(await amtool(tocsin.url, '-o', 'json', 'alert', 'query', '--silenced')) as {
      status: object
    }[]
    assert.deepEqual(muted?.status, { state: 'suppressed', silencedBy: [id], inhibitedBy: [] })
    assert.match(await amtool(tocsin.url, '-o', 'extended', 'alert', 'query', '--silenced'), /suppressed/)
    assert.equal(tocsin.emulator.events().length, 1)

    assert.match(await silence('query'), new RegExp(`^ID .*\\n${id}.*alertname="?DiskFull"? .*maria`))
    assert.equal((await silence('query', '-q', 'alertname=DiskFull')).trim(), id)
    assert.equal((await silence('query', '-q', 'alertname=Other')).trim(), '')
    assert.equal((await silence('query', '-q', '--created-by=nobody')).trim(), '')

    await silence('update', '--duration=3h', '--comment=It takes longer', id)
    const [longer] = await silences(tocsin.url)
    assert.equal(longer?.id, id, 'a longer one is the same')
    assert.equal(longer.comment, 'It takes longer')
    assert.equal(Date.parse(longer.endsAt) - Date.parse(longer.startsAt) > 2.9 * 3_600_000, true)

    await silence('expire', id)
    const told = await until('the other is told', () => tocsin.emulator.incidents()[1])
    assert.equal(told.pages, 1)
    assert.equal((await silence('query')).trim().split('\n').length <= 1, true)
    assert.match(await silence('query', '--expired'), new RegExp(id))
    assert.deepEqual(await alerts('--active'), ['db-1', 'web-1'])
  })

  test('exports silences, and imports them elsewhere', async () => {
    await using tocsin = await openTocsin()
    await using other = await openTocsin()
    const said = ['--author=maria', '--comment=Disks are changed']
    await amtool(tocsin.url, 'silence', 'add', ...said, 'alertname=DiskFull', 'severity!=critical')
    await amtool(tocsin.url, 'silence', 'add', ...said, 'instance!~"db-.*"')
    const file = join(tocsin.folder, 'silences.json')
    await writeFile(file, await amtool(tocsin.url, '-o', 'json', 'silence', 'query'))
    await amtool(other.url, 'silence', 'import', '--force', file)
    const matchers = async (url: string): Promise<string[]> =>
      (await silences(url)).map(({ matchers }) => JSON.stringify(matchers)).sort()
    assert.deepEqual(await matchers(other.url), await matchers(tocsin.url))
    assert.equal((await matchers(other.url)).length, 2)
  })

  test('is told what is wrong with a silence, and that there is none of an id', async () => {
    await using tocsin = await openTocsin()
    const run = (...args: string[]): ReturnType<typeof runPeer> =>
      runPeer('amtool', [`--alertmanager.url=${tocsin.url}`, 'silence', ...args])
    const said = ['--author=maria', '--comment=why']
    const empty = await run('add', ...said, 'alertname=~".*"')
    assert.equal(empty.exitCode, 1)
    assert.match(empty.stderr, /at least one that the empty text does not match/)
    const unknown = await run('expire', '00000000-0000-4000-a000-000000000000')
    assert.equal(unknown.exitCode, 1)
    assert.match(unknown.stderr, /404|not found/i)
    assert.deepEqual(await silences(tocsin.url), [])
  })

  test('shows the state of the cluster and of the config', async () => {
    await using tocsin = await openTocsin()
    assert.match(await amtool(tocsin.url, 'cluster', 'show'), /disabled/)
    assert.match(await amtool(tocsin.url, 'config', 'show'), /tocsin config print/)
  })

  test('is let in with a token, and told that it has none', async () => {
    const token = 'the-token-of-prometheus'
    await using tocsin = await openTocsin({ server: { tokens: [{ token, for: 'prometheus' }] } })
    const file = join(tocsin.folder, 'amtool-http.yml')
    await writeFile(file, JSON.stringify({ authorization: { credentials: token } }))
    const add = ['alert', 'add', 'DiskFull', 'instance=db-1']
    const refused = await runPeer('amtool', [`--alertmanager.url=${tocsin.url}`, ...add])
    assert.equal(refused.exitCode, 1)
    assert.match(refused.stderr, /401/)
    await amtool(tocsin.url, `--http.config.file=${file}`, ...add)
    assert.equal((await until('there is an incident', () => tocsin.emulator.incidents()[0])).pages, 1)
  })

  test('mutes with a token for the API, and not with one that may only send alerts', async () => {
    const [sends, mutes] = ['the-token-of-prometheus', 'the-token-of-amtool-itself']
    const tokens = [
      { token: sends, for: 'prometheus' as const },
      { token: mutes, for: ['prometheus' as const, 'api' as const] },
    ]
    await using tocsin = await openTocsin({ server: { tokens } })
    const run = async (token: string, ...args: string[]): ReturnType<typeof runPeer> => {
      const file = join(tocsin.folder, 'amtool-http.yml')
      await writeFile(file, JSON.stringify({ authorization: { credentials: token } }))
      return runPeer('amtool', [`--alertmanager.url=${tocsin.url}`, `--http.config.file=${file}`, ...args])
    }
    const add = ['silence', 'add', '--author=maria', '--comment=why', 'alertname=DiskFull']
    const refused = await run(sends, ...add)
    assert.equal(refused.exitCode, 1)
    assert.match(refused.stderr, /403/)
    assert.equal((await run(mutes, ...add)).exitCode, 0)
    assert.match((await run(sends, 'silence', 'query')).stdout, /DiskFull/)
    assert.equal((await run(mutes, 'alert', 'add', 'DiskFull')).exitCode, 0)
  })
})
