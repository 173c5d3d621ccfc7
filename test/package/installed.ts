import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from '../cli/run.ts'

const ROOT = join(import.meta.dirname, '../..')
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']

/** The package as somebody has it who typed `npm install tocsin`, and the Nodes to run it on. */
export interface Installed {
  /** An otherwise empty project that it is installed in. */
  readonly app: string
  /** Its command as a file. */
  readonly bin: string
  readonly node26: string
  readonly node24: string
  /** Older than what we need. */
  readonly oldNode: string
}

/** Packs, installs, and fetches the Nodes. A string says why the registry could not be used. */
export async function install(folder: string): Promise<Installed | string> {
  try {
    const app = project(folder, 'app')
    const [tarball, node24, oldNode] = await Promise.all([
      pack(folder),
      fetchNode(folder, 24),
      hostNode(folder).then((found) => found ?? fetchNode(folder, 20)),
    ])
    await npm(['install', '--prefix', app, ...QUIET, tarball], app)
    const bin = join(app, 'node_modules/tocsin/bin/tocsin.js')
    return { app, bin, node26: process.execPath, node24, oldNode }
  } catch (error) {
    if (error instanceof RegistryAway) return error.message
    throw error
  }
}

class RegistryAway extends Error {}

async function pack(folder: string): Promise<string> {
  const said = await npm(['pack', '--silent', '--pack-destination', folder], ROOT)
  return join(folder, said.trim().split('\n').at(-1) ?? '')
}

async function fetchNode(folder: string, major: number): Promise<string> {
  const place = project(folder, `node${major}`)
  await npm(['install', '--prefix', place, ...QUIET, `node@${major}`], place)
  return join(place, 'node_modules/node/bin/node')
}

/** The Node of this machine, when it is too old for us. */
async function hostNode(folder: string): Promise<string | undefined> {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((place) => join(place, 'node'))
    .find((path) => !path.includes('node_modules') && existsSync(path))
  if (found === undefined) return undefined
  const { stdout } = await run(found, ['--version'], { cwd: folder })
  const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number)
  return major < 24 || (major === 24 && minor < 12) ? found : undefined
}

function project(folder: string, name: string): string {
  const place = join(folder, name)
  mkdirSync(place)
  const manifest = { name, private: true, type: 'module', allowScripts: { node: true } }
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
  return place
}

/** What npm says when there is no registry, rather than when we have packed something wrong. */
const AWAY =
  /\b(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENOTCACHED|E40[13]|E50[0-4])\b/

/** Runs npm, on the Node of the test: packing compiles, and a script of npm's own must not fall back to an older one. */
async function npm(args: readonly string[], cwd: string): Promise<string> {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const { code, stdout, stderr } = await run('npm', args, { cwd, env: { PATH: path } })
  if (code === 0) return stdout
  const away = AWAY.exec(stderr)?.[0]
  if (away !== undefined) throw new RegistryAway(`the package registry cannot be reached (${away})`)
  throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`)
}
