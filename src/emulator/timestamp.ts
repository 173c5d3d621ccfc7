/**
 * ISO 8601 as PagerDuty's documents write it: `2015-07-17T08:42:58.315+0000` (events), and `2011-05-06T03:30-07` or
 * a date alone (https://developer.pagerduty.com/docs/types). `2021-10-22 5:01:32` is refused.
 */
const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(?:Z|[+-](\d\d)(?::?(\d\d))?)?)?$/

export function isTimestamp(text: string): boolean {
  const match = ISO_8601.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] =
    match.slice(1).map((part) => (part === undefined ? 0 : Number(part)))
  const daysOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const dateHolds = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth
  // 24:00 ends a day and second 60 is a leap second: both are ISO 8601.
  const timeHolds = (hour < 24 || (hour === 24 && minute + second === 0)) && minute < 60 && second <= 60
  return dateHolds && timeHolds && offsetHour < 24 && offsetMinute < 60
}
