import { readFileSync } from 'node:fs'
import type { NoncesSettings } from '../settings.ts'
import { readProcesses, type Processes } from './processes.ts'
import { serverOf, type Process } from './result.ts'

/** What is to be looked at now: the file is read anew each time. Never throws. */
export function loadProcesses({ processes, stateUrl, excludeServers }: NoncesSettings): Processes {
  const read =
    'id' in processes
      ? readProcesses(processes.id, 'the process id', stateUrl)
      : readFile(processes.path, stateUrl)
  if ('failure' in read) return read
  const kept = read.processes.filter((process) => !isExcluded(process, excludeServers))
  if (kept.length > 0) return { ...read, processes: kept }
  return {
    failure: `all ${read.processes.length} processes are left out by excluding ${excludeServers.join(', ')}`,
  }
}

function readFile(path: string, stateUrl: string): Processes {
  try {
    return readProcesses(readFileSync(path, 'utf8'), path, stateUrl)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return { failure: `${path} cannot be read (${code})` }
  }
}

function isExcluded(process: Process, excludeServers: readonly string[]): boolean {
  const server = serverOf(process)
  return excludeServers.some((part) => server.includes(part.toLowerCase()))
}
