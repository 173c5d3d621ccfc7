/** A text with every secret in it replaced, wherever it stands. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(withoutSecret, text)
}

function withoutSecret(text: string, secret: string): string {
  if (secret === '') return text
  // In JSON a quote or a backslash is written with another.
  return text.replaceAll(secret, '[secret]').replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]')
}
