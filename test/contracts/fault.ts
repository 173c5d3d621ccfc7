import assert from 'node:assert/strict'
import { StoreError, type StoreFault } from '../../src/store/store.ts'

/** What the error of a store must be: of this kind, with what to do. */
export function fault(kind: StoreFault, said: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreError, String(error))
    assert.equal(error.fault, kind, error.message)
    assert.equal(error.code, `TOCSIN_STORE_${kind.toUpperCase().replace('-', '_')}`)
    assert.match(`${error.message} ${error.next}`, said)
    return true
  }
}
