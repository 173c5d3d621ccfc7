/**
 * Incidents begin, change and end, alone and in groups, some of them under silences, at a destination of every kind at once,
 * each of which fails in spells, while the service is killed with SIGKILL and its config changed.
 *
 * What was told for certain is not told again; what lasts is known everywhere; nothing stays open.
 *
 * `npm test` kills some times; TOCSIN_KILLS says how often. TOCSIN_SEED repeats the draws of a run, as printed.
 */
import assert from 'node:assert/strict'
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/store/store.ts'
import { seededRandom } from '../../src/world/virtual.ts'
import { systemWorld } from '../../src/world/world.ts'
import { configOf, storeOf, tempFolder, type Command } from '../process/service-process.ts'
import { pass, until } from '../process/until.ts'
import { Fleet } from './fleet.ts'
import { reportPlaces } from './place-report.ts'
import { lostOf } from './place-verdict.ts'
import { failInSpells, openPlaces, SECRETS, type Places } from './places.ts'
import { silence, StorySender, untilNoneSilenced, type StoryKind } from './told-story.ts'
import { untilAllTold } from './untold.ts'

const SEED = Number(process.env['TOCSIN_SEED'] ?? Date.now() % 1_000_000)
const KILLS = Number(process.env['TOCSIN_KILLS'] ?? 4)
const LIFE_MS_MAX = 800
const EARLY_SHARE = 0.1
const RELOAD_SHARE = 0.6
/** In the middle and at the end, all has to be told before it goes on. */
const PHASES = 2
const SENDERS = 4
const KINDS: readonly StoryKind[] = ['plain', 'grouped', 'silenced', 'dated']
const TOLD_WITHIN_MS = 60_000

test(
  'killed while every kind of destination fails in spells: nothing is lost, left open or out of order at any of them',
  { timeout: 60_000 + 2 * TOLD_WITHIN_MS + KILLS * 3_000 },
  async (t) => {
    t.diagnostic(`TOCSIN_SEED=${SEED} TOCSIN_KILLS=${KILLS}`)
    const randomOf = (part: number): (() => number) => seededRandom(SEED * 100 + part)
    const folder = tempFolder(t)
    await using places = await openPlaces(folder)
    const ground = new Ground(folder, places, randomOf(1))
    const { fleet } = ground
    t.after(() => void (t.passed || t.diagnostic(ground.complaints)))
    const senders = Array.from({ length: SENDERS }, (_, index) => {
      const names = Object.fromEntries(KINDS.map((kind) => [`${kind}-${index}`, kind]))
      return new StorySender(names, { random: randomOf(10 + index), balancer: fleet })
    })
    const stories = senders.flatMap((sender) => sender.stories)
    let silences = 0
    const run = { isOver: false }
    t.after(() => (run.isOver = true))

    await ground.start()
    for (let phase = 1; phase <= PHASES; phase++) {
      run.isOver = false
      const isOver = (): boolean => run.isOver
      const going = [
        ...senders.map((sender) => sender.run(isOver)),
        ...places.all.map((place, at) => failInSpells(place, randomOf(20 + 10 * phase + at), isOver)),
        silence(fleet, randomOf(50 + phase), isOver).then((made) => void (silences += made)),
      ]
      await ground.killUntil((KILLS * phase) / PHASES)
      run.isOver = true
      await Promise.all(going)
      await Promise.all(senders.map((sender) => sender.stand()))
      await untilNoneSilenced(ground.url, TOLD_WITHIN_MS)
      await untilAllTold(ground.url, TOLD_WITHIN_MS)
      await until('all that lasts is known', TOLD_WITHIN_MS, () =>
        places.all.every(({ history }) => lostOf(history(), stories).length === 0),
      ).catch(() => t.diagnostic('not all that lasts is known'))
    }
    // Their ends are answered, and the service is gone before any of them is told for certain.
    for (const { vendor } of places.all) vendor.behaviour = 'hang'
    await Promise.all(senders.map((sender) => sender.end()))
    await fleet.kill(fleet.all)
    for (const { vendor } of places.all) vendor.behaviour = 'take'
    await ground.start()
    await untilAllTold(ground.url, TOLD_WITHIN_MS)
    await fleet.stop()

    const histories = places.all.map(({ history }) => history())
    const doings = { kills: fleet.mishaps.map(({ from }) => from), gaveUp: fleet.gaveUp() }
    const { reloads } = ground
    reportPlaces(t, { histories, stories, doings, more: { reloads, silences } })
    for (const { vendor } of places.all) assert.deepEqual(vendor.complaints, [])
    assert.ok(silences > 0 && reloads > 0, 'too little was done meanwhile')
    for (const { output } of ground.commands)
      for (const secret of SECRETS) assert.ok(!output.includes(secret), 'a secret was written to the log')
    await assertSound(storeOf(folder))
  },
)

/** One process on an SQLite file, and the config that it reads. */
class Ground {
  readonly fleet: Fleet
  readonly commands = new Set<Command>()
  reloads = 0
  readonly #folder: string
  readonly #places: Places
  readonly #random: () => number

  constructor(folder: string, places: Places, random: () => number) {
    this.#folder = folder
    this.#places = places
    this.#random = random
    mkdirSync(join(folder, 'next'))
    this.#configure()
    this.fleet = new Fleet({ config: join(folder, 'tocsin.yaml'), size: 1, random })
  }

  get url(): string {
    return this.fleet.pick() ?? assert.fail('nobody listens')
  }

  /** What the processes have said but for what is tried again. */
  get complaints(): string {
    const lines = [...this.commands].flatMap(({ output }) => output.split('\n'))
    return lines.filter((line) => line.startsWith('{') && !line.includes('is tried again')).join('\n')
  }

  async start(): Promise<void> {
    await (this.fleet.all.length === 0 ? this.fleet.open() : this.fleet.start(this.fleet.all))
    for (const { command } of this.fleet.all) this.commands.add(command)
  }

  async killUntil(kills: number): Promise<void> {
    const { fleet } = this
    while (fleet.mishaps.length < kills) {
      await pass(this.#random() * LIFE_MS_MAX)
      if (this.reloads === 0 || this.#random() < RELOAD_SHARE) this.#reload()
      await pass(this.#random() * LIFE_MS_MAX)
      await fleet.kill(fleet.all)
      while (this.#random() < EARLY_SHARE) await fleet.startInVain(fleet.all)
      await this.start()
    }
  }

  /** Its routes go by other names, and the keys of some by another template. */
  #reload(): void {
    this.reloads++
    this.#configure()
    for (const { command } of this.fleet.all) command.signal('SIGHUP')
  }

  /** In one step: whoever reads it meanwhile reads the one before or this one. */
  #configure(): void {
    const { destinations } = this.#places
    const to = Object.keys(destinations)
    const next = configOf(join(this.#folder, 'next'), '', {
      store: storeOf(this.#folder),
      destinations,
      routes: [
        {
          name: 'groups',
          match: { kind: 'grouped' },
          group_by: 'story',
          summary: '{{ story }}#{% for one in members %}{{ one.annotations.step }} {% endfor %}',
          to,
        },
        {
          name: `dated-${this.reloads}`,
          match: { kind: 'dated' },
          dedup_key: `{{ story }}-${this.reloads}`,
          to,
        },
        { name: `others-${this.reloads}`, to },
      ],
    })
    renameSync(next, join(this.#folder, 'tocsin.yaml'))
  }
}

async function assertSound(store: string): Promise<void> {
  const { clock, http } = systemWorld({ logLevel: 'warn' })
  const opened = await openStore(store, { clock })
  assert.deepEqual(await opened.check(), [])
  await opened.close()
  await http.close()
}
