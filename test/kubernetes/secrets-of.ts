import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemWorld, watchSecrets, type Cancel, type Clock, type World } from '../../src/world/world.ts'
import { KubernetesApi } from '../vendors/kubernetes.ts'

export const LABELS = { 'publishing-target': 'true' }

/** Waits that only keep somebody from asking too often are short here; what bounds a request is as it is. */
export function hastened(clock: Clock): Clock {
  // The first list is waited for longer: the client of Kubernetes has to be loaded meanwhile.
  const shorter = (ms: number): number => (ms === 10_000 ? 2_000 : ms < 30_000 ? ms / 50 : ms)
  return { ...clock, after: (ms, action) => clock.after(shorter(ms), action) }
}

export interface Line {
  readonly level: string
  readonly message: string
  readonly data: object
}

/** A world with real sockets, short waits, and a log that can be read. */
export function quickWorld(lines: Line[]): World {
  const world = systemWorld({ logLevel: 'silent' })
  const write =
    (level: string) =>
    (message: string, data: object = {}): void =>
      void lines.push({ level, message, data })
  return {
    ...world,
    clock: hastened(world.clock),
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  }
}

/** An API with a kubeconfig for it, and whoever watches it ended before it is. */
export interface Cluster extends AsyncDisposable {
  readonly api: KubernetesApi
  readonly kubeconfigFile: string
  /** Writes another kubeconfig, as whoever rotates a token does. */
  rewrite(token?: string): void
  /** Called at the end. */
  defer(end: () => void): void
}

export async function openCluster(): Promise<Cluster> {
  const api = await KubernetesApi.open()
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-kubernetes-'))
  const kubeconfigFile = join(folder, 'kubeconfig')
  const ends: (() => void)[] = []
  const rewrite = (token?: string): void => writeFileSync(kubeconfigFile, api.kubeconfig(token))
  rewrite()
  return {
    api,
    kubeconfigFile,
    rewrite,
    defer: (end) => void ends.push(end),
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) end()
      await api[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

/** What a watch has told, as it comes: the names with their versions of a value, troubles, and when it is well. */
export class Told {
  readonly all: string[] = []
  readonly #waiting = new Set<() => void>()

  add(word: string): void {
    this.all.push(word)
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  /** Resolves with the first word that matches, from `since` on. */
  async until(pattern: RegExp, since = 0): Promise<string> {
    for (;;) {
      const found = this.all.slice(since).find((word) => pattern.test(word))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }
}

/** Watches a cluster; `told` has a word such as `a=1 b=2` for each time that the Secrets were told, by their key `v`. */
export function watchCluster(cluster: Cluster, clock?: Clock): { told: Told; cancel: Cancel } {
  const told = new Told()
  const world = systemWorld({ logLevel: 'silent' })
  const cancel = watchSecrets(
    {
      kubeconfigFile: cluster.kubeconfigFile,
      selector: 'publishing-target=true',
      clock: clock ?? hastened(world.clock),
      random: () => 0.5,
    },
    {
      onSecrets: (secrets) => {
        const words = [...secrets.values()].map(
          ({ name, data }) => `${name}=${Buffer.from(data['v'] ?? '', 'base64').toString()}`,
        )
        told.add(`secrets ${words.toSorted((one, other) => (one < other ? -1 : 1)).join(' ')}`)
      },
      onTrouble: (reason) => told.add(`trouble: ${reason}`),
      onWatching: () => told.add('watching'),
    },
  )
  cluster.defer(cancel)
  return { told, cancel }
}
