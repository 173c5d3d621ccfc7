import { postgresName } from '../store/store.ts'

/** Where a store is, and how people may read of it: no user, no password. */
export type StorePlace =
  | { readonly kind: 'file'; readonly name: string }
  /** It ends with its process. */
  | { readonly kind: 'memory'; readonly name: string }
  | { readonly kind: 'database'; readonly name: string }

export function placeOf(url: string): StorePlace {
  if (/^postgres(ql)?:/i.test(url)) return { kind: 'database', name: `PostgreSQL ${postgresName(url)}` }
  const path = url.replace(/^sqlite:/, '')
  return path === ':memory:'
    ? { kind: 'memory', name: 'memory' }
    : { kind: 'file', name: path.replace(/\/\/.*@/, '//…@') }
}
