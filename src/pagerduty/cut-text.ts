const ELLIPSIS = '…'

/**
 * At most `unitsMax` UTF-16 units, ending in '…' when something was cut. A pair of surrogates is never split, so the text
 * is within the limit whether it is counted in units or in code points.
 */
export function cutText(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : firstUnits(text, unitsMax - ELLIPSIS.length) + ELLIPSIS
}

function firstUnits(text: string, units: number): string {
  const last = text.charCodeAt(units - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? units - 1 : units)
}
