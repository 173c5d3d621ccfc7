import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// Compiles src/ to dist/, which is what is published: the same files as JavaScript, with their types beside them.

const root = join(import.meta.dirname, '..')

// What was compiled before and is no source any more must not be published.
rmSync(join(root, 'dist'), { recursive: true, force: true })

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const tsc = join(typescript, 'bin', 'tsc')
const { status, error } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
if (error !== undefined) throw error
process.exitCode = status ?? 1
