import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AoAsked, AoSaid } from './ao-network.ts'
import { makeFolder, removeFolder, ROOT } from './running.ts'

/** AO's state servers and router in a process of their own, and a process map that leads to them. */
export interface AoNetwork extends AsyncDisposable {
  readonly routerUrl: string
  /** Where who has no host of its own is asked. */
  readonly stateUrl: string
  /** A process map of the first `count`. @default all */
  map(count?: number): string
  /** What it saw since it was asked last. */
  report(): Promise<Extract<AoSaid, { kind: 'report' }>>
}

/** Who is at which host: hosts are told apart by their names, and each becomes a port of this machine. */
export type ProcessMap = Readonly<Record<string, string>>

/** The 129 processes of a real one. */
export function realMap(): ProcessMap {
  return JSON.parse(readFileSync(join(ROOT, 'test/fixtures/ao/process-map.json'), 'utf8')) as ProcessMap
}

/** So many processes, at six hosts as the real one has them. */
export function largeMap(count: number): ProcessMap {
  const id = (index: number): string => index.toString(36).padStart(43, 'P')
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [id(index), `host-${index % 6}`]))
}

/** Opens one in which everything agrees, and each answer takes `latencyMs`. */
export async function openAo(processes: ProcessMap, latencyMs: number): Promise<AoNetwork> {
  const folder = makeFolder()
  const hosts = [...new Set(Object.values(processes))]
  const child = fork(join(import.meta.dirname, 'ao-network.ts'), [], { serialization: 'advanced' })
  const ask = async <Kind extends AoSaid['kind']>(
    asked: AoAsked,
    kind: Kind,
  ): Promise<Extract<AoSaid, { kind: Kind }>> => {
    child.send(asked)
    const [said] = (await once(child, 'message')) as [AoSaid]
    if (said.kind !== kind) throw new Error(`The network was asked ${asked.kind} and said ${said.kind}.`)
    return said as Extract<AoSaid, { kind: Kind }>
  }
  const ids = Object.keys(processes)
  const { routerUrl, stateUrls } = await ask({ kind: 'open', hosts: hosts.length, ids, latencyMs }, 'opened')
  const here = ids.map((id) => [id, stateUrls[hosts.indexOf(processes[id] ?? '')]] as const)
  return {
    routerUrl,
    stateUrl: stateUrls[0] ?? '',
    map: (count = ids.length) => {
      const file = join(folder, `map-${count}.json`)
      writeFileSync(file, JSON.stringify(Object.fromEntries(here.slice(0, count))))
      return file
    },
    report: () => ask({ kind: 'report' }, 'report'),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
      removeFolder(folder)
    },
  }
}
