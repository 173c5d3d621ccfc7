import type { Courier } from '../deliver/deliver.ts'
import type { Destination } from '../destinations/destinations.ts'

interface Served {
  readonly destination: Destination
  readonly courier: Courier
}

/** One courier for each destination; another config brings others, and what the old ones have in flight they bring to its end. */
export class Couriers {
  readonly #make: (destination: Destination) => Courier
  readonly #served = new Map<string, Served>()
  /** Of destinations that are not in the config any more: they tell the rest. */
  readonly #leaving = new Set<string>()
  /** Of destinations that another has taken the place of, until what they have in flight is settled. */
  readonly #ending = new Map<Courier, Promise<void>>()
  #isStarted = false

  constructor(destinations: readonly Destination[], make: (destination: Destination) => Courier) {
    this.#make = make
    for (const destination of destinations) this.#serve(destination)
  }

  /** Names of the destinations that are told, those that leave too. */
  get names(): readonly string[] {
    return [...this.#served.keys()]
  }

  get leaving(): readonly string[] {
    return [...this.#leaving]
  }

  get destinations(): readonly Destination[] {
    return Array.from(this.#served.values(), ({ destination }) => destination)
  }

  start(): void {
    this.#isStarted = true
    for (const { courier } of this.#served.values()) courier.start()
  }

  wake(name: string): void {
    this.#served.get(name)?.courier.wake()
  }

  wakeAll(): void {
    for (const { courier } of this.#served.values()) courier.wake()
  }

  breakers(): ReadonlyMap<string, 'closed' | 'open'> {
    return new Map([...this.#served].map(([name, { courier }]) => [name, courier.breakerState]))
  }

  /** Serves these from now on. One that is not among them stays until `end`, for what it was told and is told no more. */
  replace(destinations: readonly Destination[]): void {
    for (const destination of destinations) {
      this.end(destination.name)
      this.#serve(destination)
    }
    const names = new Set(destinations.map(({ name }) => name))
    for (const name of this.#served.keys()) if (!names.has(name)) this.#leaving.add(name)
  }

  /** Serves a destination no more. */
  end(name: string): void {
    const served = this.#served.get(name)
    this.#served.delete(name)
    this.#leaving.delete(name)
    if (served === undefined) return
    const { courier, destination } = served
    const ending = courier
      .drain()
      .then(() => destination.close())
      .finally(() => this.#ending.delete(courier))
    this.#ending.set(courier, ending)
  }

  /** Claims nothing more; resolves when everything in flight is settled. */
  async drain(): Promise<void> {
    // Whom a reload brings now does not begin.
    this.#isStarted = false
    const couriers = Array.from(this.#served.values(), ({ courier }) => courier.drain())
    await Promise.all([...couriers, ...this.#ending.values()])
  }

  abandon(): void {
    for (const { courier } of this.#served.values()) courier.abandon()
    for (const courier of this.#ending.keys()) courier.abandon()
  }

  async close(): Promise<void> {
    await Promise.all(this.destinations.map((destination) => destination.close()))
  }

  #serve(destination: Destination): void {
    const courier = this.#make(destination)
    this.#served.set(destination.name, { destination, courier })
    if (this.#isStarted) courier.start()
  }
}
