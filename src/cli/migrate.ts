import { migrateStore } from '../store/store.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { findStore, type Where } from './find-settings.ts'
import { placeOf } from './store-place.ts'
import type { Terminal } from './terminal.ts'

/** `tocsin migrate`: brings a store's schema up to ours, and says what that took. */
export async function migrate(
  options: Where & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const url = findStore(options, terminal)
  const applied = await migrateStore(url)
  const store = placeOf(url).name
  if (options.json === true) terminal.print(`${JSON.stringify({ store, applied })}\n`)
  else if (applied.length === 0) terminal.print(`${store} is up to date.\n`)
  else terminal.print(applied.map((name) => `${store}: applied ${name}\n`).join(''))
  return EXIT.well
}
