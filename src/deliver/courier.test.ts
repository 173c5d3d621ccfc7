import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertOf, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { Workbench } from '../../test/contracts/workbench.ts'
import { EVERYTHING_TOLD, type Outcome } from '../decide/decide.ts'
import type { Destination, RateWindow, Telling } from '../destinations/destinations.ts'
import { openStore, StoreError, type Store } from '../store/store.ts'
import { virtualWorld, type VirtualWorld } from '../world/world.ts'
import { Courier } from './courier.ts'
import type { Told } from './told.ts'

const ACCEPTED: Outcome = { kind: 'accepted', message: 'taken' }
const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const DOWN: Outcome = { kind: 'retry', reason: 'connection', maybeAccepted: false, message: 'nobody there' }
const LIMITED: Outcome = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false, message: 'too fast' }
const REJECTED: Outcome = { kind: 'rejected', reason: 'invalid-event', message: 'refused' }

interface StandOptions {
  /** What comes of each send, by its number from 0. @default all are accepted */
  readonly answer?: (index: number) => Outcome
  readonly tookMs?: number
  readonly rate?: RateWindow
  readonly retryForMs?: number
  readonly sendsMax?: number
  readonly wrap?: (store: Store) => Store
}

/** A courier with a destination that notes what it is told. */
class Stand implements AsyncDisposable {
  readonly world: VirtualWorld = virtualWorld()
  readonly sent: { readonly at: number; readonly what: string }[] = []
  readonly told: Told[] = []
  readonly breaker: string[] = []
  inFlight = 0
  inFlightMost = 0
  answer: (index: number) => Outcome
  readonly bench: Workbench
  readonly courier: Courier
  readonly #store: Store
  readonly #tookMs: number

  constructor(store: Store, world: VirtualWorld, options: StandOptions) {
    this.world = world
    this.#store = store
    this.#tookMs = options.tookMs ?? 20
    this.answer = options.answer ?? (() => ACCEPTED)
    this.bench = new Workbench(store)
    const destination: Destination = {
      name: 'oncall',
      type: 'note',
      capabilities: EVERYTHING_TOLD,
      sendMsMax: 10_000,
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      tell: (telling) => this.#tell(telling),
      close: async () => {},
    }
    this.courier = new Courier({
      destination,
      store: options.wrap?.(store) ?? store,
      world,
      manner: { unsentPair: 'drop', capabilities: EVERYTHING_TOLD },
      retryForMs: options.retryForMs ?? 7 * 86_400_000,
      onTold: (told) => this.told.push(told),
      onBreaker: (state) => this.breaker.push(state),
      ...(options.sendsMax === undefined ? {} : { sendsMax: options.sendsMax }),
    })
  }

  /** Takes alerts by their keys, and wakes the courier as the pipeline does. */
  async take(...keys: readonly string[]): Promise<void> {
    this.bench.time = this.world.clock.now()
    await this.bench.take(...keys.map((dedupKey) => alertOf({ dedupKey })))
    this.courier.wake()
  }

  async resolve(key: string): Promise<void> {
    this.bench.time = this.world.clock.now()
    await this.bench.take(alertOf({ dedupKey: key, status: 'resolved' }))
    this.courier.wake()
  }

  get whats(): readonly string[] {
    return this.sent.map(({ what }) => what)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const drained = this.courier.drain()
    await this.world.advance(60_000)
    await drained
    await this.#store.close()
  }

  async #tell(telling: Telling): Promise<Outcome> {
    const what = whatOf(telling)
    const outcome = this.answer(this.sent.length)
    this.sent.push({ at: this.world.clock.now(), what })
    this.inFlightMost = Math.max(this.inFlightMost, ++this.inFlight)
    await new Promise<void>((resolve) => void this.world.clock.after(this.#tookMs, resolve))
    this.inFlight--
    return outcome
  }
}

function whatOf(telling: Telling): string {
  if ('change' in telling) return 'change'
  return 'note' in telling ? `note ${telling.note.key}` : `${telling.action} ${telling.incident.key}`
}

async function open(options: StandOptions = {}): Promise<Stand> {
  const world = virtualWorld()
  const stand = new Stand(await openStore('sqlite::memory:', { clock: world.clock }), world, options)
  stand.courier.start()
  return stand
}

test('what is taken is told at once, and says what came of it', async () => {
  await using stand = await open()
  await stand.world.advance(5_500)
  await stand.take('a')
  await stand.world.advance(20)
  const [told] = stand.told
  assert.deepEqual(
    [told?.action, told?.key, told?.state, told?.attempts, told?.tookMs, told?.ageMs],
    ['trigger', 'a', 'delivered', 1, 20, 20],
  )
})

test('a courier that was not started tells nothing', async () => {
  const world = virtualWorld()
  const store = await openStore('sqlite::memory:', { clock: world.clock })
  await using stand = new Stand(store, world, {})
  await stand.take('a')
  await world.advance(5_000)
  assert.deepEqual(stand.sent, [])
})

test('what another process puts into the outbox is found within a second', async () => {
  await using stand = await open()
  await stand.world.advance(3_000)
  stand.bench.time = stand.world.clock.now()
  await stand.bench.take(alertOf({ dedupKey: 'a' }))
  await stand.world.advance(1_000)
  assert.deepEqual(stand.whats, ['trigger a'])
})

test('what is held is told when its time comes', async () => {
  await using stand = await open()
  stand.bench.policy = policyOf({ routes: [routeOf({ hold: { triggerMs: 2_345, resolveMs: 0 } })] })
  const from = stand.world.clock.now()
  await stand.take('a')
  await stand.world.advance(5_000)
  assert.deepEqual(
    stand.sent.map(({ at }) => at - from),
    [2_345],
  )
})

test('many are told side by side, no more than may be, and never two of one incident', async () => {
  await using stand = await open({ sendsMax: 8 })
  await stand.take(...Array.from({ length: 100 }, (_, index) => `k${index}`))
  await stand.world.advance(2_000)
  assert.equal(stand.sent.length, 100)
  assert.equal(new Set(stand.whats).size, 100)
  assert.ok(stand.inFlightMost <= 8 && stand.inFlightMost >= 6, `${stand.inFlightMost} in flight`)
})

test('what ends while its trigger is in flight is resolved after it', async () => {
  await using stand = await open({ tookMs: 500 })
  await stand.take('a')
  await stand.world.advance(100)
  await stand.resolve('a')
  await stand.world.advance(300)
  assert.deepEqual(stand.whats, ['trigger a'])
  await stand.world.advance(1_000)
  assert.deepEqual(stand.whats, ['trigger a', 'resolve a'])
})

suite('what fails', () => {
  test('is tried again after its backoff, as the same delivery', async () => {
    await using stand = await open({ answer: (index) => (index === 0 ? LOST : ACCEPTED) })
    await stand.take('a')
    await stand.world.advance(10_000)
    assert.deepEqual(
      stand.told.map(({ state, attempts }) => [state, attempts]),
      [
        ['waiting', 1],
        ['delivered', 2],
      ],
    )
    assert.equal(new Set(stand.told.map(({ deliveryId }) => deliveryId)).size, 1)
  })

  test('is tried again no sooner than the destination asked for', async () => {
    await using stand = await open({
      answer: (index) => (index === 0 ? { ...LIMITED, afterMs: 45_000 } : ACCEPTED),
    })
    await stand.take('a')
    await stand.world.advance(100)
    await stand.take('b')
    await stand.world.advance(120_000)
    assert.equal(stand.whats[0], 'trigger a')
    const [first, second] = stand.sent
    assert.ok(second !== undefined && first !== undefined && second.at - first.at >= 45_000)
    assert.equal(stand.sent.length, 3)
  })

  test('without a wish is left alone for five seconds when we were too fast', async () => {
    await using stand = await open({ answer: (index) => (index === 0 ? LIMITED : ACCEPTED) })
    await stand.take('a')
    await stand.world.advance(100)
    await stand.take('b')
    await stand.world.advance(60_000)
    const [first, second] = stand.sent
    assert.ok(second !== undefined && first !== undefined && second.at - first.at >= 5_000)
  })

  test('is not tried again when it was refused, and the others go on', async () => {
    await using stand = await open({ answer: (index) => (index === 0 ? REJECTED : ACCEPTED) })
    await stand.take('a', 'b')
    await stand.world.advance(600_000)
    assert.deepEqual(stand.whats, ['trigger a', 'trigger b'])
    assert.deepEqual(
      stand.told.map(({ state }) => state),
      ['dead', 'delivered'],
    )
  })

  test('for too long is dead, a resolve only after four times as long', async () => {
    await using stand = await open({ retryForMs: 60_000, answer: () => DOWN })
    await stand.take('a')
    await stand.world.advance(200_000)
    assert.equal(stand.told.at(-1)?.state, 'dead')
    assert.ok((stand.told.at(-1)?.ageMs ?? 0) < 120_000)
    stand.answer = () => ACCEPTED
    await stand.take('b')
    await stand.world.advance(20_000)
    stand.answer = () => LOST
    await stand.resolve('b')
    await stand.world.advance(400_000)
    const last = stand.told.at(-1)
    assert.deepEqual([last?.action, last?.state], ['resolve', 'dead'])
    assert.ok((last?.ageMs ?? 0) >= 240_000)
  })
})

suite('a destination that is down', () => {
  test('is probed, not hammered; nothing is lost, and all is told once it is back', async () => {
    await using stand = await open({ answer: () => DOWN })
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`)
    await stand.take(...keys)
    await stand.world.advance(600_000)
    assert.deepEqual(stand.breaker, ['opened'])
    assert.equal(stand.courier.breakerState, 'open')
    const lately = stand.sent.filter(({ at }) => at > stand.world.clock.now() - 300_000)
    assert.ok(lately.length >= 20 && lately.length <= 40, `${lately.length} probes in five minutes`)
    stand.answer = () => ACCEPTED
    await stand.world.advance(80_000)
    assert.deepEqual(stand.breaker, ['opened', 'closed'])
    const told = stand.told.filter(({ state }) => state === 'delivered').map(({ key }) => key ?? '')
    assert.deepEqual(told.toSorted(), keys.toSorted())
  })

  test('has one send in flight at a time after the first failure', async () => {
    await using stand = await open({ answer: () => LOST, tookMs: 2_000 })
    await stand.take('a')
    await stand.world.advance(2_100)
    stand.inFlightMost = stand.inFlight
    await stand.take('b', 'c', 'd')
    await stand.world.advance(60_000)
    assert.equal(stand.inFlightMost, 1)
  })
})

suite('the rate window', () => {
  const rate = { name: 'oncall', limit: 10, windowMs: 60_000 }

  test('is never exceeded, and is used as soon as it has room', async () => {
    await using stand = await open({ rate })
    await stand.take(...Array.from({ length: 30 }, (_, index) => `k${index}`))
    await stand.world.advance(300_000)
    assert.equal(stand.sent.length, 30)
    for (const [index, { at }] of stand.sent.entries()) {
      const before = stand.sent[index - rate.limit]
      assert.ok(before === undefined || at - before.at > 60_000)
    }
    // Eight a window, for two are kept for what is more urgent; the last six in the fourth.
    const from = stand.sent[0]?.at ?? 0
    assert.ok((stand.sent.at(-1)?.at ?? 0) - from < 3 * 60_000 + 1_000)
  })

  test('makes ten updates that wait behind it one', async () => {
    await using stand = await open({ rate: { ...rate, limit: 1 } })
    await stand.take('a')
    await stand.world.advance(100)
    for (let index = 0; index < 10; index++) {
      stand.bench.time = stand.world.clock.now()
      await stand.bench.take(alertOf({ dedupKey: 'a', summary: `update ${index}` }))
      stand.courier.wake()
      await stand.world.advance(1_000)
    }
    await stand.world.advance(180_000)
    assert.deepEqual(stand.whats, ['trigger a', 'update a'])
  })
})

suite('a store that is away', () => {
  const away = (): never => {
    throw new StoreError('locked', 'The file is locked.', 'Wait.')
  }

  test('is asked again, and nothing is lost', async () => {
    let isAway = true
    const wrap = (store: Store): Store =>
      new Proxy(store, {
        get: (target, name, receiver) => {
          if (name === 'claim' && isAway) return async () => away()
          const value: unknown = Reflect.get(target, name, receiver)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    await using stand = await open({ wrap })
    await stand.take('a')
    await stand.world.advance(10_000)
    assert.deepEqual(stand.sent, [])
    isAway = false
    await stand.world.advance(1_100)
    assert.deepEqual(stand.whats, ['trigger a'])
    const line = stand.world.lines.find(({ level }) => level === 'error')
    assert.equal(line?.message, 'cannot claim deliveries')
  })

  test('is offered an outcome until it takes it, and the delivery is sent once', async () => {
    let failures = 5
    const wrap = (store: Store): Store =>
      new Proxy(store, {
        get: (target, name, receiver) => {
          if (name === 'settle' && failures-- > 0) return async () => away()
          const value: unknown = Reflect.get(target, name, receiver)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    await using stand = await open({ wrap })
    await stand.take('a')
    await stand.world.advance(120_000)
    assert.deepEqual(stand.whats, ['trigger a'])
    assert.deepEqual(
      stand.told.map(({ state }) => state),
      ['delivered'],
    )
  })
})

suite('draining', () => {
  test('waits for what is in flight, settles it, and claims nothing more', async () => {
    await using stand = await open({ tookMs: 3_000, sendsMax: 2 })
    await stand.take('a', 'b', 'c', 'd')
    await stand.world.advance(100)
    let isDrained = false
    const drained = stand.courier.drain().then(() => (isDrained = true))
    await stand.world.advance(2_000)
    assert.equal(isDrained, false)
    await stand.world.advance(2_000)
    await drained
    await stand.take('e')
    await stand.world.advance(60_000)
    assert.deepEqual(stand.whats, ['trigger a', 'trigger b'])
    const waiting = await stand.bench.store.deliveries({ state: 'waiting' })
    assert.equal(waiting.length, 3)
    assert.ok(waiting.every(({ inFlight }) => !inFlight))
  })
})

test('who stood still after claiming sends nothing on a lease that may be over, and gives the rows back', async () => {
  let isStanding = true
  const world = virtualWorld()
  const standStill = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name !== 'claim') return Reflect.get(target, name).bind(target)
        return async (request: Parameters<Store['claim']>[0]) => {
          const claimed = await target.claim(request)
          if (isStanding && claimed.claims.length > 0) {
            isStanding = false
            world.jump(60_000)
          }
          return claimed
        }
      },
    })
  const store = await openStore('sqlite::memory:', { clock: world.clock })
  await using stand = new Stand(store, world, { wrap: standStill })
  stand.courier.start()
  await stand.take('a')
  await stand.world.advance(10)
  assert.deepEqual(
    stand.told.map(({ state }) => state),
    [],
  )
  await stand.world.advance(1_000)
  assert.deepEqual(stand.whats, ['trigger a'])
  const [delivery] = await store.deliveries({})
  assert.deepEqual([delivery?.state, delivery?.attempts], ['delivered', 2])
})

test('with a breaker open and a window full, nothing is asked of the store until both have room', async () => {
  const rate: RateWindow = { name: 'oncall', limit: 5, windowMs: 10_000 }
  let claims = 0
  const count = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'claim') claims++
        return Reflect.get(target, name).bind(target)
      },
    })
  await using stand = await open({ rate, wrap: count, answer: () => LIMITED })
  await stand.take('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
  await stand.world.advance(5_100)
  assert.deepEqual(stand.breaker, ['opened'])
  claims = 0
  await stand.world.advance(4_000)
  assert.ok(claims < 10, `${claims} claims in 4 s`)
})

test('a store that is away is asked once a second, and again once it is back', async () => {
  let isAway = true
  let claims = 0
  const away = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name !== 'claim') return Reflect.get(target, name).bind(target)
        claims++
        const gone = new StoreError('unreachable', 'gone', 'wait')
        return isAway ? async () => Promise.reject(gone) : Reflect.get(target, name).bind(target)
      },
    })
  await using stand = await open({ wrap: away })
  await stand.take('a')
  await stand.world.advance(10_000)
  assert.ok(claims >= 9 && claims <= 13, `${claims} claims in 10 s`)
  isAway = false
  await stand.world.advance(1_500)
  assert.deepEqual(stand.whats, ['trigger a'])
})
