import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { monotonicMs } from './clock.ts'
import type { Look } from './nonces-look.ts'
import type { AoNetwork } from './open-ao.ts'
import { ROOT } from './running.ts'

const SAMPLE_EVERY_MS = 20

/** The monitor alone: no start of a process, no command around it. Rejects when not all of them agree. */
export async function lookAlone(ao: AoNetwork, count: number, concurrency: number): Promise<Look> {
  const file = join(import.meta.dirname, 'nonces-look.ts')
  const { said } = await run(
    ['--expose-gc', file, ao.map(count), ao.routerUrl, String(concurrency)],
    ao.map(count),
  )
  const look = JSON.parse(said) as Look
  if (look.matches !== count) throw new Error(`${look.matches} of ${count} processes agree.`)
  return look
}

export interface Ran {
  readonly said: string
  /** From the start of the process to its end. */
  readonly seconds: number
  /** Resident memory at most, in MB of 2^20 bytes. */
  readonly memoryMb: number
}

/** `tocsin nonces`, as it is typed. Rejects when it ends with anything but 0: everything agrees. */
export function command(ao: AoNetwork, count: number, concurrency: number): Promise<Ran> {
  const flags = [`--file=${ao.map(count)}`, `--router-url=${ao.routerUrl}`, `--state-url=${ao.stateUrl}`]
  const words = [join(ROOT, 'src/cli/main.ts'), 'nonces', ...flags, `--concurrency=${concurrency}`]
  return run(words, ao.map(count))
}

/** Runs beside the map, where no file of somebody's is read by accident, and with no variable of theirs. */
async function run(words: readonly string[], map: string): Promise<Ran> {
  const { PATH } = process.env
  const startedAt = monotonicMs()
  const child = spawn(process.execPath, words, {
    cwd: dirname(map),
    env: PATH === undefined ? {} : { PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let memoryMb = 0
  const sampling = setInterval(() => (memoryMb = peakMb(child.pid) ?? memoryMb), SAMPLE_EVERY_MS)
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  clearInterval(sampling)
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}:\n${complained}`)
  return { said, seconds: (monotonicMs() - startedAt) / 1000, memoryMb }
}

/** Undefined when it has just ended. */
function peakMb(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}
