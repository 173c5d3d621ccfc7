import { migrateStore } from '../store/store.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { findStore, storeName, type Where } from './find-settings.ts'
import type { Terminal } from './terminal.ts'

/** `tocsin migrate`: brings a store's schema up to ours, and says what that took. */
export async function migrate(
  options: Where & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const url = findStore(options, terminal)
  const applied = await migrateStore(url)
  const store = storeName(url)
  if (options.json === true) terminal.print(`${JSON.stringify({ store, applied })}\n`)
  else if (applied.length === 0) terminal.print(`${store} is up to date.\n`)
  else terminal.print(applied.map((name) => `${store}: applied ${name}\n`).join(''))
  return EXIT.well
}
