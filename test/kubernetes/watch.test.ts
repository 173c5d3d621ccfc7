import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../../src/emulator/certificate.ts'
import { systemWorld, watchSecrets } from '../../src/world/world.ts'
import { hastened, LABELS, openCluster, Told, watchCluster, type Cluster } from './secrets-of.ts'

const put = ({ api }: Cluster, name: string, v: string): void =>
  api.put(name, { labels: LABELS, data: { v } })

test('what is there is listed, and what comes, changes and goes is told', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  api.put('other', { labels: {}, data: { v: 'nobody asked for it' } })
  const { told } = watchCluster(cluster)
  await told.until(/^secrets a=1$/)
  await told.until(/^watching$/)
  put(cluster, 'b', '1')
  await told.until(/^secrets a=1 b=1$/)
  put(cluster, 'a', '2')
  await told.until(/^secrets a=2 b=1$/)
  api.remove('b')
  await told.until(/^secrets a=2$/)
  api.put('a', { labels: {}, data: { v: '2' } })
  await told.until(/^secrets $/)
  assert.deepEqual(api.complaints, [])
})

test('a list of several pages is one list, and is told as a whole', async () => {
  await using cluster = await openCluster()
  for (let count = 0; count < 250; count += 1) put(cluster, `s${String(count).padStart(3, '0')}`, '1')
  const { told } = watchCluster(cluster)
  const first = await told.until(/^secrets/)
  assert.equal(first.split(' ').length, 251)
  assert.equal(cluster.api.count('list'), 3)
  assert.deepEqual(cluster.api.complaints, [])
})

test('a watch that the server ends is taken up where it ended, without another list', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told } = watchCluster(cluster)
  await api.asked('watch', 1)
  put(cluster, 'a', '2')
  await told.until(/a=2/)
  await api.endWatches()
  put(cluster, 'a', '3')
  await told.until(/a=3/)
  assert.equal(api.count('list'), 1)
  assert.deepEqual(
    told.all.filter((word) => word.startsWith('trouble')),
    [],
  )
})

test('a bookmark is where the next watch begins', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  watchCluster(cluster)
  await api.asked('watch', 1)
  // Versions that no watcher of ours hears of, and then the bookmark that tells of them.
  for (let count = 0; count < 10; count += 1) api.put('other', { data: { v: String(count) } })
  api.bookmark()
  await api.endWatches()
  await api.asked('watch', 2)
  const last = api.requests.at(-1)?.searchParams
  assert.equal(last?.get('resourceVersion'), '1011')
  assert.equal(last?.get('allowWatchBookmarks'), 'true')
  assert.equal(api.count('list'), 1)
})

test('a connection that is cut in mid-line loses nothing', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told } = watchCluster(cluster)
  for (let round = 2; round < 6; round += 1) {
    await api.asked('watch', round - 1)
    put(cluster, 'a', String(round))
    await told.until(new RegExp(`a=${round}`))
    await api.endWatches('cut')
  }
  put(cluster, 'a', 'last')
  await told.until(/a=last/)
  assert.equal(api.count('list'), 1)
})

for (const gone of ['event', 'answer'] as const) {
  test(`after 410 Gone as an ${gone} everything is listed anew, and what was deleted meanwhile is gone`, async () => {
    await using cluster = await openCluster()
    const { api } = cluster
    api.faults.gone = gone
    put(cluster, 'a', '1')
    put(cluster, 'b', '1')
    const { told } = watchCluster(cluster)
    await told.until(/a=1 b=1/)
    await api.asked('watch', 1)
    await api.shut()
    api.remove('b')
    put(cluster, 'a', '2')
    api.compact()
    await api.listen()
    await told.until(/^secrets a=2$/)
    assert.equal(api.count('list'), 2)
    put(cluster, 'a', '3')
    await told.until(/^secrets a=3$/)
  })
}

test('an ERROR that is no 410 is told, and everything is listed anew', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told } = watchCluster(cluster)
  await api.asked('watch', 1)
  await told.until(/^watching$/)
  api.error(500)
  assert.match(await told.until(/^trouble/), /ended with an error \(500\)/)
  await api.asked('list', 2)
  await told.until(/^watching$/, 3)
})

for (const line of [
  '{"type":"ADDED","object":',
  '<html>',
  '{"type":"SURPRISE","object":{}}',
  '{"type":"ADDED","object":{"metadata":{}}}',
])
  test(`a line that makes no sense is told without being quoted, and everything is listed anew: ${line}`, async () => {
    await using cluster = await openCluster()
    const { api } = cluster
    put(cluster, 'a', '1')
    const { told } = watchCluster(cluster)
    await told.until(/^watching$/)
    api.say(`${line}\n`)
    const trouble = await told.until(/^trouble/)
    assert(!trouble.includes('{') && !trouble.includes('<') && !trouble.includes('SURPRISE'), trouble)
    await api.asked('list', 2)
  })

test('an API that is away when the service starts is asked until it is there', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  await api.shut()
  const { told } = watchCluster(cluster)
  assert.match(await told.until(/^trouble/), /ECONNREFUSED/)
  put(cluster, 'a', '1')
  await api.listen()
  await told.until(/^secrets a=1$/)
  await told.until(/^watching$/)
})

test('while the API is away nothing that is known is forgotten', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told } = watchCluster(cluster)
  await told.until(/^watching$/)
  await api.shut()
  await told.until(/^trouble/)
  const since = told.all.length
  await told.until(/^trouble/, since)
  assert.deepEqual(
    told.all.filter((word) => word.startsWith('secrets')),
    ['secrets a=1'],
  )
  put(cluster, 'a', '2')
  await api.listen()
  await told.until(/^secrets a=2$/)
})

for (const status of [401, 403, 429, 500]) {
  test(`what is refused with ${status} is told with its reason, and asked again`, async () => {
    await using cluster = await openCluster()
    const { api } = cluster
    put(cluster, 'a', '1')
    api.faults.refuse = { status }
    const { told } = watchCluster(cluster)
    const reason = await told.until(/^trouble/)
    assert.match(reason, new RegExp(`it answered ${status}: secrets is forbidden`))
    assert.ok(!reason.includes(api.token), reason)
    delete api.faults.refuse
    await told.until(/^secrets a=1$/)
  })
}

test('a list without end is an answer that makes no sense, and is asked for again', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  api.faults.endless = true
  const { told } = watchCluster(cluster)
  assert.match(await told.until(/^trouble/), /it told a list without end/)
  delete api.faults.endless
  await told.until(/^secrets a=1$/)
})

test('Retry-After is waited for', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  api.faults.refuse = { status: 429, retryAfter: '7' }
  const waits: number[] = []
  const world = systemWorld({ logLevel: 'silent' })
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  cluster.defer(
    watchSecrets(
      {
        kubeconfigFile: cluster.kubeconfigFile,
        selector: 'a=b',
        clock: world.clock,
        random: () => 0,
      },
      {
        onSecrets: () => {},
        onWatching: () => {},
        onTrouble: (_, retryInMs) => (waits.push(retryInMs), resolve()),
      },
    ),
  )
  await asked
  assert.deepEqual(waits, [7000])
})

test('a token that was rotated is read anew', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told } = watchCluster(cluster)
  await told.until(/^watching$/)
  api.token = 'token-of-the-service-account-2'
  await api.endWatches()
  assert.match(await told.until(/^trouble/), /401/)
  cluster.rewrite()
  put(cluster, 'a', '2')
  await told.until(/^secrets a=2$/)
})

test('nobody is shown the token who is not certified by the cluster’s authority', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const right = Buffer.from(api.certificate.cert).toString('base64')
  const other = Buffer.from((await makeCertificate()).cert).toString('base64')
  writeFileSync(cluster.kubeconfigFile, api.kubeconfig().replace(right, other))
  const { told } = watchCluster(cluster)
  assert.match(await told.until(/^trouble/), /connection failed \(\w*(CERT|SIGN)\w*\)/)
  assert.deepEqual(api.requests, [])
})

test('in a pod, the service account says where and who we are', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const root = mkdtempSync(join(tmpdir(), 'tocsin-pod-'))
  const folder = join(root, 'var/run/secrets/kubernetes.io/serviceaccount')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'token'), api.token)
  writeFileSync(join(folder, 'ca.crt'), api.certificate.cert)
  writeFileSync(join(folder, 'namespace'), 'tocsin')
  process.env['KUBERNETES_SERVICE_HOST'] = '127.0.0.1'
  process.env['KUBERNETES_SERVICE_PORT'] = String(api.port)
  cluster.defer(() => {
    delete process.env['KUBERNETES_SERVICE_HOST']
    delete process.env['KUBERNETES_SERVICE_PORT']
    rmSync(root, { recursive: true })
  })
  const { clock, random } = systemWorld({ logLevel: 'silent' })
  const told = new Told()
  const cancel = watchSecrets(
    { root, selector: 'publishing-target=true', clock, random },
    {
      onSecrets: (secrets) => told.add([...secrets.keys()].join()),
      onTrouble: (reason) => told.add(reason),
      onWatching: () => {},
    },
  )
  cluster.defer(cancel)
  await told.until(/./)
  assert.deepEqual(told.all, ['a'])
  assert.deepEqual(api.complaints, [])
})

for (const [what, text, reason] of [
  ['is not there', undefined, /cannot be read \(ENOENT\)/],
  ['is no kubeconfig', 'a secret: [word', /cannot be read/],
  ['names no cluster', 'users: []\nclusters: []\ncontexts: []\n', /no current context/],
] as const)
  test(`a kubeconfig that ${what} is told without being quoted`, async () => {
    await using cluster = await openCluster()
    if (text === undefined) rmSync(cluster.kubeconfigFile)
    else writeFileSync(cluster.kubeconfigFile, text)
    const { told } = watchCluster(cluster)
    const trouble = await told.until(/^trouble/)
    assert.match(trouble, reason)
    assert(!trouble.includes('word'))
  })

test('a list whose pages went too old on the way is begun anew, and nothing of it is told before', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  for (let count = 0; count < 150; count += 1) put(cluster, `s${String(count).padStart(3, '0')}`, '1')
  const { told } = watchCluster(cluster)
  await api.asked('list', 1)
  api.remove('s000')
  api.compact()
  await told.until(/^secrets/)
  assert.equal(told.all.length, 1)
  assert.equal(told.all[0]?.split(' ').length, 150)
  assert(api.count('list') >= 4)
})

test('an event that comes in pieces is one event, also when a letter is torn', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  const { told } = watchCluster(cluster)
  await told.until(/^watching$/)
  const metadata = { name: 'a', resourceVersion: '2000', labels: LABELS, annotations: { note: 'für später' } }
  const event = { type: 'ADDED', object: { metadata, data: { v: Buffer.from('1').toString('base64') } } }
  const bytes = Buffer.from(`${JSON.stringify(event)}\n`)
  for (const byte of bytes) api.say(Buffer.of(byte))
  await told.until(/^secrets a=1$/)
  assert(!told.all.some((word) => word.startsWith('trouble')))
})

test('who takes a request and says nothing is given up, and asked again', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  api.faults.hang = true
  const real = systemWorld({ logLevel: 'silent' }).clock
  const impatient = hastened({
    ...real,
    after: (ms, action) => real.after(ms === 30_000 ? 1_000 : ms, action),
  })
  const { told } = watchCluster(cluster, impatient)
  assert.match(await told.until(/^trouble/), /did not answer within 30000 ms/)
  delete api.faults.hang
  await told.until(/^secrets a=1$/)
})

test('a connection that died in silence is noticed, and nothing is missed', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const real = systemWorld({ logLevel: 'silent' }).clock
  // A watch is to end after 60 s and 10 s of grace: they pass quickly here.
  let passed = 0
  const clock = {
    ...real,
    now: () => real.now() + passed,
    after: (ms: number, action: () => void) =>
      real.after(ms === 70_000 ? 300 : ms, () => {
        passed += ms
        action()
      }),
  }
  const { told } = watchCluster(cluster, clock)
  await told.until(/^watching$/)
  // From here on nothing is heard from the first watch; the second begins where it ended.
  await api.asked('watch', 2)
  put(cluster, 'a', '2')
  await told.until(/^secrets a=2$/)
  assert.equal(api.count('list'), 1)
  assert(passed >= 70_000)
})

test('who cancels is done: nothing is told, and nothing stays open', async () => {
  await using cluster = await openCluster()
  const { api } = cluster
  put(cluster, 'a', '1')
  const { told, cancel } = watchCluster(cluster)
  await told.until(/^watching$/)
  cancel()
  const count = told.all.length
  put(cluster, 'a', '2')
  await api.shut()
  assert.equal(told.all.length, count)
})
