import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert, Json } from '../../src/alert/alert.ts'
import type { Action, Incident, Outcome } from '../../src/decide/decide.ts'
import type { Destination, Telling } from '../../src/destinations/destinations.ts'
import { systemWorld, type World } from '../../src/world/world.ts'
import { alertOf, NOW } from './memory.ts'
import { Receiver, type Arrival } from './receiver.ts'

/** What an event says, whatever its form. */
export interface Heard {
  readonly key: string
  readonly action: Action
  readonly severity: string
  readonly summary: string
}

/** A kind of destination, for the contract. */
export interface Kind {
  /** One that tells a receiver at this origin. */
  readonly open: (origin: string, world: World, timeoutMs: number) => Destination
  /** What no outcome may hold. */
  readonly secrets: readonly string[]
  /** Reads what has arrived; throws for what is none of its events. */
  readonly hear: (arrival: Arrival) => Heard
  /** The largest body that the place takes. */
  readonly bodyBytesMax: number
}

/** Long enough for a busy machine where an answer comes, short where none does. */
const PATIENT_MS = 20_000
const IMPATIENT_MS = 400

const INCIDENT: Incident = {
  id: 7,
  destination: 'oncall',
  key: 'disk-db-1',
  status: 'triggered',
  digest: 'aaaaaaaaaaaaaaaa',
  severity: 'critical',
  told: { status: 'nothing', digest: '0000000000000000', severity: 'info' },
  firing: { critical: 1, error: 0, warning: 0, info: 0 },
  route: 'routes[0]',
  holdResolveMs: 0,
  ttlMs: 0,
  openedAt: NOW,
  updatedAt: NOW,
}

interface Stage {
  readonly receiver: Receiver
  readonly tell: (telling?: Telling) => Promise<Outcome>
}

function telling(
  action: Action = 'trigger',
  incident: Partial<Incident> = {},
  lead: Partial<Alert> = {},
): Telling {
  return { action, incident: { ...INCIDENT, ...incident }, lead: alertOf(lead) }
}

/** Checks everything that the port promises (src/destinations/destination.ts) of one kind of destination. */
export function destinationContract(name: string, kind: Kind): void {
  /** Gives one test a receiver and a destination that tells it; nothing that comes of it may hold a secret. */
  const onStage =
    (run: (stage: Stage) => Promise<void>, timeoutMs = PATIENT_MS) =>
    async (): Promise<void> => {
      await using receiver = await Receiver.open()
      const world = systemWorld({ logLevel: 'silent' })
      const destination = kind.open(receiver.origin, world, timeoutMs)
      assert.equal(destination.sendMsMax, timeoutMs)
      const tell = async (told: Telling = telling()): Promise<Outcome> => {
        const outcome = await destination.tell(told)
        for (const secret of [...kind.secrets, receiver.origin])
          assert.ok(!JSON.stringify(outcome).includes(secret), JSON.stringify(outcome))
        return outcome
      }
      try {
        await run({ receiver, tell })
      } finally {
        await destination.close()
        await world.http.close()
      }
    }

  suite(`a destination ${name}: what it tells`, () => contentContract(kind, onStage))
  suite(`a destination ${name}: what an answer means`, () => answerContract(kind, onStage))
  suite(`a destination ${name}: what no answer means`, () => silenceContract(onStage))
  suite(`a destination ${name}: who comes after a restart`, () => restartContract(kind))
}

type OnStage = (run: (stage: Stage) => Promise<void>, timeoutMs?: number) => () => Promise<void>

function contentContract(kind: Kind, onStage: OnStage): void {
  const heard = ({ arrivals }: Receiver): readonly Heard[] => arrivals.map(kind.hear)

  test(
    'every step of an incident is told with its key, its severity and its summary',
    onStage(async ({ receiver, tell }) => {
      const steps: readonly Action[] = ['trigger', 'acknowledge', 'resolve']
      for (const step of steps) assert.equal((await tell(telling(step))).kind, 'accepted')
      for (const [at, action] of steps.entries()) {
        const said = { key: 'disk-db-1', severity: 'critical', summary: 'Disk full', action }
        assert.deepEqual(heard(receiver)[at], said)
      }
      assert.equal(receiver.arrivals.length, steps.length)
    }),
  )

  test(
    'a change is told once and by itself',
    onStage(async ({ receiver, tell }) => {
      const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
      assert.equal((await tell({ change })).kind, 'accepted')
      assert.match(receiver.arrivals[0]?.body ?? '', /Deployed/)
    }),
  )

  const ODD: readonly string[] = [
    '\u{1F525} Feuer im Gebäude – 火事',
    'a "quote", a \\ backslash, a / and </script>',
    'a line\nand another\r\n\tand a tab',
    'nothing\u0000between',
    '\u202Eright to left',
    'half a pair \uD83D',
    '${HOME} {{ summary }} %s %00 \u2028',
  ]
  for (const odd of ODD) {
    test(
      `odd characters arrive: ${JSON.stringify(odd)}`,
      onStage(async ({ receiver, tell }) => {
        const lead = {
          summary: odd,
          labels: { [odd]: odd },
          annotations: { [odd]: odd },
          details: { [odd]: [odd] },
        }
        const key = odd.toWellFormed()
        assert.equal((await tell(telling('trigger', { key }, lead))).kind, 'accepted')
        const [said] = heard(receiver)
        assert.equal(said?.key, key)
        assert.equal(said.summary.toWellFormed(), odd.toWellFormed())
      }),
    )
  }

  const LARGE: readonly (readonly [name: string, lead: Partial<Alert>])[] = [
    ['one large detail', { details: { log: 'x'.repeat(3_000_000) } }],
    ['details of many bytes to a character', { details: { log: '火'.repeat(1_000_000) } }],
    [
      'many details',
      { details: Object.fromEntries(Array.from({ length: 40_000 }, (_, n) => [`d${n}`, 'x'.repeat(50)])) },
    ],
    ['deep details', { details: { deep: deep(2_000, 'x'.repeat(2_000_000)) } }],
    ['large labels', { labels: { stack: 'x'.repeat(2_000_000) } }],
    ['large annotations', { annotations: { text: '"'.repeat(2_000_000) } }],
    [
      'many links',
      {
        links: Array.from({ length: 40_000 }, (_, n) => ({
          href: `https://a.example/${n}`,
          text: 'x'.repeat(30),
        })),
      },
    ],
    ['a large summary', { summary: '\u0001'.repeat(2_000_000) }],
    [
      'large everything',
      {
        summary: 'x'.repeat(2_000_000),
        source: 'y'.repeat(2_000_000),
        labels: { a: 'z'.repeat(2_000_000) },
        details: { b: '"'.repeat(2_000_000) },
      },
    ],
  ]
  for (const [name, lead] of LARGE) {
    test(
      `what is too large loses what it can, and never its key: ${name}`,
      onStage(async ({ receiver, tell }) => {
        const outcome = await tell(telling('trigger', {}, lead))
        const [arrival] = receiver.arrivals
        assert.ok(arrival !== undefined && outcome.kind === 'accepted')
        assert.ok(Buffer.byteLength(arrival.body) <= kind.bodyBytesMax)
        const { key, severity, summary } = kind.hear(arrival)
        assert.deepEqual([key, severity], ['disk-db-1', 'critical'])
        assert.notEqual(summary, '')
        assert.ok((outcome.notes ?? []).length > 0 || lead.summary !== undefined, JSON.stringify(outcome))
      }),
    )
  }
}

/** A value at the end of many maps within each other. */
function deep(levels: number, value: Json): Json {
  return levels === 0 ? value : { in: deep(levels - 1, value) }
}

/** Every status that ends a request: RFC 9110, section 15. */
const STATUSES = Array.from({ length: 400 }, (_, at) => 200 + at)

function answerContract(kind: Kind, onStage: OnStage): void {
  test(
    'every status is accepted, to be sent again, or final, as RFC 9110 has it',
    onStage(async ({ receiver, tell }) => {
      for (const status of STATUSES) {
        receiver.reply = (response) => void response.writeHead(status).end()
        const outcome = await tell()
        assert.deepEqual([status, outcome.kind, outcome.status], [status, expectedKind(status), status])
        assert.ok(outcome.message.includes(`${status}`) || outcome.kind === 'accepted', outcome.message)
        if (outcome.kind !== 'retry') continue
        assert.equal(outcome.reason, expectedReason(status))
        assert.equal(outcome.maybeAccepted, status !== 429, `${status}`)
      }
      assert.equal(receiver.arrivals.length, STATUSES.length)
    }),
  )

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
      onStage(async ({ receiver, tell }) => {
        for (const status of [429, 503]) {
          receiver.reply = (response) => void response.writeHead(status, { 'retry-after': value }).end()
          const outcome = await tell()
          assert.equal(outcome.kind === 'retry' ? outcome.afterMs : 'none', afterMs)
        }
      }),
    )
  }

  test(
    'a redirect is followed nowhere, and is final',
    onStage(async ({ receiver, tell }) => {
      await using elsewhere = await Receiver.open()
      for (const status of [301, 302, 303, 307, 308]) {
        receiver.reply = (response) =>
          void response.writeHead(status, { location: `${elsewhere.origin}/stolen` }).end()
        const outcome = await tell()
        assert.equal(outcome.kind, 'rejected')
        assert.match(outcome.message, /redirect/)
      }
      assert.deepEqual(elsewhere.arrivals, [])
    }),
  )

  test(
    'an answer that echoes all it was sent brings no secret back',
    onStage(async ({ receiver, tell }) => {
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
    onStage(async ({ receiver, tell }) => {
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
}

function expectedKind(status: number): Outcome['kind'] {
  if (status < 300) return 'accepted'
  return [408, 425, 429].includes(status) || status >= 500 ? 'retry' : 'rejected'
}

function expectedReason(status: number): string {
  return status === 429 ? 'rate-limited' : status === 408 ? 'timeout' : 'server-error'
}

const asText = ({ method, path, headers, body }: Arrival): string =>
  `${method} ${path} ${JSON.stringify(headers)} ${body}`
const asJson = ({ path, headers, body }: Arrival): string =>
  JSON.stringify({ message: `Cannot POST ${path}`, errors: [Object.values(headers).join(' '), body] })
const asPage = ({ path, headers }: Arrival): string =>
  `<html><title>${path}</title>${Object.values(headers).join('<br>')}</html>`
const inCapitals = (arrival: Arrival): string => asText(arrival).toUpperCase()

function silenceContract(onStage: OnStage): void {
  /** A failure with the word of whether the other side may have heard it. */
  const assertFailed = (outcome: Outcome, reason: 'timeout' | 'connection', maybeAccepted: boolean): void => {
    assert.ok(outcome.kind === 'retry')
    assert.deepEqual([outcome.reason, outcome.maybeAccepted], [reason, maybeAccepted])
  }

  test(
    'no answer at all is a time-out that may have been heard',
    onStage(async ({ receiver, tell }) => {
      receiver.reply = () => {}
      assertFailed(await tell(), 'timeout', true)
    }, IMPATIENT_MS),
  )

  test(
    'an answer that stops in its middle is a time-out that may have been heard',
    onStage(async ({ receiver, tell }) => {
      receiver.reply = (response) => void response.writeHead(202).write('{"status":')
      assertFailed(await tell(), 'timeout', true)
    }, IMPATIENT_MS),
  )

  test(
    'a connection cut before the answer may have been heard',
    onStage(async ({ receiver, tell }) => {
      receiver.reply = (response) => void response.destroy()
      assertFailed(await tell(), 'connection', true)
    }),
  )

  test(
    'a connection cut within the answer may have been heard',
    onStage(async ({ receiver, tell }) => {
      receiver.reply = (response) => {
        response.writeHead(202, { 'content-length': 99 })
        response.write('{"status":', () => response.destroy())
      }
      assertFailed(await tell(), 'connection', true)
    }),
  )

  test(
    'a connection that is refused was heard by nobody',
    onStage(async ({ receiver, tell }) => {
      await receiver.shut()
      const outcome = await tell()
      assertFailed(outcome, 'connection', false)
      assert.match(outcome.message, /ECONNREFUSED/)
    }),
  )

  test(
    'after a cut, the next is told over another connection',
    onStage(async ({ receiver, tell }) => {
      const { reply } = receiver
      receiver.reply = (response) => void response.destroy()
      await tell()
      receiver.reply = reply
      assert.equal((await tell()).kind, 'accepted')
    }),
  )

  test(
    'a hundred at a time are all told',
    onStage(async ({ receiver, tell }) => {
      const keys = Array.from({ length: 100 }, (_, at) => `key-${at}`)
      const outcomes = await Promise.all(keys.map((key) => tell(telling('trigger', { key }))))
      assert.ok(outcomes.every(({ kind }) => kind === 'accepted'))
      assert.equal(receiver.arrivals.length, keys.length)
    }),
  )
}

function restartContract(kind: Kind): void {
  /** Tells as one process, which then is gone: all that the next one has is what the rows hold. */
  const tellOnce = async (origin: string, told: Telling): Promise<void> => {
    const world = systemWorld({ logLevel: 'silent' })
    const destination = kind.open(origin, world, PATIENT_MS)
    const recalled = JSON.parse(JSON.stringify(told)) as Telling
    assert.equal((await destination.tell(recalled)).kind, 'accepted')
    await destination.close()
    await world.http.close()
  }

  test('ends with the same key what another has begun', async () => {
    await using receiver = await Receiver.open()
    await tellOnce(receiver.origin, telling('trigger'))
    const ended = { status: 'resolved', updatedAt: NOW + 86_400_000, closedAt: NOW + 86_400_000 } as const
    await tellOnce(receiver.origin, telling('resolve', ended))
    const [begun, over] = receiver.arrivals.map(kind.hear)
    assert.deepEqual([begun?.action, over?.action], ['trigger', 'resolve'])
    assert.equal(over?.key, begun?.key)
  })

  test('tells again what it cannot know to be told, with the same key', async () => {
    await using receiver = await Receiver.open()
    await tellOnce(receiver.origin, telling('trigger'))
    await tellOnce(receiver.origin, telling('trigger'))
    const [once, again] = receiver.arrivals.map(kind.hear)
    assert.deepEqual(again, once)
  })
}
