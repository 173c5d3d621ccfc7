import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder, removeFolder } from './running.ts'

/** Requests a second, all services taken together. */
export type Load = (urls: readonly string[], seconds: number) => Promise<number>

/**
 * The bodies, posted over and over to /api/v2/alerts by wrk: one thread and 32 connections, shared between the services when there
 * are several (a wrk for each, all at once: a balancer between would be measured too). Rejects unless all is answered 2xx.
 */
export function makeLoad(bodies: readonly string[]): Load {
  const lua = `local bodies = {${bodies.map((body) => `[==[${body}]==]`).join(',')}}
local i = 0
request = function()
  i = i + 1
  return wrk.format("POST", "/api/v2/alerts", {["Content-Type"]="application/json"}, bodies[i % #bodies + 1])
end`
  return async (urls, seconds) => {
    const folder = makeFolder()
    const script = join(folder, 'load.lua')
    writeFileSync(script, lua)
    const connections = Math.ceil(32 / urls.length)
    const rates = await Promise.all(urls.map((url) => rate(url, script, connections, seconds)))
    removeFolder(folder)
    return rates.reduce((sum, one) => sum + one, 0)
  }
}

/** Whether wrk is installed. */
export async function hasWrk(): Promise<boolean> {
  // It has no --version that ends well; what matters is whether it starts.
  const answer = await promisify(execFile)('wrk', ['-v']).catch((error: { code?: unknown }) => error)
  return !('code' in answer) || answer.code !== 'ENOENT'
}

async function rate(url: string, script: string, connections: number, seconds: number): Promise<number> {
  const words = ['-t1', `-c${connections}`, `-d${seconds}`, '-s', script, url]
  const { stdout } = await promisify(execFile)('wrk', words)
  const [, found] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  if (found === undefined || /Non-2xx|Socket errors/.test(stdout))
    throw new Error(`Not every request was answered 2xx:\n${stdout}`)
  return Number(found)
}
