import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
export const DEMO_KEY = 'TocsinDemoKeyThatEverybodyKnows0'

/** A process under measurement, with where it listens. */
export interface Running {
  readonly url: string
  /** Resident memory now, in MB. */
  memoryMb(): number
  stop(): Promise<void>
}

/** A real `tocsin serve` in its own process, on its own file, telling `destination` without a rate limit. */
export async function serve(destination: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const config = join(folder, 'tocsin.yaml')
  writeFileSync(
    config,
    `store: "sqlite:${join(folder, 'tocsin.db')}"
server: { listen: "127.0.0.1:0" }
destinations: { sink: { type: pagerduty, routing_key: ${DEMO_KEY}, url: "${destination}", rate: none } }
`,
  )
  const child = spawn(process.execPath, [
    join(root, 'src/cli/main.ts'),
    'serve',
    '--config',
    config,
    '--log-level',
    'error',
  ])
  const url = await firstMatch(child, /http:\/\/127\.0\.0\.1:\d+/)
  return { url, memoryMb: () => memoryOf(child), stop: () => stop(child, folder) }
}

/** Debian's Alertmanager, told to page the sink for each alert; undefined where it is not installed. */
export async function alertmanager(destination: string): Promise<Running | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(
    config,
    `route: { receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 1s }
receivers: [{ name: sink, pagerduty_configs: [{ routing_key: ${DEMO_KEY}, url: "${destination}/v2/enqueue" }] }]
`,
  )
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=']
  const child = spawn('prometheus-alertmanager', [
    `--config.file=${config}`,
    `--storage.path=${folder}/data`,
    ...listen,
  ])
  const started = await Promise.race([firstMatch(child, /Listening on|TLS is disabled/), failure(child)])
  if (started === undefined) return undefined
  return { url, memoryMb: () => memoryOf(child), stop: () => stop(child, folder) }
}

/** An emulator in its own process, without a limit. */
export async function emulator(): Promise<Running> {
  const arguments_ = [join(root, 'src/cli/main.ts'), 'emulate', '--port', '0', '--limit', '0']
  const child = spawn(process.execPath, arguments_)
  const url = await firstMatch(child, /http:\/\/127\.0\.0\.1:\d+/)
  return { url, memoryMb: () => memoryOf(child), stop: () => stop(child) }
}

/** One POST of JSON over a kept connection. Resolves with the status once the answer is there. */
export function post(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      const [found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.on('exit', () => reject(new Error(`It ended before it said ${pattern}:\n${text}`)))
  })
}

function failure(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) => child.on('error', () => resolve(undefined)))
}

function memoryOf(child: ChildProcess): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

async function stop(child: ChildProcess, folder?: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
