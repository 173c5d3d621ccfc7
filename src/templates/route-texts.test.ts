import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  compileTelling,
  sampleAlert,
  sampleTelling,
  tellWithTexts,
  type TellingTemplate,
} from './templates.ts'

/** It could not be foreseen. */
const BROKEN: TellingTemplate = { text: '{{ x }}', render: () => undefined, attempt: () => undefined }

const lead = { ...sampleAlert, summary: 'db-1 is behind', details: { slots: 120, disk: '/var' } }
const group = { ...sampleTelling(lead, 8), members: [{ alert: lead, severity: 'critical' as const }] }

suite('what a route shows of an incident', () => {
  test('is what its worst alert says, and how many more there are', () => {
    const shown = (firing: number): string => tellWithTexts(sampleTelling(lead, firing)).telling.lead.summary
    assert.deepEqual([0, 1, 2, 8].map(shown), [
      'db-1 is behind',
      'db-1 is behind',
      'db-1 is behind (and 1 more)',
      'db-1 is behind (and 7 more)',
    ])
    assert.deepEqual(tellWithTexts(group).telling.lead.details, lead.details)
  })

  test('is what its templates make of it, the details as a whole', () => {
    const texts = {
      summary: compileTelling('{{ count }} on {{ instance }}, {{ more }} not listed'),
      details: {
        worst: compileTelling('{{ details.slots }}'),
        gone: compileTelling('{{ details.nosuch }}'),
        all: compileTelling('{% for one in members %}{{ one.severity }}{% endfor %}'),
      },
    }
    const { telling, failed } = tellWithTexts(group, texts)
    assert.equal(telling.lead.summary, '8 on db-1:9100, 7 not listed')
    assert.deepEqual(telling.lead.details, { worst: '120', all: 'critical' })
    assert.deepEqual(failed, [])
    // What tells the alert from others stays as it is.
    assert.deepEqual({ ...telling.lead, summary: '', details: {} }, { ...lead, summary: '', details: {} })
  })

  test('is the built-in text where a template fails, which is said', () => {
    const texts = { summary: BROKEN, details: { slots: BROKEN, other: BROKEN, disk: compileTelling('here') } }
    const { telling, failed } = tellWithTexts(group, texts)
    assert.equal(telling.lead.summary, 'db-1 is behind (and 7 more)')
    assert.deepEqual(telling.lead.details, { slots: 120, disk: 'here' })
    assert.deepEqual(failed, ['summary', 'details.slots', 'details.other'])
  })

  test('is the built-in summary where a template comes to nothing, which is no failure', () => {
    const { telling, failed } = tellWithTexts(group, { summary: compileTelling('{{ nosuch }}') })
    assert.deepEqual([telling.lead.summary, failed], ['db-1 is behind (and 7 more)', []])
  })

  const FAILING = [
    '{{ a',
    '{{ a | nosuch }}',
    "{% render 'x' %}",
    '{% for i in (1..99999999) %}x{% endfor %}',
  ]
  for (const text of FAILING)
    test(`is never made by ${text}: it does not compile, or fails on a sample`, () => {
      assert.throws(() => compileTelling(text), Error)
    })

  test('has the time of the incident, not that of the machine', () => {
    const { render } = compileTelling("{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ opened_at | date: '%H:%M' }}")
    assert.equal(render(sampleTelling(lead)), '2026-01-02 03:04 03:04')
  })
})
