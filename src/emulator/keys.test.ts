import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator } from './core.ts'

const KEYS = ['abcdefghijklmnopqrstuvwxyz012345', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345']
const MALFORMED = 'not-a-key-but-still-a-secret-of-somebody'
const SECRET = 'secret-of-the-webhook'
const NOW = 1_700_000_000_000

test('no way to look at the emulator shows a whole routing key or the secret of the webhook', () => {
  let made = 0
  const emulator = createEmulator({
    id: () => (++made).toString(16).padStart(13, '0'),
    random: () => 0,
    limit: 3,
    webhook: { url: 'http://localhost/x', secret: SECRET },
  })
  const call = (method: string, path: string, body = '', headers: Record<string, string> = {}): string => {
    const answer = emulator.handle({ method, path, headers, body }, NOW)
    return answer.kind === 'reply' ? JSON.stringify([answer.headers, answer.body]) : ''
  }
  const seen: string[] = []
  const payload = { summary: 'Disk full', source: 'db-1', severity: 'error' }
  for (const routing_key of [...KEYS, MALFORMED]) {
    const event = {
      routing_key,
      event_action: 'trigger',
      dedup_key: 'disk',
      payload,
      note: `key ${routing_key}`,
    }
    seen.push(call('POST', '/v2/enqueue', JSON.stringify(event)))
    seen.push(call('POST', '/v2/enqueue', JSON.stringify({ ...event, payload: {} })))
    seen.push(call('POST', '/v2/enqueue', `{"routing_key":"${routing_key}", `))
    const { routing_key: _, ...keyless } = event
    seen.push(call('POST', '/v2/enqueue', JSON.stringify(keyless), { 'x-routing-key': routing_key }))
    for (let index = 0; index < 4; index++)
      seen.push(call('POST', '/v2/change/enqueue', JSON.stringify({ routing_key, payload })))
  }
  seen.push(call('PUT', '/emulator/webhook', JSON.stringify({ url: 'http://localhost/x', secret: SECRET })))
  const ids = emulator.incidents().map(({ id }) => id)
  assert.equal(ids.length, 2)
  const token = { authorization: 'Token token=x', from: 'a@example.com' }
  const pages = ['', '/alerts', '/notes', '/log_entries'].flatMap((part) =>
    ids.map((id) => `/incidents/${id}${part}`),
  )
  const views = ids.flatMap((id) => [`/emulator/incidents/${id}`, `/emulator/incidents/${id}.html`])
  const lists = ['/', '/?status=open', '/incidents', '/emulator/incidents', '/emulator/events']
  for (const path of [...lists, '/emulator/faults', '/emulator/webhook', ...views, ...pages]) {
    const text = call('GET', path, '', token)
    assert.match(text, /"content-type"/, path)
    seen.push(text)
  }
  for (const text of [...seen, JSON.stringify([emulator.incidents(), emulator.events()])])
    for (const secret of [...KEYS, MALFORMED, SECRET])
      assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), text)
  assert.match(call('GET', '/emulator/incidents'), /abcd…/)
})
