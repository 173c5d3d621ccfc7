import { enableCompileCache } from 'node:module'

// A command that ran once starts in half the time after that, so this comes before everything else is loaded.
enableCompileCache()

const { systemTerminal } = await import('./terminal.ts')
const { run } = await import('./program.ts')

// Whoever reads us may stop before the end, as `head` does, or have no room: what is to be told is told all the same.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

// A fault of ours is no trouble that was found: 1 would say so.
process.on('uncaughtException', (error) => {
  process.stderr.write(`Tocsin has a fault: ${error.stack ?? error.message}\n`)
  process.exit(3)
})

const exitCode = await run(process.argv.slice(2), systemTerminal())
// What was printed has to be out before the process ends; what is left open must not keep it.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
