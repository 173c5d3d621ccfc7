import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/decide/decide.ts'
import {
  IMPATIENT_MS,
  isHttp,
  PATIENT_MS,
  staged,
  withDestination,
  type AnswerCase,
  type Kind,
  type Meaning,
  type Stage,
} from './destination-kind.ts'
import { Receiver, type Arrival } from './receiver.ts'

/** Every status that ends a request: RFC 9110, section 15. */
const STATUSES = Array.from({ length: 400 }, (_, at) => 200 + at)

/**
 * What every status of an answer over HTTP means, as RFC 9110 has it. A place that has ways of its own names them in
 * `except`, by status.
 */
export function httpAnswers(except: Readonly<Record<number, Meaning>> = {}): readonly AnswerCase[] {
  return STATUSES.map((status) => ({
    name: `${status}`,
    behaviour: { status },
    means: except[status] ?? meaningOf(status),
  }))
}

function meaningOf(status: number): Meaning {
  if (status < 300) return { outcome: 'accepted' }
  if (status < 500 && ![408, 425, 429].includes(status)) return { outcome: 'rejected' }
  const reason = status === 429 ? 'rate-limited' : status === 408 ? 'timeout' : 'server-error'
  return { outcome: 'retry', reason, maybeAccepted: status !== 429 }
}

/** What an answer means: every one of the kind's own, and, over HTTP, all that a hostile or broken one could do. */
export function answersContract(kind: Kind): void {
  const answers = kind.answers ?? httpAnswers()
  test(
    'every answer means that it was accepted, or is to be told again, or is final',
    staged(kind, async ({ vendor, tell }) => {
      for (const { name, behaviour, means } of answers) {
        vendor.behaviour = behaviour
        const outcome = await tell()
        assert.deepEqual([name, outcome.kind], [name, means.outcome])
        const status = typeof behaviour === 'object' ? behaviour.status : 0
        if (status >= 300) assert.ok(outcome.message.includes(`${status}`), outcome.message)
        if (outcome.kind !== 'retry') continue
        const { reason, maybeAccepted } = means
        if (reason !== undefined) assert.deepEqual([name, outcome.reason], [name, reason])
        if (maybeAccepted !== undefined)
          assert.deepEqual([name, outcome.maybeAccepted], [name, maybeAccepted])
      }
    }),
  )
  if (!isHttp(kind)) return
  headersContract(kind)
  brokenContract(kind)
}

/** A receiver that takes whatever comes, and answers as it is told. */
function received(
  kind: Kind,
  run: (receiver: Receiver, tell: Stage['tell']) => Promise<void>,
  timeoutMs = PATIENT_MS,
): () => Promise<void> {
  return async () => {
    await using receiver = await Receiver.open()
    await withDestination(kind, receiver.origin, (tell) => run(receiver, tell), timeoutMs)
  }
}

function assertInDoubt(outcome: Outcome, reason: 'timeout' | 'connection'): void {
  assert.ok(outcome.kind === 'retry', JSON.stringify(outcome))
  assert.deepEqual([outcome.reason, outcome.maybeAccepted], [reason, true])
}

function headersContract(kind: Kind): void {
  const WAITS: readonly (readonly [value: string, afterMs: number | undefined])[] = [
    ['7', 7_000],
    ['0', 0],
    ['86400', 300_000],
    ['soon', undefined],
    ['-5', undefined],
  ]
  for (const [value, afterMs] of WAITS) {
    test(
      `a Retry-After of "${value}" is ${afterMs === undefined ? 'no word of a time' : `${afterMs} ms`}`,
      staged(kind, async ({ vendor, tell }) => {
        for (const status of [429, 503]) {
          vendor.behaviour = { status, headers: { 'retry-after': value } }
          const outcome = await tell()
          assert.equal(outcome.kind === 'retry' ? outcome.afterMs : 'none', afterMs)
        }
      }),
    )
  }

  test(
    'a redirect is followed nowhere, and is final',
    staged(kind, async ({ vendor, tell }) => {
      await using elsewhere = await Receiver.open()
      for (const status of [301, 302, 303, 307, 308]) {
        vendor.behaviour = { status, headers: { location: `${elsewhere.origin}/stolen` } }
        const outcome = await tell()
        assert.equal(outcome.kind, 'rejected')
        assert.match(outcome.message, /redirect/)
      }
      assert.deepEqual(elsewhere.arrivals, [])
    }),
  )
}

const asText = ({ method, path, headers, body }: Arrival): string =>
  `${method} ${path} ${JSON.stringify(headers)} ${body}`
const asJson = ({ path, headers, body }: Arrival): string =>
  JSON.stringify({ message: `Cannot POST ${path}`, errors: [Object.values(headers).join(' '), body] })
const asPage = ({ path, headers }: Arrival): string =>
  `<html><title>${path}</title>${Object.values(headers).join('<br>')}</html>`
const inCapitals = (arrival: Arrival): string => asText(arrival).toUpperCase()

function brokenContract(kind: Kind): void {
  test(
    'an answer that echoes all it was sent brings no secret back',
    received(kind, async (receiver, tell) => {
      for (const status of [202, 307, 400, 401, 404, 422, 429, 500, 503]) {
        for (const shape of [asText, asJson, asPage, inCapitals]) {
          receiver.reply = (response, arrival) => void response.writeHead(status).end(shape(arrival))
          const outcome = await tell()
          assert.ok(outcome.message.length < 1_000)
        }
      }
    }),
  )

  test(
    'an endless answer is read only so far',
    received(kind, async (receiver, tell) => {
      receiver.reply = (response) => {
        const write = (error?: Error | null): void =>
          void (error || response.write(kind.secrets.join(' ').padEnd(65_536), write))
        response.writeHead(500)
        write()
      }
      const outcome = await tell()
      assert.equal(outcome.kind === 'retry' && outcome.reason, 'server-error')
    }),
  )

  test(
    'an answer that stops in its middle is a time-out that may have been heard',
    received(
      kind,
      async (receiver, tell) => {
        receiver.reply = (response) => void response.writeHead(202).write('{"status":')
        assertInDoubt(await tell(), 'timeout')
      },
      IMPATIENT_MS,
    ),
  )

  for (const status of [100, 102, 103, 199])
    test(
      `a ${status} is no answer: it may have been heard`,
      received(
        kind,
        async (receiver, tell) => {
          receiver.reply = (response) => void response.socket?.write(`HTTP/1.1 ${status} Soon\r\n\r\n`)
          const outcome = await tell()
          assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted, JSON.stringify(outcome))
        },
        IMPATIENT_MS,
      ),
    )

  test(
    'a connection cut within the answer may have been heard',
    received(kind, async (receiver, tell) => {
      receiver.reply = (response) => {
        response.writeHead(202, { 'content-length': 99 })
        response.write('{"status":', () => response.destroy())
      }
      assertInDoubt(await tell(), 'connection')
    }),
  )
}
