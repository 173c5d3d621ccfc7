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
})
