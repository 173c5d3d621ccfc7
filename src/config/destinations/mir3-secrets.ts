import { isMap } from '../issues.ts'
import type { Keys } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { PASSWORD } from '../secret-kind.ts'

/** Reads and checks the password of a MIR3 user. */
export function readMir3Secrets(mir3: unknown, place: Keys, reader: SecretReader): void {
  if (isMap(mir3)) reader.readOwned(mir3, place, PASSWORD)
}
