import { globSync } from 'node:fs'
import { join } from 'node:path'

// The guarantees on virtual time, in one process: see units.test.ts.
const root = import.meta.dirname
for (const file of globSync('behaviour/*.test.ts', { cwd: root })) await import(join(root, file))
