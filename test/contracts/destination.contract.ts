import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Action, Capabilities, IncidentTelling, Outcome } from '../../src/decide/decide.ts'
import type { Telling } from '../../src/destinations/destinations.ts'
import { systemWorld } from '../../src/world/world.ts'
import { answersContract } from './destination-answers.ts'
import { contentContract } from './destination-content.ts'
import {
  assertSays,
  IMPATIENT_MS,
  INCIDENT,
  isHttp,
  PATIENT_MS,
  recalled,
  showsKey,
  staged,
  telling,
  withDestination,
  type Kind,
  type Stage,
} from './destination-kind.ts'
import { alertOf, NOW } from './memory.ts'

/** Checks everything that the port promises (src/destinations/destination.ts) of one kind of destination. */
export function destinationContract(name: string, kind: Kind): void {
  suite(`a destination ${name}: what it tells`, () => {
    stepsContract(kind)
    messagesContract(kind)
  })
  suite(`a destination ${name}: what is odd or too large`, () => contentContract(kind))
  suite(`a destination ${name}: what an answer means`, () => answersContract(kind))
  suite(`a destination ${name}: what no answer means`, () => silenceContract(kind))
  suite(`a destination ${name}: who comes after a restart`, () => restartContract(kind))
}

const TOLD_WHEN: readonly (readonly [action: Action, isTold: (capabilities: Capabilities) => boolean])[] = [
  ['trigger', () => true],
  ['update', ({ updates }) => updates],
  ['remind', ({ reminders }) => reminders],
  ['acknowledge', ({ acknowledges }) => acknowledges],
  ['resolve', ({ resolves }) => resolves],
]

/** The steps of an incident that this kind is told, in an order in which they come. */
function stepsOf({ capabilities }: Kind): readonly Action[] {
  return TOLD_WHEN.filter(([, isTold]) => isTold(capabilities)).map(([action]) => action)
}

/** Tells it, as the core would: with the reference that the destination gave the incident last. */
async function tellInTurn(
  tell: Stage['tell'],
  steps: readonly Action[],
  incident: Partial<IncidentTelling['incident']> = {},
): Promise<void> {
  let reference: string | undefined
  for (const step of steps) {
    const status =
      step === 'resolve' ? 'resolved' : step === 'acknowledge' ? 'acknowledged' : ('triggered' as const)
    const known = reference === undefined ? {} : { reference }
    const outcome = await tell(telling(step, { ...incident, ...known, status }))
    assert.equal(outcome.kind, 'accepted', `${step}: ${outcome.message}`)
    if (outcome.kind === 'accepted') reference = outcome.reference ?? reference
  }
}

function stepsContract(kind: Kind): void {
  const steps = stepsOf(kind)

  test('it says what it can be told, and no more', async () => {
    const world = systemWorld({ logLevel: 'silent' })
    await using vendor = await kind.openVendor()
    const destination = kind.open(vendor.origin, world, PATIENT_MS)
    assert.deepEqual(destination.capabilities, kind.capabilities)
    await destination.close()
    await world.http.close()
  })

  for (const step of steps) {
    test(
      `"${step}" is told with its summary, and with its key and severity where they are shown`,
      staged(kind, async ({ vendor, tell }) => {
        const before = step === 'trigger' ? [] : (['trigger'] as const)
        await tellInTurn(tell, [...before, step])
        assert.equal(vendor.heard.length, before.length + 1)
        const heard = vendor.heard.at(-1)
        assertSays(kind, heard, step, 'Disk full')
        if (showsKey(kind)) assert.equal(heard?.incident, 'disk-db-1')
      }),
    )
  }

  test(
    'the steps of one incident belong together, and to no other',
    staged(kind, async ({ vendor, tell }) => {
      await tellInTurn(tell, steps)
      await tellInTurn(tell, steps, { id: 8, key: 'disk-db-2' })
      const [one, other] = [vendor.heard.slice(0, steps.length), vendor.heard.slice(steps.length)]
      assert.equal(other.length, steps.length)
      if (!kind.capabilities.threads && !showsKey(kind)) return
      for (const heard of [one, other]) {
        assert.notEqual(heard[0]?.incident, undefined)
        assert.equal(new Set(heard.map(({ incident }) => incident)).size, 1, JSON.stringify(heard))
      }
      assert.notEqual(one[0]?.incident, other[0]?.incident)
    }),
  )

  test(
    'told twice, because the answer was lost, it does no harm',
    staged(kind, async ({ vendor, tell }) => {
      vendor.behaviour = 'cut-after'
      assert.equal((await tell()).kind, 'retry')
      vendor.behaviour = 'take'
      assert.equal((await tell()).kind, 'accepted')
      const [first, second] = vendor.heard
      assertSays(kind, first, 'trigger', 'Disk full')
      assertSays(kind, second, 'trigger', 'Disk full')
      if (kind.capabilities.keyed) assert.equal(second?.incident, first?.incident)
    }),
  )

  for (const firing of [3, 60]) {
    test(
      `${firing} alerts that fire are one incident`,
      staged(kind, async ({ vendor, tell }) => {
        const members = Array.from({ length: Math.min(firing, 50) }, (_, at) => ({
          alert: alertOf({
            summary: `Disk ${at} full`,
            labels: { alertname: 'DiskFull', instance: `db-${at}` },
          }),
          severity: 'critical' as const,
        }))
        const told = telling('trigger', { firing: { ...INCIDENT.firing, critical: firing } })
        const outcome = await tell({ ...told, members })
        assert.equal(outcome.kind, 'accepted', outcome.message)
        assert.equal(vendor.heard.length, 1)
        assertSays(kind, vendor.heard[0], 'trigger', 'Disk full')
      }),
    )
  }
}

function messagesContract(kind: Kind): void {
  const { changes, notes } = kind.capabilities

  if (changes)
    test(
      'a change is told once and by itself',
      staged(kind, async ({ vendor, tell }) => {
        const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
        assert.equal((await tell({ change })).kind, 'accepted')
        assert.deepEqual(
          vendor.heard.map(({ action }) => action),
          ['change'],
        )
        assert.match(vendor.heard[0]?.summary ?? '', /Deployed/)
      }),
    )

  if (notes)
    test(
      'a note is told of its incident, and told twice it does no harm',
      staged(kind, async ({ vendor, tell }) => {
        const begun = await tell()
        assert.ok(begun.kind === 'accepted')
        const { reference } = begun
        const known = reference === undefined ? {} : { reference }
        const note = { incidentId: 7, key: INCIDENT.key, ...known, text: 'It may be disk 3.', once: 'a' }
        for (let times = 0; times < 2; times++) {
          const outcome = await tell({ note })
          assert.equal(outcome.kind, 'accepted', outcome.message)
        }
        const [opened, ...heard] = vendor.heard
        assert.ok(heard.length > 0)
        for (const { action, summary, incident } of heard) {
          assert.equal(action, 'note')
          assert.ok(summary.includes('It may be disk 3.'), summary)
          if (kind.capabilities.threads) assert.equal(incident, opened?.incident)
        }
      }),
    )
}

/** A failure whose word of whether the other side may have heard it is true. */
function assertFailed(
  { vendor }: Stage,
  outcome: Outcome,
  reason: 'timeout' | 'connection',
  maybeAccepted?: boolean,
): void {
  assert.ok(outcome.kind === 'retry', JSON.stringify(outcome))
  assert.equal(outcome.reason, reason)
  assert.ok(outcome.maybeAccepted || vendor.heard.length === 0, 'it says that nobody heard, and somebody did')
  if (maybeAccepted !== undefined) assert.equal(outcome.maybeAccepted, maybeAccepted)
}

function silenceContract(kind: Kind): void {
  /** Over HTTP a request goes out in one, and may have been heard as soon as it has. */
  const maybe = isHttp(kind) ? true : undefined

  test(
    'no answer at all is a time-out that says whether it may have been heard',
    staged(
      kind,
      async (stage) => {
        stage.vendor.behaviour = 'hang'
        assertFailed(stage, await stage.tell(), 'timeout', maybe)
      },
      IMPATIENT_MS,
    ),
  )

  test(
    'a connection cut before it was heard says whether it may have been',
    staged(kind, async (stage) => {
      stage.vendor.behaviour = 'cut-before'
      assertFailed(stage, await stage.tell(), 'connection', maybe)
      assert.deepEqual(stage.vendor.heard, [])
    }),
  )

  test(
    'a connection cut before the answer may have been heard',
    staged(kind, async (stage) => {
      stage.vendor.behaviour = 'cut-after'
      assertFailed(stage, await stage.tell(), 'connection', true)
    }),
  )

  test(
    'a connection that is refused was heard by nobody',
    staged(kind, async (stage) => {
      await stage.vendor.shut()
      const outcome = await stage.tell()
      assertFailed(stage, outcome, 'connection', false)
      assert.match(outcome.message, /ECONNREFUSED/)
    }),
  )

  test(
    'after a cut, the next is told over another connection',
    staged(kind, async ({ vendor, tell }) => {
      vendor.behaviour = 'cut-before'
      await tell()
      vendor.behaviour = 'take'
      assert.equal((await tell()).kind, 'accepted')
    }),
  )

  test(
    'a hundred at a time are all told',
    staged(kind, async ({ vendor, tell }) => {
      const keys = Array.from({ length: 100 }, (_, at) => `key-${at}`)
      const outcomes = await Promise.all(keys.map((key) => tell(telling('trigger', { key }))))
      for (const outcome of outcomes) assert.equal(outcome.kind, 'accepted', outcome.message)
      assert.equal(vendor.heard.length, keys.length)
    }),
  )
}

function restartContract(kind: Kind): void {
  /** Tells as one process, which then is gone: all that the next one has is what the rows hold. */
  const tellOnce = async (origin: string, told: IncidentTelling): Promise<string | undefined> => {
    let reference: string | undefined
    await withDestination(kind, origin, async (tell) => {
      const outcome = await tell(recalled(told satisfies Telling))
      assert.ok(outcome.kind === 'accepted', outcome.message)
      reference = outcome.reference
    })
    return reference
  }

  for (const step of stepsOf(kind).slice(1)) {
    test(`"${step}" is told of what another process has begun`, async () => {
      await using vendor = await kind.openVendor()
      const reference = await tellOnce(vendor.origin, telling('trigger'))
      const known = reference === undefined ? {} : { reference }
      const later = { updatedAt: NOW + 86_400_000 } as const
      const over = step === 'resolve' ? ({ status: 'resolved', closedAt: NOW + 86_400_000 } as const) : {}
      await tellOnce(vendor.origin, telling(step, { ...known, ...later, ...over }))
      const [begun, next, ...more] = vendor.heard
      assert.deepEqual(more, [])
      assertSays(kind, next, step, 'Disk full')
      if (kind.capabilities.threads || showsKey(kind)) assert.equal(next?.incident, begun?.incident)
      assert.deepEqual(vendor.complaints, [])
    })
  }

  test('it tells again what it cannot know to be told, as the same', async () => {
    await using vendor = await kind.openVendor()
    await tellOnce(vendor.origin, telling('trigger'))
    await tellOnce(vendor.origin, telling('trigger'))
    const [{ incident: first, ...once } = {}, { incident: second, ...again } = {}] = vendor.heard
    assert.deepEqual(again, once)
    if (kind.capabilities.keyed) assert.equal(second, first)
  })
}
