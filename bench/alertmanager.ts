import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, makeFolder, removeFolder, start } from './running.ts'
import { ROUTING_KEY } from './tocsin.ts'

/** Debian's name for it first, then its own. */
const COMMANDS = ['prometheus-alertmanager', 'alertmanager']

export interface Alertmanager extends AsyncDisposable {
  readonly urls: readonly string[]
  memoryMb(): number
}

export interface InstalledAlertmanager {
  readonly command: string
  readonly version: string
}

/** Undefined where it is not installed. */
export async function findAlertmanager(): Promise<InstalledAlertmanager | undefined> {
  for (const command of COMMANDS) {
    try {
      const { stdout, stderr } = await promisify(execFile)(command, ['--version'])
      return { command, version: /version ([\d.]+)/.exec(stdout + stderr)?.[1] ?? 'of unknown version' }
    } catch {
      // Not under this name.
    }
  }
  return undefined
}

/** Starts one that pages `destination` for each alert at once, without a cluster, on its own files. */
export async function startAlertmanager(
  { command }: InstalledAlertmanager,
  destination: string,
): Promise<Alertmanager> {
  const folder = makeFolder()
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(
    config,
    `route: { receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 1s }
receivers: [{ name: sink, pagerduty_configs: [{ routing_key: ${ROUTING_KEY}, url: "${destination}/v2/enqueue" }] }]
`,
  )
  const port = await freePort()
  const words = [
    `--config.file=${config}`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]
  const running = await start(command, words, /Listening on|TLS is disabled/)
  return {
    urls: [`http://127.0.0.1:${port}`],
    memoryMb: () => running.memoryMb(),
    async [Symbol.asyncDispose]() {
      await running.stop()
      removeFolder(folder)
    },
  }
}
