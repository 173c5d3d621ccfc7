import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { parse, stringify } from 'yaml'
import type { Alert, AlertStatus, Item } from '../../src/alert/alert.ts'
import { parseConfig, type Settings } from '../../src/config/config.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { wire, type Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Store } from '../../src/store/store.ts'
import { systemWorld } from '../../src/world/world.ts'
import { openSlack, type SlackVendor } from '../vendors/slack.ts'
import { makeCertificate, SmtpVendor } from '../vendors/smtp.ts'
import { labelled } from './alerts.ts'

const KEYS = { oncall: `A${'0'.repeat(31)}`, critical: `B${'0'.repeat(31)}` }
const HOOK = '/services/T0DOCUMENTS/B0DOCUMENTS/PathOfTheHook'

/** What PagerDuty was sent. */
export interface Paged {
  readonly service: string
  readonly action: string
  readonly key: string
  readonly summary: string
  readonly severity: string
  readonly details: unknown
}

/** A config of examples/documents, with real servers in the places that it names. */
export interface Document {
  readonly settings: Settings
  readonly emulator: Emulator
  readonly slack: SlackVendor
  readonly mail: SmtpVendor
  /** Takes alerts in, and waits until everybody who is to be told has been. */
  readonly take: (...items: readonly Item[]) => Promise<void>
  /** In the order of arrival, without what is told twice. */
  readonly paged: () => readonly Paged[]
  /** The headlines in the channel. */
  readonly posted: () => readonly string[]
}

export async function openDocument(t: TestContext, name: string): Promise<Document> {
  const emulator = await openEmulator({ limit: 0 })
  const slack = await openSlack({ token: 'xoxb-none', channels: {}, hookPath: HOOK })
  const mail = await SmtpVendor.open({ certificate: await makeCertificate(), encrypts: false })
  const env = {
    PAGERDUTY_ROUTING_KEY: KEYS.oncall,
    PAGERDUTY_CRITICAL_ROUTING_KEY: KEYS.critical,
    SLACK_WEBHOOK_URL: `${slack.origin}${HOOK}`,
    SMTP_SERVER: mail.origin.replace(/^\w+:\/\//, ''),
    SMTP_TLS: 'none',
  }
  const parsed = parseConfig(readHere(name, emulator.url), {
    path: name,
    env,
    readFile: () => assert.fail('there is no file'),
  })
  assert(parsed.ok, JSON.stringify(parsed))
  assert.deepEqual(parsed.warnings, [])
  const world = systemWorld({ logLevel: 'silent' })
  const heard = new Set<() => void>()
  const { pipeline, store } = await wire(parsed.settings, world, () => {
    for (const tell of heard) tell()
  })
  await pipeline.start()
  t.after(async () => {
    await pipeline.drain(5_000)
    await store.close()
    await world.http.close()
    await emulator.close()
    await slack[Symbol.asyncDispose]()
    await mail[Symbol.asyncDispose]()
    assert.deepEqual([...slack.complaints, ...mail.complaints], [])
  })
  return {
    settings: parsed.settings,
    emulator,
    slack,
    mail,
    take: (...items) => take(items, pipeline, store, heard),
    paged: () => emulator.events().map(({ routing_key: service, event }) => toPaged(service, event)),
    posted: () => slack.messages.map(({ body }) => String(body['text'])),
  }
}

/** An alert of a monitor, told apart by its labels. */
export function reported(
  source: string,
  labels: Readonly<Record<string, string>>,
  slotsBehind: number,
  status: AlertStatus = 'firing',
): Item {
  const about: Partial<Alert> = {
    source,
    summary: `${labels['process'] ?? 'It'} is ${slotsBehind} slots behind`,
    details: { slots_behind: slotsBehind },
  }
  return labelled(labels, status, about)
}

async function take(
  items: readonly Item[],
  pipeline: Pipeline,
  store: Store,
  heard: Set<() => void>,
): Promise<void> {
  await pipeline.accept(items)
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>()
    heard.add(resolve)
    const [waiting] = await store.deliveries({ state: 'waiting' })
    if (waiting !== undefined) await promise
    heard.delete(resolve)
    if (waiting === undefined) return
  }
}

/** As it stands there, but that PagerDuty is the emulator and the store is forgotten. */
function readHere(name: string, url: string): string {
  const path = new URL(`../../examples/documents/${name}.yaml`, import.meta.url)
  const written = parse(readFileSync(path, 'utf8')) as {
    destinations: Record<string, { type: string; url?: string }>
  }
  for (const destination of Object.values(written.destinations))
    if (destination.type === 'pagerduty') destination.url = url
  return stringify({ ...written, store: 'sqlite::memory:' })
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
