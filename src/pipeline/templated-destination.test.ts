import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING_TOLD, type Outcome } from '../decide/decide.ts'
import type { Destination, Telling } from '../destinations/destinations.ts'
import { compileTelling, sampleAlert, sampleTelling, type TellingTemplate } from '../templates/templates.ts'
import type { Notice } from './notice.ts'
import { templatedDestination } from './templated-destination.ts'

const BROKEN: TellingTemplate = { text: '{{ x }}', render: () => undefined, attempt: () => undefined }

/** A place that writes down what it is told. */
function place(outcome: Outcome): { destination: Destination; told: Telling[] } {
  const told: Telling[] = []
  const destination: Destination = {
    name: 'oncall',
    type: 'test',
    capabilities: EVERYTHING_TOLD,
    sendMsMax: 1000,
    rate: { name: 'r', limit: 1, windowMs: 1000 },
    tell: async (telling) => {
      told.push(telling)
      return outcome
    },
    close: async () => {},
  }
  return { destination, told }
}

const ACCEPTED: Outcome = { kind: 'accepted', message: 'fine', notes: ['cut'] }
const texts = new Map([
  ['good', { summary: compileTelling('{{ count }}: {{ summary }}') }],
  ['broken', { summary: BROKEN, details: { a: BROKEN } }],
])

function log(warnings: unknown[]): Parameters<typeof templatedDestination>[2] {
  const none = (): void => {}
  return {
    log: { debug: none, info: none, error: none, warn: (message, about) => warnings.push([message, about]) },
  }
}

test('every destination is told what the route of the incident wants shown', async () => {
  const { destination, told } = place(ACCEPTED)
  const templated = templatedDestination(destination, texts, log([]), () => assert.fail('nothing fails'))
  assert.deepEqual([templated.name, templated.rate, templated.sendMsMax], ['oncall', destination.rate, 1000])
  assert.deepEqual(await templated.tell(sampleTelling(sampleAlert, 3, { route: 'good' })), ACCEPTED)
  await templated.tell(sampleTelling(sampleAlert, 3, { route: 'another' }))
  const change = { change: { source: 's', summary: 'deployed', labels: {}, links: [] } }
  await templated.tell(change)
  assert.deepEqual(
    told.map((one) => ('lead' in one ? one.lead.summary : one)),
    [`3: ${sampleAlert.summary}`, `${sampleAlert.summary} (and 2 more)`, change],
  )
})

test('a template that fails costs nobody a page: it is told, noted, counted each time, and logged once', async () => {
  const { destination, told } = place(ACCEPTED)
  const [warnings, notices]: [unknown[], Notice[]] = [[], []]
  const templated = templatedDestination(destination, texts, log(warnings), (notice) => notices.push(notice))
  const telling = sampleTelling(sampleAlert, 1, { route: 'broken' })
  const outcome = await templated.tell(telling)
  assert.deepEqual(await templated.tell(telling), outcome)
  assert.deepEqual(outcome, {
    ...ACCEPTED,
    notes: [
      'cut',
      'the template for summary failed; the built-in text was sent',
      'the template for details.a failed; the built-in text was sent',
    ],
  })
  assert.equal(told.length, 2)
  assert.deepEqual(
    notices.map((notice) => (notice.kind === 'template-failed' ? notice.template : notice.kind)),
    ['summary', 'details.a', 'summary', 'details.a'],
  )
  assert.equal(warnings.length, 2)
})

test('an outcome that is no acceptance stays what it is', async () => {
  const outcome: Outcome = { kind: 'rejected', reason: 'bad', message: 'no' }
  const { destination } = place(outcome)
  const templated = templatedDestination(destination, texts, log([]), () => {})
  assert.equal(await templated.tell(sampleTelling(sampleAlert, 1, { route: 'broken' })), outcome)
})
