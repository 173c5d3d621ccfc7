import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './until.ts'

const MS_MAX = 20_000

/** A command that writes its number into `pid` in that folder, and sleeps. */
export function sleeperIn(folder: string): string[] {
  const path = join(folder, 'sleeper.sh')
  writeFileSync(path, 'echo $$ > pid\nexec sleep 300\n')
  return ['/bin/sh', path]
}

/** The process that has written its number into `pid` in a folder. */
export function programIn(folder: string): Promise<number> {
  const path = join(folder, 'pid')
  return until('a program runs', MS_MAX, () => {
    const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
    return pid > 0 ? pid : undefined
  })
}

/** Resolves once nothing of that number runs. */
export async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} is gone`, MS_MAX, () => {
    try {
      process.kill(pid, 0)
      // Without an init that reaps, who is killed stays in the table.
      return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) || undefined
    } catch {
      return true
    }
  })
}
