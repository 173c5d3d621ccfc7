/**
 * The front door of deliver/: how does a promise leave, and when again?
 *
 * A courier serves one destination: it claims what is due (most urgent lane first, within the rate window), sends, and
 * settles what came of it. It is the one retry layer; what is behind it only says what happened.
 */
export { backoffMsMax } from './backoff.ts'
export { Courier, leaseMsOf, type CourierOptions } from './courier.ts'
export type { Told } from './told.ts'
