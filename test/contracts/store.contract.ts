import { suite } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { Workbench } from './workbench.ts'
import { claimContract } from './claim.contract.ts'
import { memoryContract } from './memory.contract.ts'
import { monitorsContract } from './monitors.contract.ts'
import { mutesContract } from './mutes.contract.ts'
import { tellingContract } from './telling.contract.ts'
import { troubleContract } from './trouble.contract.ts'
import { upkeepContract } from './upkeep.contract.ts'

/** A store that was opened for a test. */
export interface Opened {
  readonly store: Store
  /** Closes it and opens it again, as a new process would; undefined for a store that forgets. */
  readonly reopen: (() => Promise<Store>) | undefined
  readonly close: () => Promise<void>
}

/** Gives one test a store of its own. */
export type WithStore = (
  run: (bench: Workbench, reopen: () => Promise<Workbench>) => Promise<void>,
) => () => Promise<void>

/** Checks everything that the port promises (src/store/store.ts) of one store. */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  const withStore: WithStore = (run) => async () => {
    const opened = await open()
    let bench = new Workbench(opened.store)
    try {
      await run(bench, async () => {
        // One that forgets goes on as it is: what holds after a restart holds without one.
        if (opened.reopen === undefined) return bench
        const { time, policy } = bench
        bench = Object.assign(new Workbench(await opened.reopen()), { time, policy })
        return bench
      })
    } finally {
      await opened.close()
    }
  }
  suite(`a store ${name}: what it remembers`, () => memoryContract(withStore))
  suite(`a store ${name}: what it promises to who delivers`, () => claimContract(withStore))
  suite(`a store ${name}: how an incident is told`, () => tellingContract(withStore))
  suite(`a store ${name}: what is muted`, () => mutesContract(withStore))
  suite(`a store ${name}: what it remembers of monitors`, () => monitorsContract(withStore))
  suite(`a store ${name}: what it does in trouble`, () => troubleContract(withStore))
  suite(`a store ${name}: how it is kept`, () => upkeepContract(withStore))
}
