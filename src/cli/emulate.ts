import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { openEmulator, type Emulator } from '../emulator/emulator.ts'
import { systemWorld } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { refusePort } from './listening.ts'
import { untilStopped } from './stopping.ts'
import type { Terminal } from './terminal.ts'

export interface EmulateOptions {
  readonly port: number
  readonly host: string
  readonly tls?: boolean
  readonly caFile?: string
  readonly limit?: number
}

/** `tocsin emulate`: a PagerDuty on this machine, until stopped. */
export async function emulate(options: EmulateOptions, terminal: Terminal): Promise<ExitCode> {
  const { port, host, tls, caFile, limit } = options
  if (caFile !== undefined && tls !== true)
    throw new Complaint(
      EXIT.usage,
      '--ca-file names a file for a certificate, which there is with --tls only.',
    )
  const stopped = untilStopped(terminal)
  const world = systemWorld({ logLevel: 'warn' })
  const emulator = await openEmulator({ world, port, host, tls, limit }).catch((error: unknown) =>
    refusePort(error, { host, port }, 'Stop what listens there, or choose another port with --port.'),
  )
  terminal.print(banner(emulator, writeCa(emulator, caFile)))
  await stopped
  await emulator.close()
  return EXIT.well
}

function writeCa({ ca }: Emulator, path: string | undefined): string | undefined {
  if (path === undefined || ca === undefined) return undefined
  const file = resolve(path)
  try {
    writeFileSync(file, ca)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be written'
    throw new Complaint(EXIT.usage, `The certificate cannot be written to ${file} (${code}).`)
  }
  return file
}

function banner({ url, ca }: Emulator, caFile: string | undefined): string {
  const event = `{"routing_key":"${'0'.repeat(32)}","event_action":"trigger","dedup_key":"db-1","payload":{"summary":"db-1 is down","source":"db-1","severity":"critical"}}`
  const trust = caFile === undefined ? '' : ` --cacert ${caFile}`
  const trusting =
    caFile === undefined
      ? ['Its certificate is its own authority; --ca-file PATH writes it to a file that clients can trust.']
      : [
          'Its certificate is its own authority. For a client that runs on Node:',
          `  export NODE_EXTRA_CA_CERTS=${caFile}`,
        ]
  return [
    `An emulator of PagerDuty listens on ${url}`,
    '',
    `  Page    ${url}/`,
    `  Events  ${url}/v2/enqueue and ${url}/v2/change/enqueue`,
    `  Faults  PUT ${url}/emulator/faults, such as {"status": 503, "share": 0.5}`,
    '',
    'For Tocsin, `url` of a destination, or:',
    `  export PAGERDUTY_URL=${url}`,
    ...(ca === undefined ? [] : trusting),
    '',
    'Try it:',
    `  curl${trust} ${url}/v2/enqueue -d '${event}'`,
    '',
    '',
  ].join('\n')
}
