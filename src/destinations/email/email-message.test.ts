import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INCIDENT, telling } from '../../../test/contracts/destination-kind.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import type { Telling } from '../destination.ts'
import { composeEmail, type Composed, type EmailTemplates } from './email-message.ts'

function compose(told: Telling, templates: EmailTemplates = {}, now = NOW): Composed {
  const address = { address: 'tocsin@example.org' }
  return composeEmail(told, { name: 'inbox', from: address, to: [address], cc: [], templates, now })
}

test('the first mail of an incident has one Message-ID, whenever it is composed and whatever has become of the alert', () => {
  const first = compose(telling())
  const later = compose(telling('trigger', { updatedAt: NOW + 1 }, { summary: 'Other' }), {}, NOW + 9)
  assert.equal(later.message.messageId, first.message.messageId)
  assert.match(first.message.messageId, /^<[0-9a-f]{32}@example\.org>$/)
  for (const other of [{ id: 8 }, { key: 'other' }, { openedAt: NOW + 1 }, { destination: 'other' }])
    assert.notEqual(compose(telling('trigger', other)).message.messageId, first.message.messageId)
})

test('the reference is the first Message-ID with the subject, and what comes later keeps both', () => {
  const { message, reference } = compose(telling())
  assert.equal(reference, `${message.messageId} [CRITICAL] Disk full`)
  const known = { ...(reference === undefined ? {} : { reference }), severity: 'info' } as const
  const resolved = compose(telling('resolve', { ...known, closedAt: NOW + 1 }, { summary: 'Other' }))
  assert.equal(resolved.message.inReplyTo, message.messageId)
  assert.equal(resolved.message.subject, 'Re: [CRITICAL] Disk full')
  assert.equal(resolved.reference, reference)
})

test('a reference of another form is no thread', () => {
  const { message } = compose(telling())
  for (const reference of ['1700000000.123456', '<a b@c> d', '<a@b>\r\nBcc: c', '', '<>']) {
    const { inReplyTo } = compose(telling('resolve', { reference })).message
    assert.equal(inReplyTo, message.messageId, JSON.stringify(reference))
  }
  assert.equal(compose(telling('resolve', { reference: '<a@b>' })).message.inReplyTo, '<a@b>')
})

test('each reminder is a mail of its own, and told again the same one', () => {
  const remind = (at: number): string =>
    compose(telling('remind', { told: { ...INCIDENT.told, at } }), {}, NOW + at).message.messageId
  assert.equal(remind(1), remind(1))
  assert.notEqual(remind(1), remind(2))
})

test('a note without a reference stands by itself', () => {
  const { message, reference } = compose({ note: { incidentId: 7, key: 'k', text: 'First\nand second' } })
  assert.deepEqual([message.subject, message.inReplyTo, reference], ['Note: First', undefined, undefined])
  assert.match(message.text, /^Note: First\n\nNote: and second\nIncident: k\n$/)
})

test('the text says what the HTML says', () => {
  const members = [alertOf({ summary: 'One' }), alertOf({ summary: 'Two' })].map(
    (alert) => ({ alert, severity: 'error' }) as const,
  )
  const lead = { details: { free: 0, paths: ['/'] }, links: [{ href: 'https://a.example/' }] }
  const told = {
    ...telling('trigger', { firing: { critical: 0, error: 3, warning: 0, info: 0 } }, lead),
    members,
  }
  const { message } = compose(told)
  assert.equal(
    message.text,
    [
      'Triggered: Disk full',
      '',
      'Severity: critical',
      'Affected: db-1',
      `Opened: ${new Date(NOW).toISOString()}`,
      'Firing: 3 alerts',
      'alertname: DiskFull',
      'instance: db-1',
      'free: 0',
      'paths: ["/"]',
      'Reported by: prometheus',
      'Incident: disk-db-1',
      '',
      'Firing:',
      '- error: One',
      '- error: Two',
      'and 1 more',
      '',
      'Links:',
      '- https://a.example/',
      '',
    ].join('\n'),
  )
  for (const line of ['Disk full', 'db-1', '3 alerts', 'DiskFull', 'error: Two', 'and 1 more', 'a.example'])
    assert.ok(message.html.includes(line), line)
})

test('a template for HTML gets nothing that could be HTML, and no link that leads into a script', () => {
  const links = [{ href: 'javascript:alert(1)' }, { href: 'https://a.example/?a=1&b=2' }]
  const { message } = compose(telling('trigger', {}, { summary: '<b>&"\'', links }), {
    html: ({ lead }) =>
      `<p>${lead.summary}</p>${lead.links.map(({ href }) => `<a href="${href}">`).join('')}`,
  })
  assert.equal(
    message.html,
    '<p>&lt;b&gt;&amp;&quot;&#39;</p><a href=""><a href="https://a.example/?a=1&amp;b=2">',
  )
})
