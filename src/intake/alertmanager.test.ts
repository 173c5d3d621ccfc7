import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alertOf, alertsOf, contextOf, fixture, linesOf, NOW } from '../../test/fixtures/intake/context.ts'
import { alertmanager } from './alertmanager.ts'
import type { Parsed } from './intake.ts'

const context = contextOf('alertmanager')
const ALERT = { status: 'firing', labels: { alertname: 'Down', job: 'web', severity: 'warning' } }

function webhook(...alerts: readonly unknown[]): Parsed {
  return alertmanager.parse({ version: '4', alerts }, context)
}

describe("Alertmanager's webhook", () => {
  it('becomes one alert for each of its alerts, whatever the status of the group', () => {
    const [firing, resolved] = alertsOf(alertmanager.parse(fixture('alertmanager-webhook.json'), context))
    assert.equal(firing?.source, 'alertmanager')
    assert.equal(firing.status, 'firing')
    assert.equal(firing.severity, 'error')
    assert.equal(firing.summary, 'Pod shop/cart-7d9f restarts every two minutes.')
    assert.equal(firing.startsAt, Date.parse('2026-11-21T11:42:10.251Z'))
    assert.equal(firing.expiresAt, undefined)
    assert.equal(firing.endsAt, undefined)
    assert.deepEqual(
      firing.links.map((link) => link.text),
      ['Dashboard', 'Source'],
    )
    assert.equal(resolved?.status, 'resolved')
    assert.equal(resolved.endsAt, Date.parse('2026-11-21T11:57:10.251Z'))
  })

  it('gives the same alert the same identity when it fires and when it is over', () => {
    const over = { ...ALERT, status: 'resolved', endsAt: '2026-11-21T11:00:00Z', annotations: { x: 'y' } }
    const [firing, resolved] = alertsOf(webhook(ALERT, over))
    assert.equal(firing?.fingerprint, resolved?.fingerprint)
  })

  it('lets a firing alert last until its end, if that is still to come', () => {
    const until = alertOf(webhook({ ...ALERT, endsAt: '2026-11-21T12:00:01Z' }))
    assert.equal(until.expiresAt, NOW + 1000)
    assert.equal(alertOf(webhook({ ...ALERT, endsAt: '2026-11-21T11:00:00Z' })).expiresAt, undefined)
  })

  it('is taken without a version, as people write it by hand, and with keys that we do not know', () => {
    assert.equal(alertsOf(alertmanager.parse({ alerts: [ALERT], more: { a: 1 } }, context)).length, 1)
  })

  it('of another version is refused with the one that is accepted', () => {
    assert.deepEqual(alertmanager.parse({ version: '3', alerts: [ALERT] }, context), {
      ok: false,
      status: 422,
      problems: [{ path: 'version', message: 'expected "4", saw "3"' }],
    })
    assert.deepEqual(linesOf(alertmanager.parse({ version: 4, alerts: [] }, context)), [
      'version: expected "4", saw the number 4',
    ])
  })

  it('carries the classification of an alert, as an object or as annotations', () => {
    const classification = { severity: 'critical', category: 'Network', confidence: 0.8, model: 'x' }
    const object = alertOf(webhook({ ...ALERT, classification }))
    assert.deepEqual(object.classification, { label: 'Network', severity: 'critical', confidence: 0.8 })
    assert.equal(object.summary, '[CRITICAL] Down - AI: Network')
    assert.equal(object.severity, 'warning')
    const annotations = { ai_classification: 'Network', ai_severity: 'critical', ai_confidence: '0.8' }
    const annotated = alertOf(webhook({ ...ALERT, annotations }))
    assert.deepEqual(annotated.classification, object.classification)
    assert.equal(annotated.summary, object.summary)
  })

  const refused: readonly (readonly [name: string, body: unknown, ...lines: string[]])[] = [
    ['an array', [], ': expected an object with alerts, saw an array'],
    ['no alerts', { version: '4' }, 'alerts: expected an array of alerts, saw nothing'],
    [
      'a status of another word',
      { alerts: [{ ...ALERT, status: 'Firing' }] },
      'alerts[0].status: expected "firing" or "resolved", saw "Firing"',
    ],
    [
      'everything at once',
      { alerts: [ALERT, { status: 1, labels: { a: 1 }, classification: { confidence: 2 } }] },
      'alerts[1].labels.a: expected a string, saw the number 1',
      'alerts[1].classification.confidence: expected a number from 0 to 1, saw the number 2',
      'alerts[1].status: expected "firing" or "resolved", saw the number 1',
    ],
  ]
  for (const [name, body, ...lines] of refused) {
    it(`is refused with what is wrong: ${name}`, () => {
      assert.deepEqual(linesOf(alertmanager.parse(body, context)), lines)
    })
  }

  it('with too many alerts is refused with 413', () => {
    const limits = { ...context.limits, itemsMax: 1 }
    const parsed = alertmanager.parse({ alerts: [ALERT, ALERT] }, { ...context, limits })
    assert.equal(parsed.ok ? 200 : parsed.status, 413)
  })
})
