import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Severity } from '../../src/alert/alert.ts'
import { fromObject } from '../../src/config/config.ts'
import type { Outcome } from '../../src/decide/decide.ts'
import { mir3Destination, type Telling } from '../../src/destinations/destinations.ts'
import { makeDestination } from '../../src/pipeline/make-destination.ts'
import { systemWorld } from '../../src/world/world.ts'
import { telling } from '../contracts/destination-kind.ts'
import type { Behaviour } from '../vendors/vendor.ts'
import type { HttpVendor } from '../vendors/http-vendor.ts'
import { MIR3_PATH, openMir3 } from '../vendors/mir3.ts'

const PASSWORD = `S3cret <&"'\\> of the user`
const TITLES: Readonly<Record<Severity, string>> = {
  critical: 'Outage & <all> hands',
  error: 'Error',
  warning: 'Warning',
  info: 'Info',
}

interface Stage {
  readonly vendor: HttpVendor
  readonly tell: (
    told?: Telling,
    more?: { password?: string; apiVersion?: string; timeoutMs?: number },
  ) => Promise<Outcome>
}

function staged(run: (stage: Stage) => Promise<void>): () => Promise<void> {
  return async () => {
    await using vendor = await openMir3({
      username: 'tocsin & co',
      password: PASSWORD,
      titles: Object.values(TITLES),
    })
    await run({
      vendor,
      tell: async (told = telling(), more = {}) => {
        const { password = PASSWORD, apiVersion = '4.7', timeoutMs = 20_000 } = more
        const world = systemWorld({ logLevel: 'silent' })
        const destination = mir3Destination({
          name: 'everybody',
          url: vendor.origin + MIR3_PATH,
          username: 'tocsin & co',
          password: () => password,
          notification: TITLES,
          apiVersion,
          timeoutMs,
          world,
        })
        assert.equal(destination.sendMsMax, timeoutMs)
        const outcome = await destination.tell(told)
        await world.http.close()
        const shown = JSON.stringify(outcome)
        for (const secret of [password, PASSWORD, 'S3cret', vendor.origin])
          assert.ok(!shown.includes(secret), shown)
        return outcome
      },
    })
  }
}

test(
  'the notification of the severity is started, and its report is kept',
  staged(async ({ vendor, tell }) => {
    const first = await tell()
    assert.deepEqual(first, {
      kind: 'accepted',
      status: 200,
      message: 'MIR3 started the notification (200).',
      reference: '0a1b2c3d-0000-4000-8000-000000000001',
    })
    await tell(telling('trigger', { severity: 'warning' }))
    assert.deepEqual(
      vendor.heard.map(({ summary }) => summary),
      ['Outage & <all> hands', 'Warning'],
    )
    assert.deepEqual(vendor.complaints, [])
  }),
)

test(
  'nothing of the alert gets into the request, however odd or large it is',
  staged(async ({ vendor, tell }) => {
    const odd = '</notification><!ENTITY \u0000 \uD83D &amp; \u202E \u{1F525}'.repeat(50_000)
    await tell(
      telling('trigger', { key: odd }, { summary: odd, labels: { [odd]: odd }, details: { a: odd } }),
    )
    await tell()
    const [one, other] = vendor.arrivals.map(({ body }) => body)
    assert.equal(one, other)
    assert.deepEqual(vendor.complaints, [])
  }),
)

test(
  'it is told nothing but that an incident began',
  staged(async ({ vendor, tell }) => {
    for (const action of ['update', 'remind', 'acknowledge', 'resolve'] as const)
      assert.equal((await tell(telling(action))).kind, 'rejected')
    const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
    assert.equal((await tell({ change })).kind, 'rejected')
    assert.deepEqual(vendor.arrivals, [])
  }),
)

test(
  'a 200 is no success by itself: what MIR3 refuses is refused in its own words',
  staged(async ({ vendor, tell }) => {
    const wrong = await tell(telling(), { password: 'an0ther password' })
    assert.ok(wrong.kind === 'rejected')
    assert.match(wrong.message, /\(200: Invalid username or password\)\. Check username, password/)
    const old = await tell(telling(), { apiVersion: '1.0' })
    assert.match(old.message, /Unsupported API version/)
    assert.deepEqual(vendor.heard, [])
  }),
)

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const soap = (content: string): string =>
  `<S:Envelope xmlns:S="${SOAP}"><S:Body>${content}</S:Body></S:Envelope>`
const faultOf = (code: string): string =>
  soap(`<S:Fault><faultcode>S:${code}</faultcode><faultstring>So it is</faultstring></S:Fault>`)
const DEFINED = '<!DOCTYPE a [<!ENTITY t "true">]>'
const defined = DEFINED + soap('<response><success>&t;</success></response>')

/** What is answered, and what it means; `doubt`: it may have been heard all the same. */
const ANSWERS: readonly (readonly [name: string, behaviour: Behaviour, means: string])[] = [
  ['a success with a report', 'take', 'accepted'],
  [
    'a success without',
    { status: 200, body: soap('<response><success>true</success></response>') },
    'accepted',
  ],
  [
    'a failure without a word',
    { status: 200, body: soap('<response><success>false</success></response>') },
    'rejected',
  ],
  ['neither', { status: 200, body: soap('<response/>') }, 'rejected'],
  ['a success that is not where it belongs', { status: 200, body: '<success>true</success>' }, 'rejected'],
  ['a success by an entity', { status: 200, body: defined }, 'rejected'],
  ['half an answer', { status: 200, body: '<S:Envelope><S:Body>' }, 'rejected'],
  ['a web page', { status: 200, body: '<!DOCTYPE html><title>Welcome</title>' }, 'rejected'],
  ['nothing', { status: 202 }, 'rejected'],
  ['a fault of ours', { status: 500, body: faultOf('Client') }, 'rejected'],
  ['a fault of ours, more closely', { status: 500, body: faultOf('Client.Authentication') }, 'rejected'],
  ['another version of SOAP', { status: 500, body: faultOf('VersionMismatch') }, 'rejected'],
  ['a fault of theirs', { status: 500, body: faultOf('Server') }, 'retry server-error doubt'],
  ['a page of an error', { status: 502, body: '<html>Bad Gateway</html>' }, 'retry server-error doubt'],
  ['too many requests', { status: 429 }, 'retry rate-limited'],
  ['a time-out of theirs', { status: 408 }, 'retry timeout doubt'],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'rejected'],
  ['unauthorized', { status: 401 }, 'rejected'],
  ['not found', { status: 404 }, 'rejected'],
  ['nothing at all', 'hang', 'retry timeout doubt'],
  ['a cut before it is taken', 'cut-before', 'retry connection doubt'],
  ['a cut after it was taken', 'cut-after', 'retry connection doubt'],
]

for (const [name, behaviour, means] of ANSWERS)
  test(
    `an answer means what it says: ${name}`,
    staged(async ({ vendor, tell }) => {
      vendor.behaviour = behaviour
      const outcome = await tell(telling(), behaviour === 'hang' ? { timeoutMs: 300 } : {})
      const parts = outcome.kind === 'retry' ? [outcome.reason, outcome.maybeAccepted ? 'doubt' : ''] : ['']
      assert.equal([outcome.kind, ...parts].join(' ').trim(), means, outcome.message)
      const doubted = outcome.kind === 'retry' && outcome.maybeAccepted
      assert.equal(
        outcome.message.includes('people may hear it twice'),
        doubted || /no answer of MIR3/.test(outcome.message),
      )
    }),
  )

test(
  'a connection that is refused was heard by nobody',
  staged(async ({ vendor, tell }) => {
    await vendor.shut()
    const outcome = await tell()
    assert.ok(outcome.kind === 'retry')
    assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['connection', false])
    assert.match(outcome.message, /ECONNREFUSED/)
  }),
)

test(
  'an answer that echoes all it was sent brings no secret back',
  staged(async ({ vendor, tell }) => {
    await tell()
    const [{ body } = { body: '' }] = vendor.arrivals
    const echoes = [
      body,
      JSON.stringify({ body }),
      PASSWORD,
      JSON.stringify({ PASSWORD }),
      body.toUpperCase(),
    ]
    for (const echo of echoes)
      for (const status of [200, 302, 401, 500]) {
        vendor.behaviour = { status, body: echo }
        const outcome = await tell()
        assert.ok(!outcome.message.toLowerCase().includes('s3cret'), outcome.message)
        const failed = `<response><success>false</success><error><errorMessage>${body.replace(/^.*?<password>(.*)<\/password>.*$/, '$1')}</errorMessage></error></response>`
        vendor.behaviour = { status, body: soap(failed) }
        assert.ok(!(await tell()).message.toLowerCase().includes('s3cret'))
      }
  }),
)

test('as it is configured, it reaches the place', async () => {
  await using vendor = await openMir3({ username: 'me', password: PASSWORD, titles: ['Outage'] })
  const everybody = { type: 'mir3', username: 'me', password: PASSWORD, notification: 'Outage' } as const
  const parsed = fromObject({ destinations: { everybody: { ...everybody, url: vendor.origin + MIR3_PATH } } })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const [settings = assert.fail()] = parsed.settings.destinations
  const world = systemWorld({ logLevel: 'silent' })
  const destination = makeDestination(settings, world)
  assert.deepEqual(new Set(Object.values(destination.capabilities)), new Set([false]))
  assert.equal((await destination.tell(telling())).kind, 'accepted')
  assert.deepEqual(vendor.heard, [{ action: 'trigger', summary: 'Outage' }])
  await world.http.close()
})
