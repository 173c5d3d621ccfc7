import { hash } from 'node:crypto'
import { readFileSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Cancel, World } from '../world/world.ts'

/** An editor writes in several steps; what it does within this time is looked at once. */
const GATHER_MS = 250
/** Not every file system tells: network mounts do not, nor what lies behind a link. */
const LOOK_EVERY_MS = 5_000

/**
 * Tells when the content of a file has changed, whether it was written to, replaced, or reached by a link that leads elsewhere
 * now, as in a volume of Kubernetes. That it is gone is told once; until there is a first file nothing is.
 */
export class ConfigWatch {
  readonly #path: string
  readonly #world: World
  #digest: string | undefined
  #onChange: () => void = () => {}
  #watcher: FSWatcher | undefined
  #cancelLook: Cancel = () => {}
  #cancelGather: Cancel | undefined
  #isStopped = false

  /** What there is now is no change. */
  constructor(path: string, world: World) {
    this.#path = path
    this.#world = world
    this.#digest = digestOf(path)
  }

  start(onChange: () => void): void {
    this.#onChange = onChange
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, (_, name) => this.#hear(name))
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // Too many are watched on this machine, or there is no such folder: looking every few seconds does.
    }
    this.#lookAgain()
  }

  stop(): void {
    this.#isStopped = true
    this.#watcher?.close()
    this.#cancelLook()
    this.#cancelGather?.()
  }

  /** The store may lie in the same folder and write all the time. */
  #hear(name: string | null): void {
    const concernsUs = name === null || name === basename(this.#path) || name.startsWith('..')
    if (this.#isStopped || !concernsUs) return
    this.#cancelGather ??= this.#world.clock.after(GATHER_MS, () => {
      this.#cancelGather = undefined
      this.#look()
    })
  }

  #lookAgain(): void {
    this.#look()
    this.#cancelLook = this.#world.clock.after(LOOK_EVERY_MS, () => this.#lookAgain())
  }

  #look(): void {
    const digest = digestOf(this.#path)
    if (digest === this.#digest) return
    this.#digest = digest
    this.#onChange()
  }
}

function digestOf(path: string): string | undefined {
  try {
    return hash('sha256', readFileSync(path))
  } catch {
    return undefined
  }
}
