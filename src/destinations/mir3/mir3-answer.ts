import type { Outcome } from '../../decide/decide.ts'
import { classifyAnswer } from '../../pagerduty/pagerduty.ts'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import { findXml, readXml, type XmlElement } from './mir3-xml.ts'
import { quoteWithout } from '../quote.ts'

const QUOTED_UNITS_MAX = 200

/** Told again, it may be heard twice: this is the one thing that can be said of a lost answer. */
const MAYBE_TAKEN =
  'It may have started the notification all the same: when it is told again, people may hear it twice.'

const REDIRECT_NEXT = 'A redirect is not followed, because it could carry the password elsewhere: check url.'

const REFUSED_NEXT = 'Check username, password, api_version and the title under notification.'

const NOT_MIR3_NEXT =
  'That is no answer of MIR3, and it is not told again, because people may hear it twice: check url, and in MIR3 whether the notification was started.'

/** What an answer means. The status says little: that a notification was started stands in the body, under `success`. */
export function answered(answer: HttpAnswer, nowAt: number, secrets: readonly string[]): Outcome {
  const { status, headers } = answer
  const body = findXml(readXml(answer.body), 'Body')
  const quote = (text: string): string => quoteWithout(secrets, text, QUOTED_UNITS_MAX)
  const fault = findXml(body, 'Fault')
  if (fault !== undefined && isOurs(fault))
    return refused(status, quote(textOf(fault, 'faultstring')), REFUSED_NEXT)
  if (status >= 200 && status < 300)
    return reported(status, findXml(body, 'response'), quote, quote(answer.body))
  const meaning = classifyAnswer({ status, headers, body: '' }, { routingKey: '', nowAt, notes: [] })
  const said = quote(fault === undefined ? answer.body : textOf(fault, 'faultstring'))
  if (meaning.kind !== 'retry')
    return refused(status, said, status >= 300 && status < 400 ? REDIRECT_NEXT : REFUSED_NEXT)
  const { reason, maybeAccepted, afterMs } = meaning
  const doubt = maybeAccepted ? MAYBE_TAKEN : 'It did not start the notification.'
  const message = `MIR3 could not answer (${seen(status, said)}). ${doubt}`
  const after = afterMs === undefined ? {} : { afterMs }
  return { kind: 'retry', reason, status, maybeAccepted, message, ...after }
}

/** What it means that no answer came. */
export function unanswered(failure: HttpFailure, secrets: readonly string[]): Outcome {
  const why = quoteWithout(secrets, failure.reason, QUOTED_UNITS_MAX)
  const doubt = failure.sent ? MAYBE_TAKEN : 'It never got there.'
  const message = `MIR3 did not answer: ${why}. ${doubt}`
  return { kind: 'retry', reason: failure.failure, maybeAccepted: failure.sent, message }
}

function reported(
  status: number,
  response: XmlElement | undefined,
  quote: (text: string) => string,
  body: string,
): Outcome {
  const success = textOf(response, 'success')
  if (success === 'true') {
    const report = textOf(response, 'initiateNotificationsResponse', 'initiation', 'notificationReportUUID')
    const reference = /^[\w-]{1,100}$/.test(report) ? { reference: report } : {}
    return { kind: 'accepted', status, message: `MIR3 started the notification (${status}).`, ...reference }
  }
  if (success === 'false')
    return refused(status, quote(textOf(response, 'error', 'errorMessage')), REFUSED_NEXT)
  return refused(status, body, NOT_MIR3_NEXT)
}

/** SOAP 1.1 tells by the code whose fault it was: https://www.w3.org/TR/2000/NOTE-SOAP-20000508/#_Toc478383510 */
function isOurs(fault: XmlElement): boolean {
  const code = textOf(fault, 'faultcode')
  return /^(?:[\w-]+:)?(?:Client|VersionMismatch|MustUnderstand)(?:\.|$)/.test(code)
}

function refused(status: number, said: string, next: string): Outcome {
  const message = `MIR3 refused the notification (${seen(status, said)}). ${next}`
  return { kind: 'rejected', reason: 'refused', status, message }
}

function seen(status: number, said: string): string {
  return said === '' ? `${status}` : `${status}: ${said}`
}

function textOf(element: XmlElement | undefined, ...way: readonly string[]): string {
  return findXml(element, ...way)?.text.trim() ?? ''
}
