import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import type { IncidentTelling, Outcome } from '../../src/decide/decide.ts'
import { INCIDENT, recalled, telling } from '../contracts/destination-kind.ts'
import { alertOf, NOW } from '../contracts/memory.ts'
import { SmtpVendor, type Letter } from '../vendors/smtp.ts'
import { afterStart, CERTIFICATE, LOGIN, onStage } from './email-stage.ts'

function accepted(outcome: Outcome): Outcome & { readonly kind: 'accepted' } {
  assert.ok(outcome.kind === 'accepted', outcome.message)
  return outcome
}

/** The step with what the destination gave for its incident. */
function knowing(outcome: Outcome, told: IncidentTelling): IncidentTelling {
  const { reference } = accepted(outcome)
  assert.ok(reference !== undefined)
  return recalledStep({ ...told, incident: { ...told.incident, reference } })
}

function recalledStep(told: IncidentTelling): IncidentTelling {
  return recalled(told) as IncidentTelling
}

test('a mail names what happened in its subject, its text and its HTML, and is marked for machines', () =>
  onStage(async ({ vendor, tell }) => {
    const lead = {
      annotations: { runbook: 'Look at the disk.' },
      links: [{ href: 'https://runbooks.example/disk?a=1&b=2', text: 'Runbook' }],
    }
    accepted(await tell(telling('trigger', {}, lead)))
    const [letter] = vendor.letters
    assert.ok(letter !== undefined)
    const { headers, subject, text, html, recipients, sender, isEncrypted } = letter
    assert.equal(subject, '[CRITICAL] Disk full')
    assert.match(text, /^Triggered: Disk full\n/)
    assert.match(text, /Look at the disk\.[\s\S]*Runbook: https:\/\/runbooks\.example\/disk\?a=1&b=2/)
    assert.match(html, /<a href="https:\/\/runbooks\.example\/disk\?a=1&amp;b=2">Runbook<\/a>/)
    assert.deepEqual(recipients, ['ops@example.org', 'ops2@example.org', 'boss@example.org'])
    assert.deepEqual([sender, isEncrypted], ['tocsin@Alerts.example.org', true])
    assert.match(headers.get('message-id') ?? '', /^<[0-9a-f]{32}@alerts\.example\.org>$/)
    assert.match(headers.get('from') ?? '', /^Tocsin <tocsin@/)
    assert.match(headers.get('to') ?? '', /"Ops, \\"second\\"" <ops2@example\.org>/)
    assert.equal(headers.get('auto-submitted'), 'auto-generated')
    assert.equal(headers.get('x-priority'), '1 (Highest)')
    assert.equal(headers.get('x-tocsin-key'), 'disk-db-1')
    assert.equal(headers.has('references'), false)
  }))

test('what ends, or is no more than a warning, is not marked as important', () =>
  onStage(async ({ vendor, tell }) => {
    const first = telling('trigger', { severity: 'warning' })
    const begun = await tell(first)
    accepted(await tell(knowing(begun, telling('resolve', { status: 'resolved', closedAt: NOW }))))
    assert.deepEqual(
      vendor.letters.map(({ headers }) => headers.has('x-priority')),
      [false, false],
    )
  }))

test('when the answer is lost, the next process sends the same mail: its Message-ID is the same', async () => {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN })
  vendor.behaviour = 'cut-after'
  await afterStart(vendor.origin, async (tell) => {
    const outcome = await tell(telling())
    assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted)
  })
  vendor.behaviour = 'take'
  await afterStart(vendor.origin, async (tell) => void accepted(await tell(recalled(telling()))))
  const [first, second] = vendor.letters
  assert.equal(second?.id, first?.id)
})

test('a process that is killed after it has handed a mail over is followed by one that sends the same mail', async () => {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN })
  vendor.behaviour = 'hang'
  const taken = vendor.nextLetter()
  const script = new URL('tell-email.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, vendor.origin, CERTIFICATE.cert], { stdio: 'inherit' })
  const gone = once(child, 'exit')
  await taken
  child.kill('SIGKILL')
  assert.deepEqual(await gone, [null, 'SIGKILL'])
  vendor.behaviour = 'take'
  await afterStart(vendor.origin, async (tell) => void accepted(await tell(recalled(telling()))))
  const [first, second] = vendor.letters
  assert.equal(second?.id, first?.id)
})

test('when the answer to an update is lost, it is told again as the same mail', () =>
  onStage(async ({ vendor, tell }) => {
    const begun = await tell(telling())
    const changed = { updatedAt: NOW + 1, digest: 'bbbbbbbbbbbbbbbb' }
    const told = { ...INCIDENT.told, status: 'triggered' } as const
    vendor.behaviour = 'cut-after'
    assert.equal((await tell(knowing(begun, telling('update', { ...changed, told })))).kind, 'retry')
    vendor.behaviour = 'take'
    const again = telling('trigger', { ...changed, told: { ...told, status: 'unknown' } })
    accepted(await tell(knowing(begun, again)))
    const [first, update, retold] = vendor.letters
    assert.equal(retold?.id, update?.id)
    assert.deepEqual([update?.thread, retold?.thread], [first?.id, first?.id])
    assert.notEqual(update?.id, first?.id)
  }))

test('after a restart, whatever comes later answers the first mail, under its subject', async () => {
  await using vendor = await SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN })
  let begun: Outcome | undefined
  await afterStart(vendor.origin, async (tell) => void (begun = await tell(telling())))
  assert.ok(begun !== undefined)
  const steps = [
    telling('update', { severity: 'warning', updatedAt: NOW + 1 }, { summary: 'Disk fuller' }),
    telling('remind', { told: { ...INCIDENT.told, at: NOW + 2 } }),
    telling('remind', { told: { ...INCIDENT.told, at: NOW + 3 } }),
    telling('acknowledge', { status: 'acknowledged' }),
    telling('resolve', { status: 'resolved', closedAt: NOW + 4 }),
  ]
  for (const step of steps) {
    const told = knowing(begun, step)
    await afterStart(vendor.origin, async (tell) => void accepted(await tell(told)))
  }
  const [first, ...later] = vendor.letters
  assert.equal(later.length, steps.length)
  for (const letter of later) {
    assert.equal(letter.headers.get('in-reply-to'), first?.id)
    assert.equal(letter.headers.get('references'), first?.id)
    assert.equal(letter.subject, 'Re: [CRITICAL] Disk full')
  }
  assert.equal(new Set(vendor.letters.map(({ id }) => id)).size, steps.length + 1)
  assert.match(later[0]?.text ?? '', /^Updated: Disk fuller/)
  assert.match(later.at(-1)?.text ?? '', /^Resolved: Disk full/)
})

test('an end answers the first mail also when nobody remembers whether it arrived', () =>
  onStage(async ({ vendor, tell }) => {
    vendor.behaviour = 'cut-after'
    await tell(telling())
    vendor.behaviour = 'take'
    const ended = { status: 'resolved', closedAt: NOW + 1 } as const
    accepted(await tell(telling('resolve', ended)))
    const [first, end] = vendor.letters
    assert.deepEqual([end?.thread, end?.subject], [first?.id, `Re: ${first?.subject}`])
  }))

test('a failure that comes back begins another thread', () =>
  onStage(async ({ vendor, tell }) => {
    accepted(await tell(telling()))
    accepted(await tell(telling('trigger', { openedAt: NOW + 60_000 })))
    const [first, second] = vendor.letters
    assert.notEqual(second?.id, first?.id)
    assert.equal(second?.thread, second?.id)
  }))

test('an incident that pages anew is another mail each time', () =>
  onStage(async ({ vendor, tell }) => {
    const begun = await tell(telling())
    accepted(await tell(knowing(begun, telling())))
    const [first, second] = vendor.letters
    assert.notEqual(second?.id, first?.id)
    assert.equal(second?.thread, first?.id)
  }))

test('when the answer to the first was lost, what comes later keeps its thread and its subject', () =>
  onStage(async ({ vendor, tell }) => {
    vendor.behaviour = 'cut-after'
    const begun = await tell(telling('trigger', {}, { summary: 'db is behind (and 1 more)' }))
    assert.ok(begun.kind === 'retry' && begun.reference !== undefined)
    vendor.behaviour = 'take'
    const { reference } = begun
    const ended = telling('resolve', {}, { summary: 'db is behind' })
    accepted(await tell(recalledStep({ ...ended, incident: { ...ended.incident, reference } })))
    const [first, last] = vendor.letters
    assert.equal(last?.thread, first?.id)
    assert.equal(last?.subject, `Re: ${first?.subject}`)
  }))

test('a hundred mails go over few connections', () =>
  onStage(async ({ vendor, tell }) => {
    for (let at = 0; at < 50; at++) accepted(await tell(telling('trigger', { key: `one-${at}` })))
    assert.equal(vendor.connections, 1)
    const keys = Array.from({ length: 50 }, (_, at) => `other-${at}`)
    await Promise.all(keys.map(async (key) => accepted(await tell(telling('trigger', { key })))))
    assert.equal(vendor.letters.length, 100)
    assert.ok(vendor.connections <= 6, `${vendor.connections}`)
  }))

test('a connection that the server has closed meanwhile costs nothing', () =>
  onStage(async ({ vendor, tell }) => {
    accepted(await tell(telling()))
    vendor.cut()
    accepted(await tell(telling('trigger', { key: 'other' })))
    assert.equal(vendor.letters.length, 2)
  }))

test('fifty members are listed, and how many more there are', () =>
  onStage(async ({ vendor, tell }) => {
    const members = Array.from({ length: 50 }, (_, at) => ({
      alert: alertOf({ summary: `Disk ${at} <full>` }),
      severity: 'critical' as const,
    }))
    const told = telling('trigger', { firing: { ...INCIDENT.firing, critical: 62 } })
    accepted(await tell({ ...told, members }))
    const [letter] = vendor.letters
    assert.match(letter?.text ?? '', /- critical: Disk 49 <full>\nand 12 more/)
    assert.match(letter?.html ?? '', /<li>critical: Disk 49 &lt;full&gt;<\/li>\n<li>and 12 more<\/li>/)
  }))

const HOSTILE = '\r\nBcc: thief@example.org\r\n\r\n<script>alert(1)</script><img src=x onerror=y>"\'\u202E'

test('nothing that was told becomes a header, an address or HTML', () =>
  onStage(async ({ vendor, tell }) => {
    const lead = {
      summary: `Disk${HOSTILE}`,
      source: HOSTILE,
      labels: { [`a${HOSTILE}`]: HOSTILE },
      details: { [HOSTILE]: { deep: HOSTILE } },
      links: [
        { href: 'javascript:alert(1)', text: 'a' },
        { href: 'https://a.example/"><script>', text: HOSTILE },
      ],
    }
    const begun = await tell(telling('trigger', { key: HOSTILE }, lead))
    accepted(await tell({ note: { incidentId: 7, key: HOSTILE, text: HOSTILE } }))
    const reference = `<a@b>\r\nBcc: thief@example.org`
    accepted(await tell(telling('update', { reference }, lead)))
    accepted(await tell(knowing(begun, telling('resolve', { key: HOSTILE }, lead))))
    assert.equal(vendor.letters.length, 4)
    for (const { headers, recipients, html } of vendor.letters) {
      assert.equal(headers.has('bcc'), false)
      assert.equal(recipients.length, 3)
      assert.doesNotMatch(html, /<script|<img|javascript:|\u202E/)
    }
    assert.deepEqual(vendor.complaints, [])
  }))

test('a subject of any length is one line of at most 200 characters, and no emoji is cut', () =>
  onStage(async ({ vendor, tell }) => {
    for (let length = 180; length < 190; length++) {
      const summary = `${'x'.repeat(length)}${'\u{1F525}'.repeat(50)}`
      accepted(await tell(telling('trigger', { key: `${length}` }, { summary })))
    }
    for (const { subject } of vendor.letters) {
      assert.ok(subject.length <= 200 && subject.length > 190, subject)
      assert.ok(subject.isWellFormed() && !subject.includes('\uFFFD'))
    }
  }))

test('texts of one’s own are sent; to HTML, everything comes escaped', () =>
  onStage(
    async ({ vendor, tell }) => {
      const outcome = accepted(await tell(telling('trigger', {}, { summary: '<b>Disk</b>' })))
      const [{ subject, text, html } = {} as Letter] = vendor.letters
      assert.deepEqual([subject, text.trim()], ['My <b>Disk</b>', 'Body of <b>Disk</b>'])
      assert.equal(html.trim(), '<p>&lt;b&gt;Disk&lt;/b&gt;</p>')
      assert.deepEqual(outcome.notes, [])
    },
    {
      options: {
        templates: {
          subject: ({ lead }) => `My ${lead.summary}`,
          body: ({ lead }) => `Body of ${lead.summary}`,
          html: ({ lead }) => `<p>${lead.summary}</p>`,
        },
      },
    },
  ))

test('where a text of one’s own fails, the built-in one is sent, and the outcome says so', () =>
  onStage(
    async ({ vendor, tell }) => {
      const { notes } = accepted(await tell(telling()))
      assert.deepEqual(
        notes,
        ['subject', 'body', 'html'].map(
          (key) => `the template for ${key} failed; the built-in text was sent`,
        ),
      )
      assert.equal(vendor.letters[0]?.subject, '[CRITICAL] Disk full')
    },
    { options: { templates: { subject: () => undefined, body: () => undefined, html: () => undefined } } },
  ))
