/** A whole number for JSON: as a number where every reader gets the same, else as text. */
export function jsonNumber(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}
