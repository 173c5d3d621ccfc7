import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicMs } from './clock.ts'
import { median } from './figures.ts'
import { openSink } from './open-sink.ts'
import { makeFolder, removeFolder, ROOT } from './running.ts'
import type { Measurement } from './setup.ts'
import { configOf } from './tocsin.ts'

const RUNS = 9

const PROGRAMS = [
  { of: 'as published', file: 'bin/tocsin.js' },
  { of: 'from source', file: 'src/cli/main.ts' },
] as const

/** How long a command takes from its start to its end. */
export const startup: Measurement = {
  name: 'startup',
  about: 'tocsin --help and tocsin trigger, as published and from source',
  async *run({ progress }) {
    progress('startup: compiling what is published')
    run('scripts/build.ts')
    await using sink = await openSink()
    const folder = makeFolder()
    const config = join(folder, 'tocsin.yaml')
    writeFileSync(config, configOf(`sqlite:${join(folder, 'tocsin.db')}`, { url: sink.url }, 0))
    const trigger = ['trigger', 'backup', '--summary', 'The backup failed', '--config', config]
    for (const { of, file } of PROGRAMS) {
      progress(`startup: ${of}`)
      const [help, told] = [took(file, '--help'), took(file, ...trigger)]
      yield { what: 'tocsin --help', of, ours: help, unit: 'ms', better: 'less', bar: { figure: 150 } }
      yield {
        what: 'tocsin trigger, told and ended',
        of,
        ours: told,
        unit: 'ms',
        better: 'less',
        bar: { figure: 400 },
      }
    }
    removeFolder(folder)
  },
}

/** The median of some runs, in ms. */
function took(file: string, ...words: string[]): number {
  return median(
    Array.from({ length: RUNS }, () => {
      const startedAt = monotonicMs()
      run(file, ...words)
      return monotonicMs() - startedAt
    }),
  )
}

function run(file: string, ...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, file), ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${words.join(' ')} ended with ${status}:\n${stderr}`)
}
