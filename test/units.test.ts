import { globSync } from 'node:fs'
import { join } from 'node:path'

// Every test that stands beside its file, in one process: they share nothing but what they test, and to start a process for each
// takes twice as long as to run it. One of them alone is run by its own name.
const root = join(import.meta.dirname, '..')
for (const file of globSync('src/**/*.test.ts', { cwd: root })) await import(join(root, file))
