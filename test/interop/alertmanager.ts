import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openFolder } from './folder.ts'
import { runPeer, startPeer, type Peer } from './peer.ts'

/** What these tests need, and the Debian package that has it. */
export const ALERTMANAGER_PROGRAMS = {
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
} as const

/** A real Alertmanager on this machine, alone. */
export interface Alertmanager extends AsyncDisposable {
  /** Another one after each restart. */
  readonly url: string
  /** What it has logged since it was started last. */
  log(): string
  restart(): Promise<void>
}

/** An alert as it is pushed. */
export interface Pushed {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly startsAt?: string
  readonly endsAt?: string
  readonly generatorURL?: string
}

/** What Alertmanager says of itself in links, so that they are the same on every machine. */
export const EXTERNAL_URL = 'http://alertmanager.example'

/** Starts one with this config (JSON is YAML too), quick to notify and to repeat itself. */
export async function openAlertmanager(config: {
  route: object
  receivers: object[]
}): Promise<Alertmanager> {
  await using opened = new AsyncDisposableStack()
  const { path: folder } = opened.use(openFolder('alertmanager'))
  const timing = { group_wait: '100ms', group_interval: '1s', repeat_interval: '1s' }
  const file = join(folder, 'alertmanager.yml')
  await writeFile(file, JSON.stringify({ ...config, route: { ...timing, ...config.route } }))
  let running: Peer | undefined
  let url = ''
  opened.defer(() => running?.stop('SIGKILL'))
  const start = async (): Promise<void> => {
    running = startPeer('prometheus-alertmanager', [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      `--web.external-url=${EXTERNAL_URL}`,
      '--cluster.listen-address=',
    ])
    const [, address = ''] = await running.printed(/msg="Listening on" address=(\S+)/)
    url = `http://${address}`
  }
  await start()
  const closing = opened.move()
  return {
    get url() {
      return url
    },
    log: () => running?.output() ?? '',
    restart: async () => {
      // Asked to stop, it writes down whom it has told what.
      await running?.stop('SIGTERM')
      await start()
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Pushes alerts to an Alertmanager API v2, as Prometheus does. */
export async function push(url: string, ...alerts: readonly Pushed[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  })
  assert.equal(answer.status, 200, await answer.text())
}

/** Runs amtool against an Alertmanager API v2; what it prints. Fails when amtool does. */
export async function amtool(url: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runPeer('amtool', [`--alertmanager.url=${url}`, ...args])
  assert.equal(exitCode, 0, `amtool ${args.join(' ')} failed: ${stderr}`)
  return stdout
}
