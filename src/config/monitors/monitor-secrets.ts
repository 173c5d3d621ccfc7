import { at, isMap } from '../issues.ts'
import type { SecretReader } from '../read-secret.ts'
import { BEARER, type SecretKind } from '../secret-kind.ts'

const TOKEN: SecretKind = { ...BEARER, key: 'token' }

const BY_KIND: ReadonlyMap<unknown, SecretKind> = new Map([
  ['http', BEARER],
  ['metric', BEARER],
  ['workflows', TOKEN],
])

/** Shorter ones stand in many a word that is none. */
const HIDDEN_CHARACTERS_MIN = 8

/** Reads and checks the secrets of monitors. None has to have one. */
export function readMonitorSecrets(config: unknown, reader: SecretReader): void {
  const monitors = at(config, 'monitors')
  for (const [name, monitor] of isMap(monitors) ? Object.entries(monitors) : []) {
    if (!isMap(monitor)) continue
    const kind = BY_KIND.get(at(monitor, 'type'))
    const isGiven = kind !== undefined && [kind.key, `${kind.key}_file`].some((key) => hasValue(monitor, key))
    if (isGiven) reader.readOwned(monitor, ['monitors', name], kind)
    const env = at(monitor, 'env')
    const values = isMap(env) ? Object.values(env) : []
    reader.hide(values.filter(isLong))
  }
}

function hasValue(monitor: Readonly<Record<string, unknown>>, key: string): boolean {
  return (at(monitor, key) ?? undefined) !== undefined
}

function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.length >= HIDDEN_CHARACTERS_MIN
}
