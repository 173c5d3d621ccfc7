import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { parse, stringify } from 'yaml'
import type { Item } from '../../src/alert/alert.ts'
import { parseConfig, type Settings } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { lookOnce, makeWatch, wire } from '../../src/pipeline/pipeline.ts'
import type { Store } from '../../src/store/store.ts'
import { systemWorld } from '../../src/world/world.ts'
import { openSlack } from '../vendors/slack.ts'
import { makeCertificate, SmtpVendor } from '../vendors/smtp.ts'
import type { Condition } from './nonce-days.ts'
import { WatchedProcesses } from './watched-processes.ts'

const KEYS = { oncall: `A${'0'.repeat(31)}`, critical: `B${'0'.repeat(31)}` }
const HOOK = '/services/T0DOCUMENTS/B0DOCUMENTS/PathOfTheHook'

/** What PagerDuty was sent. */
export interface Paged {
  /** The first letter of its routing key. */
  readonly service: string
  readonly action: string
  readonly key: string
  readonly summary: string
  readonly severity: string
  readonly details: unknown
}

/** What people were told. */
export interface Told {
  /** By key, without what PagerDuty made nothing of: ends of what it does not know. */
  readonly paged: readonly Paged[]
  /** The headlines in the channel, by name. */
  readonly posted: readonly string[]
}

/** A config of examples/documents, with real servers in the places that it names. */
export interface Document {
  readonly settings: Settings
  readonly mail: SmtpVendor
  readonly processes: WatchedProcesses
  /** Takes alerts in, and waits until everybody who is to be told has been. */
  readonly take: (...items: readonly Item[]) => Promise<Told>
  /** Lets its monitor look once; processes that are not named do as before. What people were told by that. */
  readonly look: (conditions?: Readonly<Record<string, Condition>>) => Promise<Told>
}

/** `servers`: the processes at each state server. All are well, and its monitors have looked before. */
export async function openDocument(
  t: TestContext,
  name: string,
  servers: readonly (readonly string[])[] = [],
): Promise<Document> {
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  const places = await openPlaces(servers)
  opened.defer(() => places.close())
  const { processes, mail } = places
  const settings = readSettings(name, places)
  const world = systemWorld({ logLevel: 'silent' })
  const heard = new Set<() => void>()
  // Nothing looks but by hand.
  const { pipeline, store } = await wire({ ...settings, monitors: [] }, world, () => {
    for (const tell of heard) tell()
  })
  opened.defer(async () => {
    await pipeline.drain(5_000)
    await store.close()
    await world.http.close()
  })
  await pipeline.start()
  const watches = settings.monitors.map((monitor) => makeWatch(monitor, store))
  const accept = (items: readonly Item[]): Promise<unknown> => pipeline.accept(items)
  const told = async (work: () => Promise<unknown>): Promise<Told> => {
    const before = places.counts()
    await work()
    await allTold(store, heard)
    return places.toldSince(before)
  }
  const look: Document['look'] = (conditions = {}) => {
    for (const [id, condition] of Object.entries(conditions)) processes.set(id, condition)
    return told(async () => {
      for (const watch of watches) await lookOnce(watch, { store, world, accept, isServed: false })
    })
  }
  assert.deepEqual(await look(), { paged: [], posted: [] })
  return { settings, mail, processes, take: (...items) => told(() => accept(items)), look }
}

/** Until nothing waits to be told. */
async function allTold(store: Store, heard: Set<() => void>): Promise<void> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>()
    heard.add(resolve)
    const [waiting] = await store.deliveries({ state: 'waiting' })
    if (waiting !== undefined) await promise
    heard.delete(resolve)
    if (waiting === undefined) return
  }
}

type Places = Awaited<ReturnType<typeof openPlaces>>

async function openPlaces(servers: readonly (readonly string[])[]) {
  const emulator = await openEmulator({ limit: 0 })
  const slack = await openSlack({ token: 'xoxb-none', channels: {}, hookPath: HOOK })
  const mail = await SmtpVendor.open({ certificate: await makeCertificate(), encrypts: false })
  const processes = await WatchedProcesses.open(servers)
  return {
    emulator,
    slack,
    mail,
    processes,
    counts: () => ({ events: emulator.events().length, messages: slack.messages.length }),
    toldSince: ({ events, messages }: { events: number; messages: number }): Told => ({
      paged: pagedIn(emulator.events().slice(events)),
      posted: slack.messages
        .slice(messages)
        .map(({ body }) => String(body['text']))
        .toSorted(),
    }),
    close: async () => {
      await emulator.close()
      await slack[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
      await processes[Symbol.asyncDispose]()
      assert.deepEqual([...slack.complaints, ...mail.complaints, ...processes.ao.complaints], [])
    },
  }
}

function readSettings(name: string, { emulator, slack, mail, processes }: Places): Settings {
  const env = {
    PAGERDUTY_ROUTING_KEY: KEYS.oncall,
    PAGERDUTY_CRITICAL_ROUTING_KEY: KEYS.critical,
    SLACK_WEBHOOK_URL: `${slack.origin}${HOOK}`,
    SMTP_SERVER: mail.origin.replace(/^\w+:\/\//, ''),
    SMTP_TLS: 'none',
  }
  const text = readHere(name, emulator.url, processes)
  const parsed = parseConfig(text, { path: name, env, readFile: () => assert.fail('there is no file') })
  assert(parsed.ok, JSON.stringify(parsed))
  assert.deepEqual(parsed.warnings, [])
  return parsed.settings
}

/** As it stands there, but for addresses: PagerDuty is the emulator, processes are ours, and the store is forgotten. */
function readHere(name: string, url: string, processes: WatchedProcesses): string {
  const file = new URL(`../../examples/documents/${name}.yaml`, import.meta.url)
  const { destinations, monitors = {}, ...rest } = parse(readFileSync(file, 'utf8')) as Written
  for (const destination of Object.values(destinations))
    if (destination.type === 'pagerduty') destination.url = url
  for (const monitor of Object.values(monitors))
    Object.assign(monitor, {
      processes: processes.path(monitor.processes),
      state_url: processes.ao.stateUrl,
      router_url: processes.ao.routerUrl,
    })
  return stringify({ ...rest, destinations, monitors, store: 'sqlite::memory:' })
}

interface Written {
  readonly destinations: Readonly<Record<string, { type: string; url?: string }>>
  readonly monitors?: Readonly<Record<string, { processes: string }>>
}

function pagedIn(events: ReturnType<Emulator['events']>): readonly Paged[] {
  return events
    .filter(({ outcome }) => outcome !== 'dropped')
    .map(({ routing_key: service, event }) => toPaged(service, event))
    .toSorted((one, other) => one.key.localeCompare(other.key))
}

function toPaged(service: string | null, event: unknown): Paged {
  const { event_action: action = '', dedup_key: key = '', payload = {} } = event as WireEvent
  const { summary = '', severity = '', custom_details: details } = payload
  return { service: service?.slice(0, 1) ?? '', action, key, summary, severity, details }
}

interface WireEvent {
  readonly event_action?: string
  readonly dedup_key?: string
  readonly payload?: {
    readonly summary?: string
    readonly severity?: string
    readonly custom_details?: unknown
  }
}
