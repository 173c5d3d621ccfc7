import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../alert/alert.ts'
import { perRun, runFailure } from './per-run.ts'
import type { Observation } from '../observation.ts'
import type { Result, Run } from './result.ts'

const ID = 'DUbGxLMe3rJcqArGP9jL27nZOdqZ04tfIc9LT_OV2_Y'
const ENDED = Date.parse('2025-10-13T14:30:00.123Z')
const TELL = { kind: 'per_run', mismatchThreshold: 3, errorThreshold: 5 } as const

function looked(id: string): Pick<Result, 'process' | 'slotUrl' | 'routerUrl'> {
  return {
    process: { id, stateUrl: 'https://state-2.forward.computer' },
    slotUrl: `https://state-2.forward.computer/${id}~process@1.0/compute/at-slot`,
    routerUrl: `https://su-router.ao-testnet.xyz/${id}/latest`,
  }
}
const match = (id: string): Result => ({ ...looked(id), kind: 'match', nonce: 7n })
const mismatch = (id: string, state = 120_898n, router = 138_456n): Result => ({
  ...looked(id),
  kind: 'mismatch',
  state,
  router,
})
const failed = (id: string): Result => ({
  ...looked(id),
  kind: 'error',
  error: 'HTTP 404: Not Found',
  errorType: 'http',
})
const times = (count: number, of: (id: string) => Result, prefix: string): Result[] =>
  Array.from({ length: count }, (_, at) => of(`${prefix}${at}`))

function run(results: readonly Result[], unseen: readonly string[] = []): Run {
  const processes = [...results.map(({ process }) => process), ...unseen.map((id) => looked(id).process)]
  return { processes, results, startedAt: ENDED - 87_123, endedAt: ENDED }
}
function told(
  results: readonly Result[],
  memory?: Json,
  unseen?: readonly string[],
): Record<string, Observation> {
  const { observations } = perRun(run(results, unseen), TELL, memory)
  return Object.fromEntries(observations.map((observation) => [observation.type, observation]))
}

test('mismatches are told as the document says, field by field', () => {
  const results = [mismatch(ID), ...times(4, mismatch, 'other'), ...times(126, match, 'well')]
  const { mismatches, errors } = told(results)
  assert.equal(mismatches?.subject, '')
  assert.equal(mismatches.isTrouble, true)
  const { details, ...finding } = mismatches.finding
  assert.deepEqual(finding, {
    summary: 'Slot Nonce Validation: 5 mismatches detected',
    severity: 'critical',
    event: {
      source: 'validate-nonces.lua',
      component: 'slot-validator',
      group: 'ao-infrastructure',
      class: 'nonce-synchronization',
      timestamp: '2025-10-13T14:30:00Z',
    },
  })
  const { mismatched_processes: listed, ...rest } = details ?? {}
  assert.deepEqual(rest, {
    alert_type: 'mismatches',
    total_processes: 131,
    mismatches: 5,
    execution_time: '87s',
  })
  assert.equal((listed as Json[]).length, 5)
  assert.deepEqual((listed as Json[])[0], {
    process_id: 'DUbGxLMe3r...T_OV2_Y',
    process_id_full: ID,
    server: 'state-2.forward.computer',
    slot_nonce: 120_898,
    router_nonce: 138_456,
    difference: -17_558,
    slot_url: `https://state-2.forward.computer/${ID}~process@1.0/compute/at-slot`,
    router_url: `https://su-router.ao-testnet.xyz/${ID}/latest`,
  })
  assert.equal(errors?.isTrouble, false)
})

test('errors are told with what went wrong', () => {
  const { errors } = told(times(5, failed, 'p'))
  assert.equal(errors?.isTrouble, true)
  assert.equal(errors.finding.severity, 'error')
  assert.equal(errors.finding.summary, 'Slot Nonce Validation: 5 errors detected')
  const { failed_processes: listed, ...rest } = errors.finding.details ?? {}
  assert.deepEqual(rest, { alert_type: 'errors', total_processes: 5, errors: 5, execution_time: '87s' })
  assert.deepEqual((listed as Json[])[0], {
    process_id: 'p0',
    process_id_full: 'p0',
    server: 'state-2.forward.computer',
    error: 'HTTP 404: Not Found',
    error_type: 'http',
    slot_url: 'https://state-2.forward.computer/p0~process@1.0/compute/at-slot',
    router_url: 'https://su-router.ao-testnet.xyz/p0/latest',
  })
})

test('trouble begins at the thresholds, and one is one', () => {
  assert.equal(told(times(2, mismatch, 'p'))['mismatches']?.isTrouble, false)
  assert.equal(told(times(3, mismatch, 'p'))['mismatches']?.isTrouble, true)
  assert.equal(told([...times(4, failed, 'p'), match('w')])['errors']?.isTrouble, false)
  const one = told([mismatch('p'), failed('q')])
  assert.equal(one['mismatches']?.finding.summary, 'Slot Nonce Validation: 1 mismatch detected')
  assert.equal(one['errors']?.finding.summary, 'Slot Nonce Validation: 1 error detected')
})

test('a hundred processes are listed, the others counted', () => {
  const { mismatches } = told(times(250, mismatch, 'p'))
  const details = mismatches?.finding.details ?? {}
  assert.equal((details['mismatched_processes'] as Json[]).length, 100)
  assert.equal(details['mismatched_processes_omitted'], 150)
  assert.equal(details['mismatches'], 250)
})

test('a number that JSON would round is a text', () => {
  const big = 10n ** 40n
  const { mismatches } = told(times(3, (id) => mismatch(id, big, big - 1n), 'p'))
  const listed = mismatches?.finding.details?.['mismatched_processes'] as Record<string, Json>[] | undefined
  const first = listed?.[0]
  assert.equal(first?.['slot_nonce'], String(big))
  assert.equal(first['router_nonce'], String(big - 1n))
  assert.equal(first['difference'], 1)
})

test('addresses are shown without user and query', () => {
  const secret: Result = { ...failed('p'), routerUrl: 'https://me:hunter22@su.example/p/latest?key=hunter22' }
  assert.doesNotMatch(JSON.stringify(told([secret])), /hunter22/)
})

test('mismatches are not over because those that differed cannot be asked any more', () => {
  const before = perRun(run(times(5, mismatch, 'p')), TELL, undefined).memory
  const down = [...times(5, failed, 'p'), match('w')]
  assert.equal(told(down, before)['mismatches'], undefined)
  assert.equal(told([match('w')], before, ['p0', 'p1', 'p2', 'p3', 'p4'])['mismatches'], undefined)
  const still = perRun(run(down), TELL, before).memory
  assert.equal(
    told([...times(2, failed, 'p'), match('p2'), match('p3')], still)['mismatches']?.isTrouble,
    false,
  )
  // What never differed keeps nothing open.
  assert.equal(told([...times(9, failed, 'q'), match('w')], [])['mismatches']?.isTrouble, false)
})

test('where nobody has answered, nothing is said of mismatches, and errors are not over before all are seen', () => {
  assert.equal(told(times(4, failed, 'p'))['mismatches'], undefined)
  assert.equal(told([match('w')], [], ['a', 'b', 'c', 'd', 'e'])['errors'], undefined)
  assert.equal(told(times(5, failed, 'p'), [], ['a'])['errors']?.isTrouble, true)
})

test('the failure of the run is told as the document says', () => {
  const { reason, point, finding } = runFailure('f cannot be read (ENOENT)', 'load_process_map', ENDED)
  assert.deepEqual([reason, point], ['f cannot be read (ENOENT)', 'load_process_map'])
  assert.equal(finding?.summary, 'Slot Nonce Validation: failed to complete (load_process_map)')
  assert.equal(finding.severity, 'critical')
  assert.equal(finding.event?.class, 'nonce-synchronization')
  assert.deepEqual(finding.details, {
    alert_type: 'failure',
    error: 'f cannot be read (ENOENT)',
    failure_point: 'load_process_map',
    timestamp: '2025-10-13T14:30:00Z',
  })
})
