/** The shape of a config, key by key: what `Config` in written.ts says for people, said for the parser and for editors. */
import type { ContentPart } from '../alert/alert.ts'
import type { UnsentPair } from '../decide/decide.ts'
import { discoverShape, type DiscoverShape } from './discovery/discover-shape.ts'
import {
  destinationShape,
  sourceShape,
  type DestinationShape,
  type KeyShape,
} from './destinations/destination-shape.ts'
import {
  duration,
  field,
  flag,
  list,
  names,
  secret,
  section,
  text,
  word,
  wordList,
  type Field,
} from './fields.ts'
import { monitorShape, type MonitorShape } from './monitors/monitor-shape.ts'
import { inhibitShape, type InhibitShape } from './routes/inhibit-shape.ts'
import { routeShape, type RouteContext, type RouteShape } from './routes/route-shape.ts'
import { serverShape, type ServerShape } from './server-shape.ts'
import { severityShape, type SeverityShape } from './routes/severity-shape.ts'
import { readStore, STORE_PATTERN } from './store-address.ts'
import { timesShape, type TimesShape } from './routes/times-shape.ts'

const PARTS: readonly ContentPart[] = ['severity', 'summary', 'details']
const UNSENT_PAIRS: readonly UnsentPair[] = ['drop', 'tell']

/** A config as read: every default filled in, durations in milliseconds, sizes in bytes; secrets stay where they were. */
export interface Shape {
  readonly store: string
  readonly server: ServerShape
  readonly destinations: Readonly<Record<string, DestinationShape>>
  readonly discover?: DiscoverShape
  readonly sources: Readonly<Record<string, KeyShape>>
  readonly monitors: Readonly<Record<string, MonitorShape>>
  readonly routes?: readonly RouteShape[]
  readonly severity: SeverityShape
  readonly times: TimesShape
  readonly inhibit: readonly InhibitShape[]
  readonly classification: { readonly may_lower: boolean }
  readonly update_on: readonly ContentPart[]
  readonly unsent_pair: UnsentPair
  readonly resolve_timeout: number
  readonly retention: { readonly ledger: number; readonly incidents: number }
  readonly retry_for: number
  readonly drain: number
  readonly audit: { readonly late: number }
  readonly heartbeat?: HeartbeatShape
}

export interface HeartbeatShape {
  readonly url?: unknown
  readonly url_file?: string
  readonly every: number
}

/** The shape of a whole config. */
export function configShape(context: RouteContext): Field<Shape> {
  return section<Shape>(
    {
      store: field(
        {
          type: 'string',
          pattern: STORE_PATTERN,
          description: 'sqlite:PATH, sqlite::memory:, or postgres://USER:PASSWORD@HOST:PORT/DATABASE',
        },
        readStore,
      ).prefault('sqlite:./tocsin.db'),
      server: serverShape().prefault({}),
      // That there has to be one is checked together with `discover`.
      destinations: names(
        destinationShape(context.destinations),
        'Where incidents are told, by name.',
      ).prefault({}),
      discover: discoverShape().optional(),
      sources: names(sourceShape(), 'Senders that have a routing key of ours, by name.').prefault({}),
      monitors: names(monitorShape(), 'What we look at ourselves, by name.').prefault({}),
      routes: list(routeShape(context), 'The first route that matches an alert takes it.').optional(),
      severity: severityShape(context.severityWords).prefault({}),
      times: timesShape().prefault({}),
      inhibit: inhibitShape(context.severityWords).prefault([]),
      classification: section<Shape['classification']>(
        { may_lower: flag('Whether a classification may lower a severity, too.').prefault(false) },
        'What a classification of an alert may do.',
      ).prefault({}),
      update_on: wordList(PARTS, 'What counts as an update of an open incident.').prefault([
        'severity',
        'summary',
      ]),
      unsent_pair: word(
        UNSENT_PAIRS,
        'What to do with a failure that came and went before it was told.',
      ).prefault('drop'),
      resolve_timeout: duration(
        '1s',
        '7d',
        'After so long without a refresh, an alert pushed by Prometheus without an end is over.',
      ).prefault('5m'),
      retention: retentionShape().prefault({}),
      retry_for: duration(
        '1m',
        '90d',
        'How long a delivery that keeps failing is tried before it is dead; a resolve four times as long.',
      ).prefault('7d'),
      drain: duration('0s', '10m', 'On a signal to stop, how long sends in flight are waited for.').prefault(
        '20s',
      ),
      audit: auditShape().prefault({}),
      heartbeat: heartbeatShape().optional(),
    },
    'The config of Tocsin.',
  )
}

function retentionShape(): Field<Shape['retention']> {
  return section<Shape['retention']>(
    {
      ledger: duration('1h', '3650d', 'How long the ledger is kept.').prefault('30d'),
      incidents: duration('1h', '3650d', 'How long resolved incidents are kept.').prefault('30d'),
    },
    'How long is kept what is over.',
  )
}

function auditShape(): Field<Shape['audit']> {
  return section<Shape['audit']>(
    {
      late: duration(
        '1m',
        '24h',
        'A delivery that has waited for so long although it is due is late.',
      ).prefault('15m'),
    },
    'How promises are checked.',
  )
}

function heartbeatShape(): Field<HeartbeatShape> {
  return section<HeartbeatShape>(
    {
      url: secret('Called while all is well; write it as ${NAME}.').optional(),
      url_file: text('A file that holds the address; read again when it changes.', 'a path').optional(),
      every: duration('10s', '1h', 'How often it is called.').prefault('60s'),
    },
    'Who is called while all is well, to notice when we are gone.',
  )
}
