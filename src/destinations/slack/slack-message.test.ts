import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert } from '../../alert/alert.ts'
import type { FiringMember, IncidentTelling } from '../../decide/decide.ts'
import { compileTelling } from '../../templates/templates.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import { INCIDENT } from '../../../test/contracts/destination-kind.ts'
import { refusalOf } from '../../../test/vendors/slack-blocks.ts'
import type { Block } from './slack-block.ts'
import { memberTexts } from './slack-members.ts'
import { changeMessage, incidentMessage, type SlackText, type Written } from './slack-message.ts'
import { cutMrkdwn } from './slack-text.ts'
import { lasted } from './slack-words.ts'

function telling(more: Partial<IncidentTelling> = {}, lead: Partial<Alert> = {}): IncidentTelling {
  return { action: 'trigger', incident: INCIDENT, lead: alertOf(lead), ...more }
}

/** The message, which Slack takes. */
function written(told: IncidentTelling, text?: SlackText): Written {
  const found = incidentMessage(told, text)
  assert.equal(refusalOf(JSON.parse(JSON.stringify(found.message))), undefined)
  return found
}

function bodyOf({ message }: Written): readonly Block[] {
  return message.attachments[0].blocks
}

/** Every text below the headline, in order. */
function textsOf(found: Written): readonly string[] {
  return bodyOf(found).flatMap((block) => {
    if (block.type === 'section')
      return [block.text, ...(block.fields ?? [])].flatMap((item) => item?.text ?? [])
    if (block.type === 'header') return [block.text.text]
    return block.elements.map((item) => (item.type === 'button' ? item.text.text : item.text))
  })
}

function membersOf(count: number, type: string | undefined, summary = 'Process'): readonly FiringMember[] {
  return Array.from({ length: count }, (_, at) => ({
    alert: alertOf({
      summary: `${summary} ${at + 1}`,
      labels: { instance: `p-${at}`, ...(type === undefined ? {} : { type }) },
    }),
    severity: 'error' as const,
  }))
}

suite('a message', () => {
  test('turns no line around, whatever direction somebody wrote in', () => {
    const found = written(telling({}, { summary: 'a\u202Eb\u2066c', labels: { '\u202Ek': '\u2069v' } }))
    assert.ok(!/[\u202A-\u202E\u2066-\u2069]/.test(JSON.stringify(found.message)))
    assert.equal(found.message.text, 'Critical: abc')
  })

  test('shows an incident: headline, facts, details, links, and what it goes by', () => {
    const found = written(
      telling(
        {},
        {
          annotations: { description: 'No byte is free.' },
          details: { state_nonce: 5243, su_router_nonce: 5363 },
          links: [
            { href: 'https://runbooks.example/disk', text: 'Runbook' },
            { href: 'https://graphs.example/1' },
            { href: 'http://prometheus:9090/graph', text: 'Graph' },
          ],
        },
      ),
    )
    const { message, notes } = found
    assert.equal(message.text, 'Critical: Disk full')
    assert.deepEqual(message.blocks, [
      { type: 'header', text: { type: 'plain_text', text: 'Critical: Disk full', emoji: false } },
    ])
    assert.equal(message.attachments[0].color, '#d32f2f')
    assert.deepEqual(textsOf(found), [
      'Severity: critical',
      'Status: firing',
      'Affected: db-1',
      'Firing: 1',
      'Since: <!date^1700000000^{date_short_pretty} {time}|2023-11-14T22:13:20.000Z>',
      'No byte is free.',
      'state_nonce: 5243\nsu_router_nonce: 5363\nalertname: DiskFull\ninstance: db-1\nGraph: http://prometheus:9090/graph',
      'Runbook',
      'graphs.example',
      'Tocsin · incident 7 · disk-db-1',
    ])
    assert.deepEqual(notes, [])
  })

  test('has a colour for each severity, and green when it is over', () => {
    const colourOf = (more: Partial<IncidentTelling>): string =>
      written(telling(more)).message.attachments[0].color
    const colours = (['critical', 'error', 'warning', 'info'] as const).map((severity) =>
      colourOf({ incident: { ...INCIDENT, severity } }),
    )
    const over = colourOf({ action: 'resolve', incident: { ...INCIDENT, closedAt: NOW + 7_500_000 } })
    assert.equal(new Set([...colours, over]).size, 5)
    assert.equal(over, '#2e7d32')
  })

  test('says how it stands once it was told', () => {
    const headOf = (more: Partial<IncidentTelling>): readonly unknown[] => {
      const found = written(telling(more))
      return [found.message.text, ...textsOf(found).filter((text) => /^(?:Status|Lasted)/.test(text))]
    }
    const acknowledged = { ...INCIDENT, status: 'acknowledged' } as const
    assert.deepEqual(headOf({ action: 'acknowledge' }), ['Acknowledged: Disk full', 'Status: acknowledged'])
    assert.deepEqual(headOf({ action: 'update', incident: acknowledged }), [
      'Acknowledged: Disk full',
      'Status: acknowledged',
    ])
    assert.deepEqual(headOf({ action: 'trigger', incident: acknowledged }), [
      'Critical: Disk full',
      'Status: firing',
    ])
    assert.deepEqual(headOf({ action: 'resolve', incident: { ...INCIDENT, closedAt: NOW + 7_500_000 } }), [
      'Resolved: Disk full',
      'Status: resolved',
      'Lasted: 2h 5m',
    ])
  })

  test('says in full below the headline what the headline cannot hold', () => {
    const summary = 'long '.repeat(100).trim()
    const found = written(telling({}, { summary }))
    assert.equal(textsOf(found)[0], summary)
    assert.deepEqual(found.notes, [])
  })

  test('splits no character where it is cut', () => {
    for (const length of [140, 141, 142, 1_499, 1_500, 1_501, 4_000]) {
      const { message } = written(telling({}, { summary: `${'x'.repeat(length % 2)}${'🔥'.repeat(length)}` }))
      assert.ok(message.text.isWellFormed())
    }
  })

  test('says what it had to leave out', () => {
    const links = Array.from({ length: 9 }, (_, at) => ({ href: `https://a.example/${at}` }))
    assert.deepEqual(written(telling({}, { links })).notes, [
      'not all of it is shown: Slack takes only so much in one message',
    ])
  })

  test('of everything that is long at once is still one that Slack takes', () => {
    const quotes = '"\\'.repeat(5_000)
    const types = ['a', 'b', 'c', 'd', 'e'].flatMap((type) => membersOf(10, type, quotes))
    const lead = {
      summary: quotes,
      links: Array.from({ length: 9 }, (_, at) => ({ href: `https://a.example/${'x'.repeat(900)}${at}` })),
    }
    const incident = { ...INCIDENT, key: quotes.slice(0, 255), firing: { ...INCIDENT.firing, critical: 50 } }
    assert.ok(written(telling({ members: types, incident }, lead)).notes.length > 0)
  })

  test('of a change tells who made it', () => {
    const { message } = changeMessage({
      source: 'ci',
      origin: 'main',
      summary: 'Deployed',
      timestamp: '2026-08-22T08:42:58Z',
      labels: { team: 'db' },
      links: [{ href: 'https://ci.example/7', text: 'Build' }],
    })
    assert.equal(refusalOf(JSON.parse(JSON.stringify(message))), undefined)
    assert.deepEqual(textsOf({ message, notes: [] }), [
      'Source: main',
      'At: 2026-08-22T08:42:58Z',
      'team: db',
      'Build',
    ])
  })
})

suite('several alerts', () => {
  test('are counted and listed by type: the first 8 of each, and the first 3 errors, cut', () => {
    const members = [...membersOf(12, 'mismatch'), ...membersOf(5, 'error', `Timeout ${'x'.repeat(200)}`)]
    const [mismatches = '', errors = '', ...more] = memberTexts(members, 17)
    assert.deepEqual(mismatches.split('\n'), [
      '12 mismatches:',
      ...Array.from({ length: 8 }, (_, at) => `• Process ${at + 1}`),
      '... and 4 more mismatches',
    ])
    const lines = errors.split('\n')
    assert.deepEqual([lines[0], lines[4], lines.length], ['5 errors:', '... and 2 more errors', 5])
    assert.ok(lines.slice(1, 4).every((line) => line.length === '• '.length + 100 && line.endsWith('…')))
    assert.deepEqual(more, [])
  })

  test('of which not all were listed are counted all the same', () => {
    assert.deepEqual(memberTexts(membersOf(2, undefined), 60), [
      '2 alerts:\n• Process 1\n• Process 2',
      '... and 58 more alerts',
    ])
  })

  test('stand in the place of the details of one', () => {
    const incident = { ...INCIDENT, firing: { critical: 1, error: 0, warning: 2, info: 0 } }
    const texts = textsOf(written(telling({ incident, members: membersOf(3, 'entry') })))
    assert.deepEqual(texts.slice(3, 6).toSpliced(1, 1), [
      'Firing: 3 (1 critical, 2 warning)',
      '3 entries:\n• Process 1\n• Process 2\n• Process 3',
    ])
  })
})

suite('what somebody else wrote', () => {
  const EVIL =
    '<!channel> <@U123> @here #general *b* `c` <https://evil.example|https://bank.example> &amp; :fire:'

  test('calls nobody and links nowhere: it stands where nothing has a meaning', () => {
    const lead = { summary: EVIL, labels: { instance: EVIL, type: EVIL }, annotations: { description: EVIL } }
    const { message } = written(telling({}, lead))
    const objects = JSON.stringify([message.blocks, message.attachments])
    for (const [, text = ''] of objects.matchAll(/"type":"mrkdwn","text":"([^"]*)"/g))
      assert.match(text, /^Since: /)
    assert.ok(!/[<>]/.test(message.text))
  })

  test('is escaped in a template, whose own marks have their meaning', () => {
    const { render } = compileTelling(
      '<!here> *{{ summary }}* on {{ instance }} {{ details.a }} <https://a.example|Wiki>',
    )
    const lead = { summary: EVIL, labels: { instance: '<@U1>' }, details: { a: '<b>' } }
    const [body] = bodyOf(incidentMessage(telling({}, lead), render))
    assert.ok(body?.type === 'section' && body.text?.type === 'mrkdwn' && body.text.verbatim)
    const { text } = body.text
    assert.ok(text.startsWith('<!here> *&lt;!channel&gt; &lt;@U123&gt;'), text)
    assert.ok(text.endsWith('on &lt;@U1&gt; &lt;b&gt; <https://a.example|Wiki>'), text)
  })

  test('is cut in a template without leaving a mark open', () => {
    assert.equal(cutMrkdwn('ab &amp; cd', 7), 'ab …')
    assert.equal(cutMrkdwn('ab <https://a.example|x>', 12), 'ab …')
    assert.equal(cutMrkdwn('ab 🔥 cd', 5), 'ab …')
    assert.equal(cutMrkdwn('ab &amp; cd', 11), 'ab &amp; cd')
  })
})

suite('a template', () => {
  test('replaces the body, and neither the headline nor the colour', () => {
    const found = written(telling({}, { links: [{ href: 'https://a.example' }] }), () => 'a *text*')
    assert.deepEqual(textsOf(found), ['a *text*', 'a.example', 'Tocsin · incident 7 · disk-db-1'])
    assert.deepEqual(
      [found.message.text, found.message.attachments[0].color],
      ['Critical: Disk full', '#d32f2f'],
    )
    assert.deepEqual(found.notes, [])
  })

  test('that fails, or comes to nothing, leaves the built-in body and says so', () => {
    for (const text of [(): undefined => undefined, (): string => ' \u0000 ']) {
      const found = written(telling(), text)
      assert.equal(textsOf(found)[0], 'Severity: critical')
      assert.deepEqual(found.notes, ['the template for text failed; the built-in text was sent'])
    }
  })

  test('that gives too much is cut', () => {
    const [text = ''] = textsOf(written(telling(), () => 'x'.repeat(5_000)))
    assert.equal(text.length, 3_000)
  })
})

test('a duration is told in its two largest units', () => {
  const MS = [-5, 0, 999, 61_000, 7_500_000, 90_061_000]
  assert.deepEqual(MS.map(lasted), ['0s', '0s', '1s', '1m 1s', '2h 5m', '1d 1h'])
})
