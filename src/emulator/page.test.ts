import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createEmulator, type EmulatorCore } from './core.ts'
import type { Reply } from './answer.ts'

const KEY = 'abcd'.repeat(8)
const NOW = 1_700_000_000_000
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`

function open(): EmulatorCore {
  let made = 0
  return createEmulator({ id: () => (++made).toString(16).padStart(13, '0'), random: () => 0, limit: 0 })
}

function get(emulator: EmulatorCore, path: string, headers = {}, method = 'GET'): Reply {
  const answer = emulator.handle({ method, path, headers, body: '' }, NOW + 60_000)
  if (answer.kind !== 'reply') throw new Error(`${answer.kind} instead of a reply`)
  return answer
}

function trigger(emulator: EmulatorCore, dedup: string, change: object = {}, top: object = {}): string {
  const payload = { summary: `${dedup} full`, source: 'db-1', severity: 'critical', ...change }
  const event = { routing_key: KEY, event_action: 'trigger', dedup_key: dedup, payload, ...top }
  emulator.handle({ method: 'POST', path: '/v2/enqueue', headers: {}, body: JSON.stringify(event) }, NOW)
  return emulator.incident(dedup)?.id ?? ''
}

/** An incident whose every field was written by somebody with bad intentions. */
function triggerHostile(emulator: EmulatorCore): string {
  return trigger(
    emulator,
    HOSTILE,
    {
      summary: HOSTILE,
      source: HOSTILE,
      component: HOSTILE,
      group: HOSTILE,
      class: HOSTILE,
      custom_details: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] } },
    },
    {
      client: HOSTILE,
      client_url: 'javascript:alert(1)',
      links: [
        { href: 'javascript:alert(2)', text: 'innocent' },
        { href: ' JavaScript:alert(3)', text: HOSTILE },
        { href: `https://a.example/?q=${HOSTILE}` },
      ],
      images: [{ src: `https://a.example/${HOSTILE}`, href: 'data:text/html,x', alt: HOSTILE }],
    },
  )
}

test('nothing in an alert becomes markup or a script link, in the list or on the page of the incident', () => {
  const emulator = open()
  const id = triggerHostile(emulator)
  for (const path of ['/', `/emulator/incidents/${id}.html`, `/?q=${encodeURIComponent(HOSTILE)}`]) {
    const { status, body } = get(emulator, path)
    assert.equal(status, 200)
    assert.equal(body.match(/<script/g)?.length, 1, 'only our own script')
    assert.doesNotMatch(body, /<img src=x|"><script|onerror=alert\(1\)>/)
    assert.doesNotMatch(body, /href="\s*(javascript|data):/i)
    assert.match(body, /&lt;script&gt;/)
  }
})

test('the content security policy allows our own script and style by hash and nothing else inline', () => {
  const { headers, body } = get(open(), '/')
  const policy = headers['content-security-policy'] ?? ''
  for (const tag of ['script', 'style']) {
    const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(text).digest('base64')
    assert.ok(policy.includes(`${tag}-src 'sha256-${hash}'`), tag)
  }
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe/)
  assert.doesNotMatch(body, / on[a-z]+="| style="/)
})

test('the list shows each incident, counts them, and narrows by status and search', () => {
  const emulator = open()
  const id = trigger(emulator, 'disk')
  trigger(emulator, 'cpu')
  get(emulator, `/emulator/incidents/${id}/resolve`, {}, 'POST')
  const all = get(emulator, '/').body
  assert.ok(all.indexOf('cpu full') < all.indexOf('disk full'), 'newest first')
  assert.match(all, /1 open/)
  assert.match(all, /1 min ago/)
  assert.doesNotMatch(get(emulator, '/?status=resolved').body, /cpu full/)
  assert.doesNotMatch(get(emulator, '/?q=DISK').body, /cpu full/)
  assert.match(get(emulator, '/?q=nowhere').body, /Nothing found/)
  assert.match(get(open(), '/').body, /All quiet/)
})

test('of thousands of incidents the list shows fifty at a time', () => {
  const emulator = open()
  for (let index = 0; index < 2000; index++) trigger(emulator, `k${index}`)
  const { body } = get(emulator, '/?page=2')
  assert.equal(body.match(/<details/g)?.length, 50)
  assert.match(body, /51 to 100 of 2000 incidents/)
  assert.ok(body.includes('href="/?page=3"'))
})

test('the buttons of the page acknowledge and resolve as a person does, and lead back', () => {
  const emulator = open()
  const id = trigger(emulator, 'disk')
  const browser = { accept: 'text/html,*/*', referer: 'http://127.0.0.1:8351//evil.example/?status=open' }
  const pressed = get(emulator, `/emulator/incidents/${id}/acknowledge`, browser, 'POST')
  assert.deepEqual([pressed.status, pressed.headers['location']], [303, '/evil.example/?status=open'])
  assert.equal(emulator.incident('disk')?.status, 'acknowledged')
  const scripted = get(emulator, `/emulator/incidents/${id}/resolve`, {}, 'POST')
  assert.equal(scripted.status, 200)
  assert.equal(emulator.incident('disk')?.status, 'resolved')
  get(emulator, `/emulator/incidents/${id}/acknowledge`, browser, 'POST')
  assert.equal(emulator.incident('disk')?.status, 'resolved')
})

test('a page that has not changed is not sent again, and one that has is', () => {
  const emulator = open()
  const { etag = '' } = get(emulator, '/').headers
  assert.equal(get(emulator, '/', { 'if-none-match': etag }).status, 304)
  trigger(emulator, 'disk')
  assert.equal(get(emulator, '/', { 'if-none-match': etag }).status, 200)
})

test('an active fault shows as a banner', () => {
  const emulator = open()
  assert.doesNotMatch(get(emulator, '/').body, /Fault active/)
  emulator.faults({ status: 503, retry_after: 5, share: 0.5 })
  assert.match(get(emulator, '/').body, /answers 503 · Retry-After 5 s · 50 % of requests/)
})
