/** A stretch of time: all of the parts that are there have to fit. */
export interface TimeSpan {
  /** 0 is Sunday. */
  readonly days?: readonly number[]
  /** Minutes since midnight, the end not included; one that ends before it begins goes on past midnight, into the next day. */
  readonly hours?: readonly { readonly from: number; readonly until: number }[]
  /** By which days and hours go, such as "Europe/Berlin". */
  readonly timeZone: string
  /** Epoch milliseconds. */
  readonly fromAt?: number
  readonly untilAt?: number
}

/** Whether it is one of these times. */
export function isTime(spans: readonly TimeSpan[], now: number): boolean {
  return spans.some((span) => fits(span, now))
}

function fits(
  { days, hours, timeZone, fromAt = -Infinity, untilAt = Infinity }: TimeSpan,
  now: number,
): boolean {
  if (now < fromAt || now >= untilAt) return false
  if (days === undefined && hours === undefined) return true
  const { day, minute } = wallTime(now, timeZone)
  const isDay = (one: number): boolean => days === undefined || days.includes(one)
  if (hours === undefined) return isDay(day)
  return hours.some(({ from, until }) => {
    if (from < until) return isDay(day) && minute >= from && minute < until
    // What begins in the evening belongs to that day until it ends.
    return (isDay(day) && minute >= from) || (isDay((day + 6) % 7) && minute < until)
  })
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MINUTES_PER_HOUR = 60

/** The formats that are in use: making one costs more than all the rest. */
const formats = new Map<string, Intl.DateTimeFormat>()

function wallTime(now: number, timeZone: string): { readonly day: number; readonly minute: number } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone, ...parts })
    formats.set(timeZone, format)
  }
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    day: DAYS.indexOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * MINUTES_PER_HOUR + Number(parts.get('minute')),
  }
}
