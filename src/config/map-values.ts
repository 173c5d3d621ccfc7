/** The map with each value changed. */
export function mapValues<Key extends string, Value, Result>(
  map: Readonly<Record<Key, Value>>,
  change: (value: Value) => Result,
): Record<Key, Result> {
  const entries = Object.entries<Value>(map).map(([key, value]) => [key, change(value)])
  return Object.fromEntries(entries) as Record<Key, Result>
}
