import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { alertOf, alertsOf, contextOf, fixture, linesOf } from '../../test/fixtures/intake/context.ts'
import { grafana } from './grafana.ts'

const context = contextOf('grafana')
const ALERT = { status: 'firing', labels: { alertname: 'CPU' } }

describe("Grafana's webhook", () => {
  it('becomes alerts with their links, image and values', () => {
    const [firing, resolved] = alertsOf(grafana.parse(fixture('grafana-webhook.json'), context))
    assert.equal(firing?.summary, 'Memory usage is high in zone us-1')
    assert.equal(firing.startsAt, Date.parse('2026-11-21T11:51:03.157Z'))
    assert.deepEqual(
      firing.links.map((link) => link.text),
      ['Runbook', 'Dashboard', 'Panel', 'Silence', 'Source'],
    )
    assert.deepEqual(firing.images, [{ src: 'https://images.example.com/memory.png', alt: 'Panel' }])
    assert.deepEqual(firing.details, { values: { B: 44.239_437_375_419_08, C: 1 } })
    assert.equal(resolved?.status, 'resolved')
    assert.equal(resolved.details, undefined)
    assert.deepEqual(resolved.images, [])
  })

  it('of an older Grafana brings its values as text', () => {
    const alert = alertOf(grafana.parse(fixture('grafana-webhook-older.json'), context))
    assert.deepEqual(alert.details, { valueString: "[ metric='' labels={} value=14151.331895396988 ]" })
  })

  it('shows an address once, and only images that came over https', () => {
    const url = 'https://grafana.example.com/d/1'
    const annotations = { dashboard_url: url, grafana_snapshot: 'http://grafana.example.com/s.png' }
    const alert = { ...ALERT, annotations, dashboardURL: url, imageURL: 'http://grafana.example.com/i.png' }
    const { links, images } = alertOf(grafana.parse({ alerts: [alert] }, context))
    assert.deepEqual(links, [{ href: url, text: 'Dashboard' }])
    assert.deepEqual(images, [])
  })

  it('with values nested too deeply is refused', () => {
    let values: unknown = 1
    for (let level = 0; level < 40; level += 1) values = { values }
    assert.deepEqual(linesOf(grafana.parse({ alerts: [{ ...ALERT, values }] }, context)), [
      'alerts[0].values: expected at most 32 levels, saw more',
    ])
  })
})
