import type { SourceKey } from '../../decide/decide.ts'
import type { MonitorShape } from './monitor-shape.ts'
import { perProcessKey, perRunKey } from './nonces-keys.ts'

/** By name of the monitor, for those whose alerts have keys of their own. */
export function sourceKeys(monitors: Readonly<Record<string, MonitorShape>>): ReadonlyMap<string, SourceKey> {
  return new Map(
    Object.entries(monitors).flatMap(([name, shape]) => {
      const key = sourceKey(shape)
      return key === undefined ? [] : [[name, key] as const]
    }),
  )
}

function sourceKey(shape: MonitorShape): SourceKey | undefined {
  const { dedup_key: written } = shape
  if (written !== undefined) return { dedupKey: written.render, isDated: written.isDated }
  if (shape.type !== 'nonces') return undefined
  const isDated = shape.dated_keys ?? true
  return { dedupKey: shape.tell === 'per_run' ? perRunKey(isDated) : perProcessKey(isDated), isDated }
}
