import { ConfigError, loadConfig, type Settings } from '../config/config.ts'
import { systemWorld } from '../world/world.ts'
import { checkDestination } from './doctor-destination.ts'
import { checkNode } from './doctor-node.ts'
import { checkStore } from './doctor-store.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Finding } from './finding.ts'
import { environmentSettings, findStore, type Where } from './find-settings.ts'
import type { Terminal } from './terminal.ts'

const MARKS = { good: '✓', bad: '✗', doubtful: '!' } as const

/** `tocsin doctor`: whether this machine, this config, this store and its destinations are fit for work. Pages nobody. */
export async function doctor(
  options: Where & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const world = systemWorld({ logLevel: 'silent' })
  const { findings: found, settings } = checkConfig(options, terminal)
  const findings: Finding[] = [checkNode(process.versions.node), ...found]
  const store = options.store === undefined ? settings?.store : findStore(options, terminal)
  if (store !== undefined) findings.push(...(await checkStore(store, world)))
  const destinations = settings?.usesEmulator === true ? [] : (settings?.destinations ?? [])
  for (const checked of await Promise.all(destinations.map((one) => checkDestination(one, world))))
    findings.push(...checked)
  await world.http.close()
  const isWell = findings.every(({ verdict }) => verdict !== 'bad')
  if (options.json === true) terminal.print(`${JSON.stringify({ ok: isWell, findings })}\n`)
  else terminal.print(findings.map(line).join(''))
  return isWell ? EXIT.well : EXIT.trouble
}

function line({ verdict, about, message, next }: Finding): string {
  return `${MARKS[verdict]} ${about}: ${message}${next === undefined ? '' : `\n  ${next}`}\n`
}

interface Checked {
  readonly findings: readonly Finding[]
  readonly settings?: Settings
}

function checkConfig({ config }: Where, { env }: Terminal): Checked {
  const about = 'config'
  try {
    const { path, warnings, settings } = loadConfig(config, env)
    if (path === undefined) return checkNoConfig(settings, env)
    const count = settings.destinations.length
    const message = `${path} is good, with ${count === 1 ? 'one destination' : `${count} destinations`}.`
    const doubts = warnings.map(({ message }): Finding => ({ verdict: 'doubtful', about, message }))
    return { findings: [{ verdict: 'good', about, message }, ...doubts], settings }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { findings: [{ verdict: 'bad', about, message: error.message, next: error.next }] }
  }
}

function checkNoConfig(emulated: Settings, env: Terminal['env']): Checked {
  const about = 'config'
  const settings = environmentSettings(env)
  const message =
    settings === undefined
      ? 'there is no ./tocsin.yaml, so `tocsin serve` tells only an emulator on this machine.'
      : 'there is no ./tocsin.yaml; `tocsin trigger` tells the PagerDuty service of PAGERDUTY_ROUTING_KEY, `tocsin serve` an emulator.'
  const next = 'Write one that names a destination: see docs/configuration.md.'
  return { findings: [{ verdict: 'doubtful', about, message, next }], settings: settings ?? emulated }
}
