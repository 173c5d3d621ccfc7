/** The front door of places/: where a run tells, and what stands there. */
import type { EmulatorCore } from '../../src/emulator/emulator.ts'
import type { HttpRequest } from '../../src/world/world.ts'
import type { Effects } from '../effects.ts'
import { Mailbox } from './mailbox.ts'
import { PagerDutyPlace } from './pagerduty.ts'
import type { Place, PlaceKind } from './place.ts'
import { RootlyPlace } from './rootly.ts'
import { SlackPlace } from './slack.ts'
import { WebhookPlace } from './webhook.ts'

export type { Letter } from './mailbox.ts'
export { PLACE_KINDS, type Place, type PlaceKind, type Shown } from './place.ts'

/** The host of a place that is no PagerDuty service. */
export function hostOf(line: number): string {
  return `l${line}.example.com`
}

/** Which place a request goes to: by its host or, at PagerDuty, by its routing key. */
export function lineOf({ url, body = '' }: HttpRequest, keys: readonly string[]): number {
  const [, digits] = /^\w+:\/\/l(\d+)\.example\.com/.exec(url) ?? []
  if (digits !== undefined) return Number(digits)
  return keys.indexOf((JSON.parse(body) as { readonly routing_key: string }).routing_key)
}

export function makePlace(
  kind: PlaceKind,
  line: number,
  { emulator, effects, keys }: { emulator: EmulatorCore; effects: Effects; keys: readonly string[] },
): Place {
  switch (kind) {
    case 'pagerduty':
      return new PagerDutyPlace(emulator, effects, keys[line] ?? '', line)
    case 'webhook':
      return new WebhookPlace(line)
    case 'slack':
      return new SlackPlace(line)
    case 'rootly':
      return new RootlyPlace(line)
    case 'email':
      return new Mailbox(line)
    default:
      return kind satisfies never
  }
}
