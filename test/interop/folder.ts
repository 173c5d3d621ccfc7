import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is there as long as somebody needs it. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

const REMOVAL = { recursive: true, force: true, maxRetries: 5 } as const

const open = new Set<string>()

// A test that is ended from outside disposes of nothing.
process.on('exit', () => open.forEach((path) => rmSync(path, REMOVAL)))

/** Makes an empty one. */
export function openFolder(name: string): Folder {
  const path = mkdtempSync(join(tmpdir(), `tocsin-${name}-`))
  open.add(path)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(path, REMOVAL)
      open.delete(path)
    },
  }
}
