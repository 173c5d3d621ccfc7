import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { metricMonitor } from '../../src/monitors/metric/metric-monitor.ts'
import type { Observed } from '../../src/monitors/observation.ts'
import { systemWorld } from '../../src/world/world.ts'
import { openFolder } from './folder.ts'
import { missing, startPeer } from './peer.ts'
import { until } from './until.ts'

suite('Prometheus, asked', { skip: missing({ prometheus: 'prometheus' }) ?? false }, () => {
  test('gives the numbers that a metric monitor compares', async () => {
    await using folder = openFolder('metric')
    const config = join(folder.path, 'prometheus.yml')
    const scrape = {
      job_name: 'nobody',
      scrape_interval: '1s',
      static_configs: [{ targets: ['127.0.0.1:9'] }],
    }
    await writeFile(config, JSON.stringify({ scrape_configs: [scrape] }))
    await using prometheus = startPeer('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ])
    const [, address = ''] = await prometheus.printed(/address=(127\.0\.0\.1:[1-9]\d*)/)
    const world = systemWorld({ logLevel: 'silent' })
    const ask = (query: string): Promise<Observed> => look(`http://${address}`, query, world)
    try {
      // Nobody listens there, so that it is down as soon as it was tried.
      const down = await until('Prometheus has looked', async () => {
        const observed = await ask('up')
        return observed.kind === 'seen' && observed.observations.length > 1 ? lines(observed) : undefined
      })
      assert.deepEqual(down.slice(0, 2), [
        'missing: queue up{instance="127.0.0.1:9",job="nobody"} is 0',
        '! below: queue up{instance="127.0.0.1:9",job="nobody"} is 0, below 1',
      ])
      assert.deepEqual(lines(await ask('vector(3)')), [
        'missing: queue is 3',
        'below: queue is 3, not below 1',
      ])
      assert.deepEqual(lines(await ask('scalar(vector(0.5))'))[1], '! below: queue is 0.5, below 1')
      assert.deepEqual(lines(await ask('-vector(1) / 0'))[1], '! below: queue is -Inf, below 1')
      assert.deepEqual(lines(await ask('vector(0) / 0')), ['! missing: queue has no number: it is NaN'])
      assert.deepEqual(lines(await ask('up == 2')), [
        '! missing: queue has no number: the query finds nothing',
      ])
      const several = await ask(
        'label_replace(vector(1), "b", "2", "", "") or label_replace(vector(2), "a", "\\"1\\"", "", "")',
      )
      assert(several.kind === 'seen')
      assert.deepEqual([...several.subjects].sort(), ['', String.raw`{a="\"1\""}`, '{b="2"}'])
      assert.match(
        lines(await ask('sum(up'))[0] ?? '',
        /^answer: .*\/api\/v1\/query answered 400 \(.*parse error: .*\); expected 200$/,
      )
      assert.deepEqual(lines(await ask('up[1m]')), [
        'answer: the query gives a matrix; expected a vector or a scalar',
      ])
      assert.deepEqual(lines(await ask('"text"')), [
        'answer: the query gives a string; expected a vector or a scalar',
      ])
    } finally {
      await world.http.close()
    }
  })
})

function look(url: string, query: string, world: ReturnType<typeof systemWorld>): Promise<Observed> {
  const monitor = metricMonitor({
    type: 'metric',
    name: 'queue',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 30_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    from: { kind: 'prometheus', url, query },
    headers: {},
    timeoutMs: 10_000,
    below: 1,
    unit: '',
    missing: 'trouble',
  })
  return monitor.observe(world, { memory: undefined, isServed: true, signal: new AbortController().signal })
}

/** What was said; trouble has a mark. */
function lines(observed: Observed): readonly string[] {
  if (observed.kind === 'failed') return [`${observed.failure.point}: ${observed.failure.reason}`]
  return observed.observations.map(
    ({ type, isTrouble, finding }) => `${isTrouble ? '! ' : ''}${type}: ${finding.summary}`,
  )
}
