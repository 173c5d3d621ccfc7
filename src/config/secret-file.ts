/** Files as a config needs them. */
export interface Files {
  /** Throws when there is none. */
  readonly readFile: (path: string) => string
  /** When it was last changed, in any unit. Without it, the file is read to find out. */
  readonly modifiedAt?: (path: string) => number
  /** Milliseconds. Without it, a file is looked at each time its secret is used, not at most once a second. */
  readonly now?: () => number
}

const LOOK_EVERY_MS = 1000

/** A secret in a file that was read once. */
export interface SecretFile {
  readonly path: string
  readonly first: string
  /** When it had been changed last, asked before it was read. */
  readonly modifiedAt: number | undefined
}

/** Throws when there is none. */
export function readSecretFile(path: string, files: Files): SecretFile {
  const modifiedAt = files.modifiedAt?.(path)
  return { path, first: files.readFile(path).trim(), modifiedAt }
}

/**
 * The secret in a file, as it is when it is asked for: whoever replaces the file has changed the secret without a restart.
 * A file that is gone, or that holds no fit secret (it may be half written), leaves the last good one in force.
 */
export function followSecret(
  { path, first, modifiedAt: firstModifiedAt }: SecretFile,
  files: Files,
  isFit: (secret: string) => boolean,
  onChange: (secret: string) => void,
): () => string {
  let current = first
  let modifiedAt = firstModifiedAt
  let lookedAt: number | undefined
  return () => {
    const now = files.now?.()
    if (now !== undefined && lookedAt !== undefined && now >= lookedAt && now - lookedAt < LOOK_EVERY_MS)
      return current
    lookedAt = now
    try {
      const changedAt = files.modifiedAt?.(path)
      if (changedAt !== undefined && changedAt === modifiedAt) return current
      const secret = files.readFile(path).trim()
      if (!isFit(secret)) return current
      modifiedAt = changedAt
      if (secret !== current) onChange(secret)
      current = secret
    } catch {
      // Between the old file and the new one there may be none.
    }
    return current
  }
}
