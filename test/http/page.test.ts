import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { openService, post } from './service.ts'

test('the policy of a page allows our own script and style by hash and nothing else', async () => {
  const service = await openService({}, { start: false })
  const answer = await fetch(service.url)
  const page = await answer.text()
  const policy = answer.headers.get('content-security-policy') ?? ''
  for (const tag of ['script', 'style']) {
    const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(text).digest('base64')
    assert.ok(policy.includes(`${tag}-src 'sha256-${hash}'`), tag)
  }
  assert.match(policy, /default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe/)
  assert.doesNotMatch(page, / on[a-z]+="| style="/)
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  await service.close()
})

test('an empty page says what to do first, for the address it was asked at', async () => {
  const service = await openService({}, { start: false })
  const page = await (await fetch(service.url)).text()
  assert.match(page, /All quiet/)
  assert.ok(page.includes(`curl ${service.url}/v1/alerts`))
  assert.doesNotMatch(page, /authorization: Bearer/)
  assert.match(await (await fetch(`${service.url}/?status=resolved`)).text(), /No incident is resolved/)
  assert.match(await (await fetch(`${service.url}/?key=%3Cb%3E`)).text(), /With dedup key “&lt;b&gt;”/)
  await service.close()
})

test('of many incidents the page shows fifty at a time, and its totals count all that wait', async () => {
  const service = await openService({}, { start: false })
  const alerts = Array.from({ length: 260 }, (_, n) => ({ dedup_key: `k${n}`, summary: `Number ${n}` }))
  await post(`${service.url}/v1/alerts`, alerts)
  const page = await (await fetch(service.url)).text()
  assert.equal(page.match(/<details/g)?.length, 50)
  assert.match(page, /<b>200\+<\/b>\s*open incidents/)
  assert.match(page, /<b>260<\/b>\s*deliveries waiting/)
  const next = /href="(\/\?before=\d+)">Older/.exec(page)?.[1] ?? ''
  const older = await (await fetch(service.url + next)).text()
  assert.match(older, /Number 209/)
  assert.doesNotMatch(older, /Number 210/)
  await service.close()
})

test('only the rows that are named come expanded, with their timeline', async () => {
  const service = await openService({}, { start: false })
  await post(`${service.url}/v1/alerts`, [
    { dedup_key: 'a', summary: 'A' },
    { dedup_key: 'b', summary: 'B' },
  ])
  assert.doesNotMatch(await (await fetch(service.url)).text(), /class="timeline"/)
  const page = await (await fetch(`${service.url}/?open=2,7,x`)).text()
  assert.equal(page.match(/class="timeline"/g)?.length, 1)
  assert.match(page, /first-firing/)
  assert.match(page, /<details id="incident-2"[^>]* open/)
  await service.close()
})
