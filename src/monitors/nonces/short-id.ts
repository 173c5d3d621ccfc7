/** Ids as long as this, or shorter, are shown whole. */
const SHOWN_WHOLE = 20

/**
 * A process id as the two systems show it in a line: `monitor` gives `4hXj_E-5...cVmISDLs`, `validator` `4hXj_E-5fA...mISDLs`
 * with ten and seven characters.
 */
export function shortId(id: string, form: 'monitor' | 'validator'): string {
  if (id.length <= SHOWN_WHOLE) return id
  return form === 'monitor' ? `${id.slice(0, 8)}...${id.slice(-8)}` : `${id.slice(0, 10)}...${id.slice(-7)}`
}
