import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Note, Outcome } from '../../src/decide/decide.ts'
import { pagerDutyDestination } from '../../src/destinations/destinations.ts'
import { systemWorld, type World } from '../../src/world/world.ts'
import { INCIDENT, telling } from '../contracts/destination-kind.ts'
import { Receiver } from '../contracts/receiver.ts'
import type { HttpVendor } from '../vendors/http-vendor.ts'
import { openPagerDuty } from '../vendors/pagerduty.ts'

const ROUTING_KEY = 'K0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const TOKEN = 'y_NbAkKc66ryYTWUXYEu'
const FROM = 'tocsin@example.org'

const NOTE: Note = { incidentId: 7, key: INCIDENT.key, text: 'It may be disk 3.' }

interface Stage {
  readonly vendor: HttpVendor
  readonly trigger: (key?: string) => Promise<void>
  readonly resolve: (key?: string) => Promise<void>
  readonly tell: (note?: Partial<Note>) => Promise<Outcome>
  /** Lets time pass on the destination's clock. */
  readonly wait: (ms: number) => void
}

interface StageOptions {
  readonly timeoutMs?: number
  readonly token?: () => string
  readonly apiUrl?: string
}

function staged(run: (stage: Stage) => Promise<void>, options: StageOptions = {}): () => Promise<void> {
  const { timeoutMs = 20_000, token = () => TOKEN, apiUrl } = options
  return async () => {
    await using vendor = await openPagerDuty({ routingKey: ROUTING_KEY, apiToken: TOKEN })
    let laterMs = 0
    const real = systemWorld({ logLevel: 'silent' })
    const world: World = { ...real, clock: { ...real.clock, now: () => real.clock.now() + laterMs } }
    const destination = pagerDutyDestination({
      name: 'oncall',
      routingKey: () => ROUTING_KEY,
      region: 'us',
      url: vendor.origin,
      api: { token, from: FROM, url: apiUrl ?? vendor.origin },
      timeoutMs,
      world,
    })
    const step = async (action: 'trigger' | 'resolve', key = INCIDENT.key): Promise<void> => {
      assert.equal((await destination.tell(telling(action, { key }))).kind, 'accepted')
    }
    try {
      await run({
        vendor,
        trigger: (key) => step('trigger', key),
        resolve: (key) => step('resolve', key),
        tell: async (more = {}) => {
          const outcome = await destination.tell({ note: { ...NOTE, ...more } })
          assert.ok(!JSON.stringify(outcome).includes(TOKEN), JSON.stringify(outcome))
          return outcome
        },
        wait: (ms) => void (laterMs += ms),
      })
      assert.deepEqual(vendor.complaints, [])
    } finally {
      await destination.close()
      await world.http.close()
    }
  }
}

function notesOf({ heard }: HttpVendor): readonly (readonly [incident: string | undefined, text: string])[] {
  return heard.filter(({ action }) => action === 'note').map(({ incident, summary }) => [incident, summary])
}

const isPost = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'POST' && path.startsWith('/incidents/')
const isGet = ({ method }: { method: string }): boolean => method === 'GET'

suite('a note', () => {
  test(
    'is added to the open incident of its key, in the name of the user',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger('another')
      await trigger()
      assert.equal((await tell()).kind, 'accepted')
      assert.deepEqual(notesOf(vendor), [['disk-db-1', 'It may be disk 3.']])
      const { headers } = vendor.arrivals.find(isPost) ?? assert.fail('nothing was posted')
      assert.deepEqual([headers.from, headers.authorization], [FROM, `Token token=${TOKEN}`])
      assert.equal(headers.accept, 'application/vnd.pagerduty+json;version=2')
    }),
  )

  test(
    'goes to what is open rather than to what is over, and to the newest when all are over',
    staged(async ({ vendor, trigger, resolve, tell }) => {
      await trigger()
      await resolve()
      await trigger()
      await tell({ text: 'While it is open.' })
      await resolve()
      await tell({ text: 'When it is over.' })
      const posted = vendor.arrivals.filter(isPost)
      assert.equal(posted.length, 2)
      assert.equal(new Set(posted.map(({ path }) => path)).size, 1, 'both stand at the second')
    }),
  )

  test(
    'whose answer was lost is not added again',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger()
      vendor.behavesFor = isPost
      vendor.behaviour = 'cut-after'
      const lost = await tell()
      assert.ok(lost.kind === 'retry' && lost.maybeAccepted)
      vendor.behaviour = 'take'
      assert.deepEqual(await tell(), { kind: 'accepted', message: 'The incident has that note already.' })
      assert.equal(notesOf(vendor).length, 1)
      assert.equal((await tell({ text: 'Another.' })).kind, 'accepted')
      assert.equal(notesOf(vendor).length, 2)
    }),
  )

  for (const odd of ['\u{1F525} 火事', 'a&b=c #d/e?f', 'half a pair \uD83D', '<b> "quoted" \\ \n two'])
    test(
      `arrives with its odd characters: ${JSON.stringify(odd)}`,
      staged(async ({ vendor, trigger, tell }) => {
        const key = odd.toWellFormed()
        await trigger(key)
        for (let times = 0; times < 2; times++)
          assert.equal((await tell({ key, text: odd })).kind, 'accepted')
        assert.deepEqual(notesOf(vendor), [[key, key]])
      }),
    )

  test(
    'waits for its incident to come, and not for ever',
    staged(async ({ vendor, trigger, tell, wait }) => {
      const early = await tell()
      assert.deepEqual(early, {
        kind: 'retry',
        reason: 'server-error',
        maybeAccepted: false,
        message: 'PagerDuty has no incident of that key yet. The note was not added.',
      })
      wait(599_000)
      assert.equal((await tell()).kind, 'retry')
      assert.equal((await tell({ text: 'Another.' })).kind, 'retry')
      wait(1_000)
      const late = await tell()
      assert.equal(late.kind === 'rejected' && late.reason, 'no-incident')
      await trigger()
      assert.equal((await tell({ text: 'Another.' })).kind, 'accepted')
      assert.deepEqual(notesOf(vendor), [['disk-db-1', 'Another.']])
    }),
  )

  test(
    'without a key asks for nothing, because PagerDuty would answer with everything',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger()
      for (const key of ['', ' ']) assert.equal((await tell({ key })).kind, 'retry')
      assert.deepEqual(vendor.arrivals.filter(isGet), [])
    }),
  )

  test(
    'to an incident that is gone since it was found waits as for one to come',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger()
      vendor.behavesFor = isPost
      vendor.behaviour = { status: 404, body: '{"error":{"message":"Incident Not Found","code":5001}}' }
      const outcome = await tell()
      assert.ok(outcome.kind === 'retry' && !outcome.maybeAccepted)
    }),
  )
})

suite('an answer to a note', () => {
  for (const [what, behavesFor] of [
    ['the look-up', isGet],
    ['the note', isPost],
  ] as const)
    test(
      `of any status, to ${what}, is taken for what it is`,
      staged(async ({ vendor, trigger, tell }) => {
        await trigger()
        vendor.behavesFor = behavesFor
        for (let status = 300; status < 600; status++) {
          vendor.behaviour = { status }
          const outcome = await tell()
          const isAgain = status >= 500 || [408, 425, 429].includes(status)
          const isGone = what === 'the note' && status === 404
          assert.deepEqual([status, outcome.kind], [status, isAgain || isGone ? 'retry' : 'rejected'])
          if (!isGone) assert.ok(outcome.message.includes(`${status}`), outcome.message)
          if (outcome.kind !== 'retry' || isGone) continue
          assert.equal(outcome.maybeAccepted, what === 'the note' && status !== 429, `${status}`)
        }
      }),
    )

  test(
    'says how long to wait in ratelimit-reset, or in Retry-After',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger()
      const body = '{"error":{"message":"Rate Limit Exceeded","code":2020}}'
      const afterOf = async (headers: Record<string, string>): Promise<unknown> => {
        vendor.behaviour = { status: 429, headers, body }
        const outcome = await tell()
        assert.ok(outcome.kind === 'retry' && outcome.reason === 'rate-limited')
        assert.match(outcome.message, /429: Rate Limit Exceeded/)
        return outcome.afterMs
      }
      assert.equal(await afterOf({ 'ratelimit-limit': '960', 'ratelimit-reset': '13' }), 13_000)
      assert.equal(await afterOf({ 'ratelimit-reset': '86400' }), 300_000)
      assert.equal(await afterOf({ 'ratelimit-reset': 'soon', 'retry-after': '7' }), 7_000)
      assert.equal(await afterOf({}), undefined)
    }),
  )

  for (const body of [
    `{"error":{"message":"Bad ${TOKEN}","code":2001,"errors":["From ${TOKEN}"]}}`,
    `{"error":{"message":"Bad","errors":"${TOKEN}"}}`,
    `{"error":{"message":"Bad","errors":{"from":["${TOKEN.toUpperCase()}"]}}}`,
    `<html>${TOKEN}`,
  ])
    test(
      `that echoes the token does not bring it into the outcome: ${body.replaceAll(new RegExp(TOKEN, 'gi'), '…')}`,
      staged(async ({ vendor, trigger, tell }) => {
        await trigger()
        vendor.behaviour = { status: 400, body }
        const { message } = await tell()
        assert.match(message, /\[secret\]/)
        assert.ok(!message.toLowerCase().includes(TOKEN.toLowerCase()))
      }),
    )

  test(
    'that is none of PagerDuty`s is final',
    staged(async ({ vendor, trigger, tell }) => {
      await trigger()
      for (const body of ['', 'ok', '[]', '{"incidents":7}']) {
        vendor.behaviour = { status: 200, body }
        const outcome = await tell()
        assert.ok(outcome.kind === 'rejected')
        assert.match(outcome.message, /Check api_url/)
      }
    }),
  )

  for (const [what, behavesFor] of [
    ['look-up', isGet],
    ['note', isPost],
  ] as const)
    test(
      `to the ${what} that does not come is a time-out`,
      staged(
        async ({ vendor, trigger, tell }) => {
          await trigger()
          vendor.behavesFor = behavesFor
          vendor.behaviour = 'hang'
          const outcome = await tell()
          assert.ok(outcome.kind === 'retry' && outcome.reason === 'timeout')
          assert.equal(outcome.maybeAccepted, what === 'note')
        },
        { timeoutMs: 500 },
      ),
    )

  test('that is refused was heard by nobody', async () => {
    const receiver = await Receiver.open()
    await receiver.shut()
    const refused = staged(
      async ({ tell }) => {
        const outcome = await tell()
        assert.ok(outcome.kind === 'retry' && outcome.reason === 'connection' && !outcome.maybeAccepted)
      },
      { apiUrl: receiver.origin },
    )
    await refused()
  })
})

suite('the token', () => {
  test('is read anew for each request', async () => {
    let token = 'an-old-one'
    const renewed = staged(
      async ({ vendor, trigger, tell }) => {
        await trigger()
        assert.match((await tell()).message, /401.*Check api_token/)
        vendor.complaints.length = 0
        token = TOKEN
        assert.equal((await tell()).kind, 'accepted')
      },
      { token: () => token },
    )
    await renewed()
  })

  test(
    'that cannot be read is to be tried again, and its error tells nothing',
    staged(
      async ({ tell }) => {
        const outcome = await tell()
        assert.ok(outcome.kind === 'retry')
        assert.match(outcome.message, /unexpectedly \(TypeError\)/)
      },
      {
        token: () => {
          throw new TypeError(`cannot read ${TOKEN}`)
        },
      },
    ),
  )
})
