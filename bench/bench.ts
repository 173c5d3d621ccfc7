/**
 * What it costs, in one run on one machine: `node bench/bench.ts`. Beside it Alertmanager, where it is installed, under the
 * same load. Request rates need wrk (Debian package wrk): a generator in Node would measure itself.
 *
 * Quote ratios, not absolute figures: machines differ, and are noisy.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertmanager, emulator, post, serve, type Running } from './house.ts'
import { latencies, percentile } from './latency.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5)
const DISTINCT = 10_000

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

function alert(name: string, number: number, severity = 'warning'): Alert {
  const labels = { alertname: name, instance: `web-${number}:9090`, job: 'node', severity, env: 'prod' }
  const annotations = {
    summary: `${name} on web-${number}`,
    description: 'Above 90 percent for 5 minutes',
    runbook_url: 'https://runbooks.example.com/cpu',
  }
  return { labels, annotations }
}

function batches(name: string, count: number, size: number): string[] {
  const bodies: string[] = []
  for (let from = 0; from < count; from += size) {
    bodies.push(
      JSON.stringify(
        Array.from({ length: Math.min(size, count - from) }, (_, index) => alert(name, from + index)),
      ),
    )
  }
  return bodies
}

/** Requests a second that wrk gets answered 2xx, with one thread and 32 connections, over 100 distinct alerts. */
function rate(url: string, size: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-wrk-'))
  const bodies = Array.from({ length: 25 }, (_, batch) =>
    JSON.stringify(Array.from({ length: size }, (_, index) => alert('Repeat', (batch * size + index) % 100))),
  )
  const lua = `local bodies = {${bodies.map((body) => `[==[${body}]==]`).join(',')}}
local i = 0
request = function() i = i + 1; return wrk.format("POST", "/api/v2/alerts", {["Content-Type"]="application/json"}, bodies[i % #bodies + 1]) end`
  const script = join(folder, 'load.lua')
  writeFileSync(script, lua)
  const { stdout } = spawnSync('wrk', ['-t1', '-c32', `-d${SECONDS}`, '-s', script, url], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true, force: true })
  if (/Non-2xx/.test(stdout)) throw new Error(`Not every request was answered 2xx:\n${stdout}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
}

/** How long until 10,000 distinct alerts are accepted, and until the emulator has an open incident for each. */
async function distinct(
  service: Running,
  sink: Running,
): Promise<{ acceptedMs: number; toldMs: number; memoryMb: number }> {
  await fetch(`${sink.url}/emulator/reset`, { method: 'POST' })
  const bodies = batches('Distinct', DISTINCT, 64)
  const startedAt = performance.now()
  const next = bodies.values()
  const sender = async (): Promise<void> => {
    for (const body of next)
      if ((await post(`${service.url}/api/v2/alerts`, body)) !== 200) throw new Error('not accepted')
  }
  await Promise.all(Array.from({ length: 8 }, sender))
  const acceptedMs = performance.now() - startedAt
  while ((await openIncidents(sink)) < DISTINCT) if (performance.now() - startedAt > 120_000) break
  return { acceptedMs, toldMs: performance.now() - startedAt, memoryMb: service.memoryMb() }
}

async function openIncidents(sink: Running): Promise<number> {
  const answer = (await (await fetch(`${sink.url}/emulator/incidents?status=open`)).json()) as {
    incidents: unknown[]
  }
  return answer.incidents.length
}

function print(row: string, ours: number, theirs: number | undefined, unit: string, digits = 0): void {
  const ratio = theirs === undefined ? '' : `${(ours / theirs).toFixed(2)} ×`
  const other = theirs === undefined ? '-' : theirs.toFixed(digits)
  console.log(
    `${row.padEnd(54)}${`${ours.toFixed(digits)} ${unit}`.padStart(16)}${other.padStart(14)}${ratio.padStart(10)}`,
  )
}

/** How long a command takes to start, do nothing much, and end: the median of some runs. */
function startMs(...words: string[]): number {
  const runs = Array.from({ length: 9 }, () => {
    const startedAt = performance.now()
    spawnSync(process.execPath, [join(import.meta.dirname, '../src/cli/main.ts'), ...words])
    return performance.now() - startedAt
  })
  return percentile(
    runs.toSorted((a, b) => a - b),
    0.5,
  )
}

async function sideBySide(): Promise<void> {
  const sink = await emulator()
  const ours = await serve(sink.url)
  const theirs = await alertmanager(sink.url)
  try {
    const mine = await distinct(ours, sink)
    const other = theirs === undefined ? undefined : await distinct(theirs, sink)
    print('10,000 distinct: accepted', mine.acceptedMs, other?.acceptedMs, 'ms')
    print('10,000 distinct: all told', mine.toldMs, other?.toldMs, 'ms')
    print('memory with 10,000 firing', mine.memoryMb, other?.memoryMb, 'MB')
    print('single alerts, 100 distinct', rate(ours.url, 1), theirs && rate(theirs.url, 1), 'req/s')
    const batch = rate(ours.url, 64) * 64
    print('batches of 64, 100 distinct', batch, theirs && rate(theirs.url, 64) * 64, 'alerts/s')
  } finally {
    await Promise.all([ours.stop(), theirs?.stop(), sink.stop()])
  }
}

async function memory(): Promise<void> {
  const sink = await emulator()
  const ours = await serve(sink.url)
  for (const body of batches('Memory', 20_000, 64)) await post(`${ours.url}/api/v2/alerts`, body)
  while ((await openIncidents(sink)) < 20_000) await post(`${ours.url}/api/v2/alerts`, '[]')
  print('memory with 20,000 firing, all told', ours.memoryMb(), undefined, 'MB')
  await Promise.all([ours.stop(), sink.stop()])
}

async function latency(): Promise<void> {
  for (const [title, count, rate, answerAfterMs] of [
    ['accept to event, idle', 500, undefined, 0],
    ['accept to event, 100/s, destination of 50 ms', 1000, 100, 50],
  ] as const) {
    const took = await latencies(count, rate, answerAfterMs)
    print(`${title}: p50`, percentile(took, 0.5), undefined, 'ms', 2)
    print(`${title}: p99`, percentile(took, 0.99), undefined, 'ms', 2)
  }
}

console.log(`${''.padEnd(54)}${'tocsin'.padStart(16)}${'alertmanager'.padStart(14)}${'ratio'.padStart(10)}`)
await sideBySide()
await memory()
await latency()
print('start of tocsin --help', startMs('--help'), undefined, 'ms')
