import { Pool } from 'undici'
import { distinctBodies, repeatedBodies } from './alerts.ts'
import { inTurn } from './figures.ts'
import { openSink } from './open-sink.ts'
import { post, push } from './push.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin } from './tocsin.ts'
import { makeLoad } from './wrk.ts'

const ROUTES = 50
const SILENCES = 1_000
const ALERTS = 10_000

/** PagerDuty's own. What is sent is not what is measured here. */
const RATE = '{ limit: 120, window: 60s }'

/** As fast as without any of it, but for so much. */
const BAR = { times: 1 / 1.3 }

/** What routes, silences and groups cost: the same load on a service with them, and on one without. */
export const policy: Measurement = {
  name: 'policy',
  about: `the cost of ${ROUTES} routes, ${SILENCES} silences and 100 group keys`,
  async *run(setup) {
    if (!setup.hasWrk) throw new Error('wrk is not installed; on Debian: apt-get install wrk.')
    for (const kind of setup.kinds) yield* measure(setup, kind)
  },
}

async function* measure(setup: Setup, kind: StoreKind): AsyncGenerator<Row> {
  const { seconds, rounds, progress } = setup
  await using sink = await openSink()
  await using plainStore = await setup.stores.open(kind)
  await using ruledStore = await setup.stores.open(kind)
  await using plain = await startTocsin(plainStore.address, { url: sink.url, rate: RATE })
  await using ruled = await startTocsin(ruledStore.address, { url: sink.url, rate: RATE, more: routes() })
  for (const url of ruled.urls) await silence(url)
  const row = (what: string, unit: string, better: Row['better']) => (figures: readonly number[]) => {
    const [figure = Number.NaN, ours = Number.NaN] = figures
    return { what, of: kind, ours, unit, better, peer: { name: 'plain', figure }, bar: BAR }
  }
  for (const batch of [64, 1]) {
    progress(`policy: repeats, ${batch} a request, ${kind}`)
    const load = makeLoad(repeatedBodies(batch))
    const rate = (urls: readonly string[]) => async () => batch * (await load(urls, seconds))
    const figures = await inTurn(rounds, [rate(plain.urls), rate(ruled.urls)])
    yield row(`repeats, ${batch} a request, with rules`, 'alerts/s', 'more')(figures)
  }
  yield row('memory, with rules', 'MB', 'less')([plain.memoryMb(), ruled.memoryMb()])
  progress(`policy: ${ALERTS} distinct, ${kind}`)
  let round = 0
  const distinct = (urls: readonly string[]) => async (): Promise<number> => {
    const { startedAt, endedAt } = await push(urls, distinctBodies(`Rules${round++}`, ALERTS, 64))
    return (endedAt - startedAt) / 1_000
  }
  const figures = await inTurn(rounds, [distinct(plain.urls), distinct(ruled.urls)])
  yield row(`${ALERTS} distinct accepted, with rules`, 's', 'less')(figures)
}

/** All but the last match nothing that comes, so that every one of them is asked. */
function routes(): readonly string[] {
  const others = Array.from(
    { length: ROUTES - 1 },
    (_, index) => `  - { match: { team: t${index} }, to: sink }`,
  )
  return ['routes:', ...others, '  - { match: { job: node }, group_by: [rack], to: sink }']
}

/** Silences as people make them: a label and its value, most often with another, and now and then an expression. */
async function silence(url: string): Promise<void> {
  const pool = new Pool(url)
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  for (let index = 0; index < SILENCES; index++) {
    const host = { name: 'instance', value: `db-${index}:9090`, isRegex: index % 20 === 0, isEqual: true }
    const job = { name: 'job', value: 'node', isRegex: false, isEqual: true }
    const body = {
      matchers: [host, job],
      startsAt: new Date().toISOString(),
      endsAt,
      createdBy: 'bench',
      comment: 'a load of silences',
    }
    await post(pool, '/api/v2/silences', JSON.stringify(body))
  }
  await pool.destroy()
}
