import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { openWatching, saying } from '../http/monitors.ts'
import { openService, post, ROUTING_KEY, type Service } from '../http/service.ts'
import { openBrowser } from './browser.ts'

const MARKUP = `"><img src=x onerror=alert(1)></script><script>alert('2')</script>'\``
const TOKEN = 'token-of-somebody-0123456789'

let browser: Browser
let emulator: Emulator
let service: Service

before(async () => {
  ;[browser, emulator] = await Promise.all([openBrowser(), openEmulator({})])
  service = await openService({
    destinations: { oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulator.url } },
  })
})

after(async () => {
  await browser.close()
  await service.close()
  await emulator.close()
})

/** A page that is watched: dialogs, errors, violations of its policy, and requests to anywhere else are complaints. */
async function openPage(url: string, token?: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(
    token === undefined ? {} : { httpCredentials: { username: 'me', password: token } },
  )
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  // Violations of the policy are told here too.
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
  })
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(url) && !asked.startsWith('data:')) complaints.push(`request: ${asked}`)
  })
  await page.goto(url)
  return { page, complaints }
}

async function accept(alert: object): Promise<void> {
  const answer = await post(`${service.url}/v1/alerts`, alert)
  assert.equal(answer.status, 202, await answer.text())
}

/** What the browser made of the page: elements and links that only an alert can have brought. */
const STRANGERS = `[
  ...document.querySelectorAll('img, iframe, object, embed, script[src], base'),
  ...[...document.querySelectorAll('*')].filter((element) => [...element.attributes].some(({ name }) => name.startsWith('on'))),
  ...[...document.querySelectorAll('a')].filter(({ protocol }) => !/^https?:$/.test(protocol)),
].map((element) => element.outerHTML)`

test('an incident that was posted shows on both pages, and Resolve ends it on both', async () => {
  await accept({ dedup_key: 'disk-db-1', summary: 'Disk of db-1 is full', severity: 'critical' })
  await emulator.waitFor('disk-db-1', 'triggered')
  const [ours, theirs] = await Promise.all([openPage(service.url), openPage(emulator.url)])
  for (const { page } of [ours, theirs]) {
    await page.getByText('Disk of db-1 is full').first().waitFor()
    await page.locator('.pill', { hasText: 'Triggered' }).first().waitFor()
  }
  const row = ours.page.locator('details', { hasText: 'disk-db-1' })
  await row.locator('summary').click()
  await row.getByText('first-firing').waitFor()
  await row.getByText('accepted').waitFor()
  await row.getByRole('button', { name: 'Acknowledge' }).click()
  await row.locator('.pill', { hasText: 'Acknowledged' }).waitFor()
  assert.equal(await row.getAttribute('open'), '', 'the row stays expanded')
  await row.getByRole('button', { name: 'Resolve' }).click()
  await row.waitFor({ state: 'detached' })
  await ours.page.getByText('All quiet').waitFor()
  await emulator.waitFor('disk-db-1', 'resolved')
  await theirs.page.locator('.pill', { hasText: 'Resolved' }).first().waitFor()
  assert.deepEqual([...ours.complaints, ...theirs.complaints], [])
})

test('what tries to be markup is shown as text on every page, and runs nothing', async () => {
  const link = { href: `https://a.example/?q=${encodeURIComponent(MARKUP)}'`, text: MARKUP }
  await accept({
    dedup_key: MARKUP,
    summary: MARKUP,
    source: MARKUP,
    severity: 'error',
    labels: { [MARKUP]: MARKUP, alertname: MARKUP, link: 'javascript:alert(3)' },
    annotations: { runbook_url: 'javascript:alert(4)', [MARKUP]: MARKUP, data: 'data:text/html,x' },
    details: { [MARKUP]: { [MARKUP]: [MARKUP] } },
    links: [link],
    images: [{ src: 'https://a.example/i.png', alt: MARKUP }],
    client: MARKUP,
    client_url: 'https://a.example/',
    classification: { label: MARKUP, reasoning: MARKUP },
  })
  const incident = await emulator.waitFor(MARKUP, 'triggered')
  const { page, complaints } = await openPage(service.url)
  const row = page.locator('details', { hasText: 'onerror' })
  assert.ok((await row.locator('.title').textContent())?.includes(MARKUP))
  await row.locator('summary').click()
  await row.locator('.timeline').waitFor()
  assert.deepEqual(await page.evaluate(STRANGERS), [])
  await row.getByRole('link', { name: 'Open its page' }).click()
  await page.locator('h1', { hasText: 'onerror' }).waitFor()
  assert.ok((await page.title()).includes(MARKUP))
  assert.deepEqual(await page.evaluate(STRANGERS), [])
  await page.goto(`${service.url}/?key=${encodeURIComponent(MARKUP)}`)
  assert.equal(await page.inputValue('#search'), MARKUP)
  assert.deepEqual(await page.evaluate(STRANGERS), [])
  assert.deepEqual(complaints, [])
  const theirs = await openPage(emulator.url)
  await theirs.page.locator('details', { hasText: 'onerror' }).locator('summary').click()
  assert.deepEqual(await theirs.page.evaluate(STRANGERS), [])
  assert.deepEqual(theirs.complaints, [])
  assert.equal(incident.dedup_key, MARKUP)
})

test('new incidents come in and what is expanded stays as it is, without the page being built anew', async () => {
  const { page, complaints } = await openPage(service.url)
  const row = page.locator('details').first()
  await row.locator('summary').click()
  await row.locator('.timeline').waitFor()
  await page.evaluate(`document.querySelector('details[open]').dataset.mark = 'the same element'; 0`)
  await page.locator('summary').first().focus()
  await accept({ dedup_key: 'second', summary: 'A second one', severity: 'warning' })
  await page.getByText('A second one').waitFor()
  assert.equal(await page.locator('details[open] .timeline').count(), 1)
  assert.match(String(await page.evaluate(`document.activeElement.id`)), /^row-/)
  assert.deepEqual(complaints, [])
})

test('a delivery that was refused shows with its reason, and Retry sends it again', async () => {
  const strict = await openEmulator({})
  strict.faults({ status: 400 })
  const refused = await openService({
    destinations: { oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: strict.url } },
  })
  await post(`${refused.url}/v1/alerts`, { dedup_key: 'lost', summary: 'Nobody takes it', severity: 'error' })
  const { page, complaints } = await openPage(refused.url)
  const row = page.locator('.deliveries .row', { hasText: 'Nobody takes it' })
  await row.locator('.pill', { hasText: 'Given up' }).waitFor()
  await row.locator('.why', { hasText: '400' }).waitFor()
  strict.faults({})
  await row.getByRole('button', { name: 'Retry' }).click()
  await strict.waitFor('lost', 'triggered')
  await row.waitFor({ state: 'detached' })
  await page.locator('details', { hasText: 'Nobody takes it' }).getByText('knows: triggered').waitFor()
  assert.deepEqual(complaints, [])
  await refused.close()
  await strict.close()
})

test('monitors show with what they saw, as text, with the way to the incident, and keep up to date', async () => {
  const watching = await openWatching({
    backup: { type: 'heartbeat', within: '1d' },
    disk: saying(MARKUP, 2),
  })
  const { page, complaints } = await openPage(watching.url)
  const disk = page.locator('.monitors .row', { hasText: 'disk' })
  await disk.locator('.pill', { hasText: 'Trouble' }).waitFor()
  assert.ok((await disk.locator('.saw').textContent())?.includes(MARKUP))
  assert.equal(await page.locator('.monitors .row:not(.head)').first().getAttribute('id'), 'monitor-disk')
  assert.deepEqual(await page.evaluate(STRANGERS), [])
  const backup = page.locator('.monitors .row', { hasText: 'backup' })
  await backup.getByText('never heard').waitFor()
  await post(`${watching.url}/v1/heartbeats/backup`, {})
  await backup.getByText(/^heard (just now|\d+ s ago)$/).waitFor()
  await disk.getByRole('link', { name: '#' }).click()
  await page.locator('h1', { hasText: 'onerror' }).waitFor()
  assert.deepEqual(complaints, [])
  await watching.close()
})

test('with tokens a browser asks for one, and the buttons work with it', async () => {
  const guarded = await openService({ server: { tokens: [TOKEN] } })
  const authorization = { authorization: `Bearer ${TOKEN}` }
  await post(`${guarded.url}/v1/alerts`, { dedup_key: 'guarded', summary: 'Behind a token' }, authorization)
  const { page } = await openPage(guarded.url, TOKEN)
  const row = page.locator('details', { hasText: 'guarded' })
  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Resolve' }).click()
  await row.waitFor({ state: 'detached' })
  await page.getByText(/authorization: Bearer TOKEN/).waitFor()
  assert.ok(!(await page.content()).includes(TOKEN))
  await guarded.close()
})

test('a page whose service is away says so, and what it shows stays', async () => {
  const short = await openService({}, { start: false })
  await post(`${short.url}/v1/alerts`, { dedup_key: 'stays', summary: 'It stays in sight' })
  const { page } = await openPage(short.url)
  await short.close()
  await page.getByText('No answer from Tocsin').waitFor()
  await page.getByText('It stays in sight').waitFor()
})
