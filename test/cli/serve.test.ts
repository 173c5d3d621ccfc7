/** `tocsin serve` as a process: what it says, how it refuses to start, and how it stops. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { json, sitDown } from './tocsin.ts'

test('it says where everything is, and the request it names works as it stands', async (t) => {
  const { serve, configure, emulator, folder } = await sitDown(t)
  configure()
  const { service, url } = await serve('--log-level', 'error')
  const { code, stdout } = await service.stop()
  assert.equal(code, 0)
  for (const said of [`${url}/`, join(folder, 'tocsin.db'), 'tocsin.yaml', 'oncall', `curl ${url}/v1/alerts`])
    assert.ok(stdout.includes(said), `${said} in ${stdout}`)
  const again = await serve('--log-level', 'error')
  const body = /-d '(.*)'/.exec(stdout)?.[1] ?? ''
  const answer = await fetch(`${again.url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  assert.equal(answer.status, 202)
  await emulator.waitFor('db-1', 'triggered')
})

test('a bad config is told with every problem, and it exits 2', async (t) => {
  const { tocsin, configure } = await sitDown(t)
  configure({ routes: [{ to: 'onccall' }], retry_for: 'long' })
  const ran = await tocsin('serve')
  assert.equal(ran.code, 2)
  assert.equal(ran.stdout, '')
  for (const said of ['routes[0].to', 'Did you mean "oncall"?', 'retry_for', 'tocsin config check'])
    assert.ok(ran.stderr.includes(said), `${said} in ${ran.stderr}`)
})

test('a port that somebody has is told in a sentence, and it exits 2', async (t) => {
  const { tocsin, configure } = await sitDown(t)
  configure()
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
  t.after(() => void other.close())
  const address = other.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const ran = await tocsin('serve', '--listen', `127.0.0.1:${port}`)
  assert.equal(ran.code, 2)
  assert.equal(
    ran.stderr,
    `Cannot listen on 127.0.0.1:${port}: somebody listens there already.\n` +
      'Stop what listens there, or choose another address with --listen HOST:PORT.\n',
  )
})

test('a store that cannot be opened is told with what to do, and it exits 3', async (t) => {
  const { tocsin, configure } = await sitDown(t)
  configure({ store: 'sqlite:./no/such/folder/tocsin.db' })
  const ran = await tocsin('serve')
  assert.equal(ran.code, 3)
  assert.match(ran.stderr, /no\/such\/folder/)
  assert.match(ran.stderr, /Check that the folder exists/)
})

test('SIGTERM stops it with exit code 0, and nothing that was answered 2xx is lost', async (t) => {
  const { serve, configure, emulator } = await sitDown(t)
  configure({ drain: '5s' })
  const { service, url } = await serve('--log-level', 'error')
  emulator.faults({ delay_ms: 150 })
  const keys = Array.from({ length: 100 }, (_, n) => `db-${n}`)
  const alerts = keys.map((key) => ({ dedup_key: key, summary: `${key} is down`, severity: 'critical' }))
  const answer = await fetch(`${url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  })
  assert.equal(answer.status, 202)
  const { code } = await service.stop()
  assert.equal(code, 0)
  const toldBefore = emulator.incidents().length
  assert.ok(toldBefore < keys.length, 'some of it was still to be told')
  emulator.faults({})
  await serve('--log-level', 'error')
  await Promise.all(keys.map((key) => emulator.waitFor(key, 'triggered', 10_000)))
  assert.deepEqual(new Set(emulator.incidents().map(({ pages }) => pages)), new Set([1]))
})

test('a second signal ends it at once with exit code 1', async (t) => {
  const { serve, configure, emulator } = await sitDown(t)
  configure({ drain: '1m' })
  const { service, url } = await serve('--log-level', 'error')
  emulator.faults({ hang: true })
  await fetch(`${url}/v1/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"dedup_key":"db-1","summary":"db-1 is down"}',
  })
  const stopped = service.stop()
  await service.printed(/Stopping \(SIGTERM\)/)
  const { code } = await service.stop()
  assert.equal(code, 1)
  await stopped
})

test('config check tells the same problems, and config print no secret', async (t) => {
  const { tocsin, configure, folder } = await sitDown(t)
  configure()
  const good = await tocsin('config', 'check')
  assert.deepEqual([good.code, good.stderr], [0, ''])
  const printed = await tocsin('config', 'print')
  assert.equal(printed.code, 0)
  const key = /"routing_key":"(\w+)"/.exec(readFileSync(join(folder, 'tocsin.yaml'), 'utf8'))?.[1] ?? 'none'
  assert.ok(!printed.stdout.includes(key))
  assert.match(printed.stdout, /^drain: 20s$/m)
  configure({ retry_for: 'long' })
  const bad = await tocsin('config', 'check', '--json')
  assert.equal(bad.code, 2)
  const { ok, problems } = json(bad) as { ok: boolean; problems: { path: string }[] }
  assert.deepEqual([ok, problems.map(({ path }) => path)], [false, ['retry_for']])
  const schema = await tocsin('config', 'schema')
  assert.equal(json(schema)['title'], 'tocsin.yaml')
})
