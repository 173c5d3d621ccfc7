import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { EmulatorIncident } from '../../src/emulator/emulator.ts'
import { readMetric } from './metric.ts'
import { missing, startPeer, type Peer } from './peer.ts'
import { openTocsin, type Tocsin } from './tocsin.ts'
import { until, untilTrue } from './until.ts'

const TOKEN = 'the-token-of-prometheus'

/** Something to look after: it says whether it is well. */
interface Exporter extends AsyncDisposable {
  readonly address: string
  isDown: boolean
}

async function openExporter(): Promise<Exporter> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(`database_down{database="orders"} ${exporter.isDown ? 1 : 0}\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const exporter: Exporter = {
    address: `127.0.0.1:${port}`,
    isDown: true,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return exporter
}

/** Prometheus with one rule, which takes us for its Alertmanager. */
async function startPrometheus({ url, folder }: Tocsin, { address }: Exporter): Promise<Peer> {
  const rule = {
    alert: 'DatabaseDown',
    expr: 'database_down == 1',
    labels: { severity: 'critical' },
    annotations: { summary: '{{ $labels.database }} is down' },
  }
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yml')],
    scrape_configs: [{ job_name: 'database', static_configs: [{ targets: [address] }] }],
    alerting: {
      alertmanagers: [
        {
          static_configs: [{ targets: [new URL(url).host] }],
          authorization: { credentials: TOKEN },
        },
      ],
    },
  }
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'all', rules: [rule] }] }))
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config))
  return startPeer('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
    '--web.external-url=http://prometheus.example',
    // An alert that goes on is sent again each time, and is over 4 s after the last.
    '--rules.alert.resend-delay=1s',
  ])
}

suite('Prometheus', { concurrency: true, skip: missing({ prometheus: 'prometheus' }) ?? false }, () => {
  test('opens one incident, repeats itself unheard, and closes it when its rule no longer holds', async () => {
    await using tocsin = await openTocsin({ server: { tokens: [TOKEN] } })
    const { emulator } = tocsin
    await using exporter = await openExporter()
    await using prometheus = await startPrometheus(tocsin, exporter)
    const opened = await firstIncident(tocsin, prometheus)
    assert.equal(opened.title, 'orders is down')
    assert.equal(opened.severity, 'critical')
    assert.equal(opened.alert.source, exporter.address)
    assert(opened.alert.links.some(({ href }) => href.startsWith('http://prometheus.example/graph?')))
    await untilTrue('Prometheus has repeated itself', async () => (await acceptedFrom(tocsin)) >= 3)
    assert.equal(emulator.events().length, 1)

    exporter.isDown = false
    const closed = await emulator.waitFor(opened.dedup_key, 'resolved', 20_000)
    assert.equal(closed.pages, 1)
    const before = await acceptedFrom(tocsin)
    await untilTrue('Prometheus has repeated the end', async () => (await acceptedFrom(tocsin)) > before)
    assert.deepEqual(
      emulator.events().map(({ event }) => (event as { event_action: unknown }).event_action),
      ['trigger', 'resolve'],
    )
    assert.doesNotMatch(prometheus.output(), /Error sending alert/i)
  })

  test('ends its alerts by being gone, not by our being away', async () => {
    await using tocsin = await openTocsin({ server: { tokens: [TOKEN] } })
    const { emulator } = tocsin
    await using exporter = await openExporter()
    await using prometheus = await startPrometheus(tocsin, exporter)
    const { dedup_key } = await firstIncident(tocsin, prometheus)
    await tocsin.stop('SIGKILL')
    await tocsin.start()
    await untilTrue('Prometheus reaches us again', async () => (await acceptedFrom(tocsin)) >= 2)

    await prometheus.stop('SIGKILL')
    const closed = await emulator.waitFor(dedup_key, 'resolved', 20_000)
    assert.equal(closed.pages, 1)
    assert.equal(emulator.incidents().length, 1)
  })
})

async function firstIncident({ emulator }: Tocsin, prometheus: Peer): Promise<EmulatorIncident> {
  const first = (): EmulatorIncident | undefined => emulator.incidents()[0]
  try {
    return await until('Prometheus has opened an incident', first, 30_000)
  } catch (error) {
    throw new Error(`Prometheus said:\n${prometheus.output()}`, { cause: error })
  }
}

/** Alerts that we have taken from Prometheus since we were started last, repeats included. */
function acceptedFrom({ url }: Tocsin): Promise<number> {
  return readMetric(url, 'tocsin_alerts_accepted_total', { source: 'prometheus' }, TOKEN)
}
