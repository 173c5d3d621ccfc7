import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Severity } from '../alert/alert.ts'
import { alertOf } from '../../test/contracts/memory.ts'
import { makeMatcher, numberReader, withRuledSeverity, type SeverityRule } from './decide.ts'

const read = numberReader('behind')
const BY = { field: 'behind', read, atLeast: { critical: 200, error: 100, warning: 50 } }
const TYPE = (type: string): SeverityRule['matchers'] => [makeMatcher('type', '=', [type])]

const bySize: SeverityRule = { matchers: [], by: BY }
const bySizeElseInfo: SeverityRule = { matchers: [], by: BY, severity: 'info' }
const byLabel: SeverityRule = { matchers: TYPE('lag'), severity: 'warning' }
const otherLabel: SeverityRule = { matchers: TYPE('down'), severity: 'critical' }
const ofCritical: SeverityRule = { matchers: [makeMatcher('severity', '=', ['critical'])], severity: 'info' }

interface Row {
  readonly name: string
  readonly rules: readonly SeverityRule[]
  readonly behind?: number
  readonly given?: Severity
  readonly becomes: Severity
}

const ROWS: readonly Row[] = [
  { name: 'no rule leaves it', rules: [], becomes: 'error' },
  { name: 'the worst whose number is reached', rules: [bySize], behind: 200, becomes: 'critical' },
  { name: 'the next below', rules: [bySize], behind: 199.9, becomes: 'error' },
  { name: 'the least of them', rules: [bySize], behind: 50, becomes: 'warning' },
  {
    name: 'a number that reaches none leaves it',
    rules: [bySize],
    behind: 49,
    given: 'critical',
    becomes: 'critical',
  },
  {
    name: 'a number that reaches none takes the last word',
    rules: [bySizeElseInfo],
    behind: 0,
    becomes: 'info',
  },
  {
    name: 'without the number, the rule has none',
    rules: [bySizeElseInfo],
    given: 'critical',
    becomes: 'critical',
  },
  {
    name: 'without the number, the next rule is asked',
    rules: [bySizeElseInfo, byLabel],
    becomes: 'warning',
  },
  { name: 'a rule by a label', rules: [byLabel], given: 'critical', becomes: 'warning' },
  {
    name: 'the first rule that has one',
    rules: [otherLabel, byLabel, bySizeElseInfo],
    behind: 500,
    becomes: 'warning',
  },
  { name: 'a rule may ask what its sender said', rules: [ofCritical], given: 'critical', becomes: 'info' },
  {
    name: 'and is passed by where that was said otherwise',
    rules: [ofCritical],
    given: 'error',
    becomes: 'error',
  },
]

suite('a severity by rule', () => {
  for (const { name, rules, behind, given = 'error', becomes } of ROWS) {
    test(`${name}: ${becomes}`, () => {
      const details = behind === undefined ? {} : { details: { behind } }
      const alert = alertOf({ labels: { type: 'lag' }, severity: given, ...details })
      assert.equal(withRuledSeverity(alert, rules, given).severity, becomes)
    })
  }

  test('leaves all else of the alert as it is', () => {
    const alert = alertOf({ details: { behind: 500 } })
    assert.deepEqual(withRuledSeverity(alert, [bySize], 'error'), { ...alert, severity: 'critical' })
    assert.equal(withRuledSeverity(alert, [], 'error'), alert)
  })
})
