import type { Parameter, Session, Value } from './database.ts'

/** A column, its type, and what of an item stands there. */
export type Column<Item> = readonly [
  name: string,
  type: 'text' | 'bigint' | 'integer',
  value: (item: Item) => Value,
]

/** The items as a relation `given`, however many they are: one array for each column. */
export function given<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
): { readonly sql: string; readonly values: readonly Parameter[] } {
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')
  return {
    sql: `unnest(${arrays}) as given (${namesOf(columns)})`,
    values: columns.map(([, , value]) => items.map(value)),
  }
}

/** Inserts all items in their order, with one statement. */
export async function insert<Item>(
  session: Session,
  table: string,
  columns: readonly Column<Item>[],
  items: readonly Item[],
  onConflict = '',
): Promise<number> {
  if (items.length === 0) return 0
  const { sql, values } = given(columns, items)
  const names = namesOf(columns)
  return session.run(`insert into ${table} (${names}) select ${names} from ${sql} ${onConflict}`, values)
}

/** Updates the rows whose keys are the items', with one statement. */
export async function update<Item>(
  session: Session,
  table: string,
  { keys, columns }: { readonly keys: readonly Column<Item>[]; readonly columns: readonly Column<Item>[] },
  items: readonly Item[],
): Promise<number> {
  if (items.length === 0) return 0
  const { sql, values } = given([...keys, ...columns], items)
  const set = columns.map(([name]) => `${name} = given.${name}`).join(', ')
  const where = keys.map(([name]) => `${table}.${name} = given.${name}`).join(' and ')
  return session.run(`update ${table} set ${set} from ${sql} where ${where}`, values)
}

export function namesOf(columns: readonly Column<never>[]): string {
  return columns.map(([name]) => name).join(', ')
}
