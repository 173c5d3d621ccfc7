/** A key as people may see it: its first four characters. A key too short to be one shows nothing of itself. */
export function maskKey(key: string): string {
  return key.length > 8 ? `${key.slice(0, 4)}…` : '…'
}

/** The text with every occurrence of the key masked: a sender may have put its key where it does not belong. */
export function maskKeyIn(text: string, key: string): string {
  return key.length > 8 && text.includes(key) ? text.replaceAll(key, maskKey(key)) : text
}
