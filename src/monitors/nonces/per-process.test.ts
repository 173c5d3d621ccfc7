import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NoncesPerProcess } from '../settings.ts'
import type { Observation } from '../observation.ts'
import { perProcess } from './per-process.ts'
import type { Result } from './result.ts'
import { shortId } from './short-id.ts'

const TELL: NoncesPerProcess = {
  kind: 'per_process',
  threshold: 50,
  severityBy: { critical: 200, error: 100, warning: 50 },
  errorSeverity: 'warning',
  foldErrorsOver: 3,
}
const looked = (id: string): Pick<Result, 'process' | 'slotUrl' | 'routerUrl'> => ({
  process: { id, stateUrl: 'https://state-2.forward.computer' },
  slotUrl: 'https://a.example/',
  routerUrl: 'https://b.example/',
})
const result = (state: bigint, router: bigint, id = 'pid'): Result =>
  state === router
    ? { ...looked(id), kind: 'match', nonce: state }
    : { ...looked(id), kind: 'mismatch', state, router }
const failed = (id: string): Result => ({
  ...looked(id),
  kind: 'error',
  error: 'HTTP 404: Not Found',
  errorType: 'http',
})

function told(
  results: readonly Result[],
  tell: Partial<NoncesPerProcess> = {},
  unseen = 0,
): readonly Observation[] {
  const processes = [...results.map(({ process }) => process), ...Array(unseen).fill(looked('x').process)]
  return perProcess({ processes, results, startedAt: 0, endedAt: 0 }, { ...TELL, ...tell }, 'nonces')
}
const mismatchOf = (
  state: bigint,
  router: bigint,
  tell?: Partial<NoncesPerProcess>,
): Observation | undefined => told([result(state, router)], tell).find(({ type }) => type === 'mismatch')

test('a process behind is told as the document says', () => {
  assert.deepEqual(mismatchOf(100n, 200n), {
    subject: 'pid',
    type: 'mismatch',
    isTrouble: true,
    value: 100,
    finding: {
      summary: 'Process pid is 100 slots behind scheduler',
      severity: 'error',
      labels: { process: 'pid', server: 'state-2.forward.computer' },
      event: { source: 'nonce-monitor', component: 'state-2.forward.computer', class: 'nonce-mismatch' },
      details: {
        processId: 'pid',
        stateNonce: '100',
        suRouterNonce: '200',
        slotsBehind: 100,
        slots: 100,
        direction: 'behind',
        context: 'nonces',
        monitorType: 'nonce-monitor',
      },
    },
  })
})

test('a process ahead is told apart from one behind', () => {
  const { isTrouble, finding, value } = mismatchOf(260n, 200n) ?? assert.fail()
  assert.equal(isTrouble, true)
  assert.equal(value, 60)
  assert.equal(finding.summary, 'Process pid is 60 slots ahead of scheduler')
  assert.deepEqual(
    [finding.details?.['slotsBehind'], finding.details?.['slots'], finding.details?.['direction']],
    [-60, 60, 'ahead'],
  )
})

test('the threshold is reached at its number, and one of 0 always', () => {
  assert.equal(mismatchOf(0n, 49n)?.isTrouble, false)
  assert.equal(mismatchOf(0n, 50n)?.isTrouble, true)
  assert.equal(mismatchOf(5n, 5n)?.isTrouble, false)
  const level = mismatchOf(5n, 5n, { threshold: 0 })
  assert.equal(level?.isTrouble, true)
  assert.equal(level.finding.summary, 'Process pid is 0 slots behind scheduler')
  assert.equal(mismatchOf(4n, 5n)?.finding.summary, 'Process pid is 1 slot behind scheduler')
})

test('severity goes by distance, worst first, in both directions', () => {
  const severity = (distance: bigint): string | undefined =>
    mismatchOf(1000n, 1000n + distance)?.finding.severity
  assert.deepEqual([49n, 50n, 99n, 100n, 199n, 200n, -200n].map(severity), [
    'info',
    'warning',
    'warning',
    'error',
    'error',
    'critical',
    'critical',
  ])
  assert.equal(mismatchOf(0n, 10n ** 30n, { severityBy: {} })?.finding.severity, 'info')
})

test('nonces beyond the numbers of JSON lose nothing', () => {
  const details = mismatchOf(10n ** 39n, 3n * 10n ** 39n)?.finding.details
  assert.equal(details?.['slotsBehind'], String(2n * 10n ** 39n))
  assert.equal(details['stateNonce'], `1${'0'.repeat(39)}`)
  // Two numbers that are one in floating point.
  const near = mismatchOf(2n ** 60n, 2n ** 60n + 60n)
  assert.deepEqual([near?.isTrouble, near?.value], [true, 60])
})

test('of a process that cannot be asked nothing is said but that; of one that answers, that it does', () => {
  const [error, fold] = told([failed('p')])
  assert.equal(error?.type, 'error')
  assert.equal(error.finding.summary, 'Process p cannot be checked: HTTP 404: Not Found')
  assert.equal(error.finding.severity, 'warning')
  assert.equal(error.finding.event?.class, 'nonce-error')
  assert.deepEqual([fold?.subject, fold?.type, fold?.isTrouble], ['', 'errors', false])
  const well = told([result(1n, 1n)]).find(({ type }) => type === 'error')
  assert.deepEqual([well?.subject, well?.isTrouble], ['pid', false])
})

test('many that cannot be asked are one, and each no more told by itself', () => {
  const observations = told([...['a', 'b', 'c', 'd'].map(failed), result(1n, 1n)])
  assert.deepEqual(
    observations.map(({ subject, type, isTrouble }) => [subject, type, isTrouble]),
    [
      ['pid', 'mismatch', false],
      ['pid', 'error', false],
      ['', 'errors', true],
    ],
  )
  const { summary, severity, details } = observations.at(-1)?.finding ?? assert.fail()
  assert.equal(summary, '4 of 5 processes cannot be checked')
  assert.equal(severity, 'error')
  assert.deepEqual(details?.['errorsByServer'], { 'state-2.forward.computer': 4 })
  assert.deepEqual((details['affectedProcesses'] as object[])[0], {
    processId: 'a',
    server: 'state-2.forward.computer',
    error: 'HTTP 404: Not Found',
    errorType: 'http',
  })
  const many = told(Array.from({ length: 40 }, (_, at) => failed(`p${at}`)))
  const [fold] = many
  assert.equal((fold?.finding.details?.['affectedProcesses'] as object[] | undefined)?.length, 10)
})

test('that many cannot be asked is not over before all are seen', () => {
  assert.equal(told([result(1n, 1n)], {}, 3).at(-1)?.isTrouble, false)
  assert.ok(!told([result(1n, 1n)], {}, 4).some(({ type }) => type === 'errors'))
})

test('ids are shown short in the form of each document', () => {
  const id = 'DUbGxLMe3rJcqArGP9jL27nZOdqZ04tfIc9LT_OV2_Y'
  assert.equal(shortId(id, 'validator'), 'DUbGxLMe3r...T_OV2_Y')
  assert.equal(shortId(id, 'monitor'), 'DUbGxLMe...LT_OV2_Y')
  assert.equal(shortId('a'.repeat(20), 'validator'), 'a'.repeat(20))
})
