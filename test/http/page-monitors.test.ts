/** The monitors on the page, as a service shows them that looks at real things. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { openWatching, saying } from './monitors.ts'
import { openService } from './service.ts'

const MARKUP = `"><img src=x onerror=alert(1)></span><b>'\``
const QUERY = 'token=of-nobody-else'

/** Rows of the list by the name of the monitor, in the order of the page, without tags. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  const [, ...parts] = page.split('<div class="row" id="monitor-')
  return new Map(
    parts.map((part) => {
      const [row = ''] = part.split('</div>', 1)
      const [name = ''] = row.split('"', 1)
      const words = row.replaceAll(/<[^>]*>?/g, ' ').replaceAll(/\s+/g, ' ')
      return [name, words.slice(words.indexOf('>') + 1).trim()]
    }),
  )
}

async function pageOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}

/** Somebody who answers 500. */
async function failing(t: TestContext): Promise<string> {
  const server = createServer((_, answer) => answer.writeHead(500).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('each monitor stands on the page with how it stands, and those in trouble stand first', async (t) => {
  const service = await openWatching({
    fine: saying('OK', 0),
    doubtful: { ...saying('It seems slow', 1), confirm: { trouble: 2 } },
    broken: { type: 'exec', schedule: '0 3 * * *', command: ['/nowhere/check_disk'] },
    backup: { type: 'heartbeat', within: '1d' },
    disk: saying('The disk is full', 2),
  })
  t.after(() => service.close())
  const rows = rowsOf(await pageOf(service.url))
  assert.deepEqual([...rows.keys()], ['broken', 'disk', 'doubtful', 'fine', 'backup'])
  assert.match(
    rows.get('broken') ?? '',
    /^Could not look broken exec · 0 3 \* \* \* UTC .*check_disk was not started.* 1 alert firing · #\d+ looked (?:just now|\d+ s ago) took \S+ next (now|in \d+ \w+)$/,
  )
  assert.match(
    rows.get('disk') ?? '',
    /^Trouble disk exec · every 1h The disk is full 1 alert firing · #\d+ /,
  )
  assert.match(
    rows.get('doubtful') ?? '',
    /^Not sure yet .* It seems slow not confirmed yet looked (?:just now|\d+ s ago)/,
  )
  assert.match(
    rows.get('fine') ?? '',
    /^Well fine exec · every 1h – looked (?:just now|\d+ s ago) took \S+ next (now|in \d+ \w+)$/,
  )
  assert.match(
    rows.get('backup') ?? '',
    /^Well backup heartbeat · every 30s – never heard next (now|in \d+ s)$/,
  )
  await fetch(`${service.url}/v1/heartbeats/backup`, { method: 'POST' })
  assert.match(rowsOf(await pageOf(service.url)).get('backup') ?? '', / heard just now /)
  const { monitors } = (await (await fetch(`${service.url}/v1/monitors`)).json()) as {
    monitors: readonly { name: string; state: string }[]
  }
  assert.deepEqual(Object.fromEntries(monitors.map(({ name, state }) => [name, state])), {
    fine: 'well',
    doubtful: 'unsure',
    broken: 'failed',
    backup: 'well',
    disk: 'trouble',
  })
})

test('of much trouble the first few lines are shown, with links to its open incidents, and no query of an address', async (t) => {
  const url = await failing(t)
  const urls = Array.from({ length: 7 }, (_, n) => `${url}/${n}?${QUERY}`)
  const service = await openWatching({ addresses: { type: 'http', every: '1h', url: urls } })
  t.after(() => service.close())
  const page = await pageOf(service.url)
  const row = rowsOf(page).get('addresses') ?? ''
  assert.equal(page.match(/class="saw"/g)?.length, 5)
  assert.match(row, / and 2 more 7 alerts firing( · #\d+){5} · 2 more incidents /)
  const [, link = ''] = /<a href="(\/incidents\/\d+)">#\d+<\/a>/.exec(page) ?? []
  assert.equal((await fetch(service.url + link)).status, 200)
  assert.ok(!page.includes(QUERY))
})

test('what a check prints is shown as text, whatever it tries to be', async (t) => {
  const service = await openWatching({ evil: saying(MARKUP, 1) })
  t.after(() => service.close())
  const page = await pageOf(service.url)
  assert.ok(page.includes('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;/span&gt;&lt;b&gt;'))
  assert.doesNotMatch(page, /<img/)
})

test('before their first look they say so, and without monitors nothing is shown of them', async (t) => {
  const [waiting, none] = await Promise.all([
    openService({ monitors: { disk: saying('OK', 0) } }, { start: false }),
    openService({}, { start: false }),
  ])
  t.after(() => Promise.all([waiting.close(), none.close()]))
  assert.match(
    rowsOf(await pageOf(waiting.url)).get('disk') ?? '',
    /^Not looked yet disk exec · every 1h – never looked –$/,
  )
  assert.doesNotMatch(await pageOf(none.url), /id="monitors"|class="list monitors"/)
})

test('of many monitors the page shows fifty, and those in trouble are among them', async (t) => {
  const names = Array.from({ length: 60 }, (_, n) => `beat-${n}`)
  const beats = names.map((name) => [name, { type: 'heartbeat', within: '1d' }] as const)
  const service = await openWatching({ ...Object.fromEntries(beats), last: saying('It is bad', 2) })
  t.after(() => service.close())
  const page = await pageOf(service.url)
  const rows = rowsOf(page)
  assert.equal(rows.size, 50)
  assert.deepEqual([...rows.keys()].slice(0, 2), ['last', 'beat-0'])
  assert.match(page, /and 11 more: GET \/v1\/monitors/)
})
