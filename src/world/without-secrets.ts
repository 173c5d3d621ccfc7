/** A text with every secret in it replaced, wherever and however it stands. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: one secret may begin as another does.
  const longest = [...new Set(secrets.flatMap(spellings))].sort((one, other) => other.length - one.length)
  return longest.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
}

/** A secret as somebody may repeat it: as it is, as an address has it, and as JSON does (https://www.rfc-editor.org/rfc/rfc8259#section-7). */
function spellings(secret: string): readonly string[] {
  if (secret === '') return []
  const inJson = JSON.stringify(secret).slice(1, -1)
  return [secret, encodeURIComponent(secret.toWellFormed()), inJson, inJson.replaceAll('/', String.raw`\/`)]
}
