import assert from 'node:assert/strict'
import { describe as suite, it } from 'node:test'
import type { Classification, Severity } from '../alert/alert.ts'
import { contextOf } from '../../test/fixtures/intake/context.ts'
import { annotatedClassification, readClassification } from './classification.ts'
import { describe, describeClassified } from './describe.ts'
import { noProblems } from './problems.ts'

suite('the summary of an alert', () => {
  const rows: readonly (readonly [
    name: string,
    labels: Record<string, string>,
    annotations: Record<string, string>,
    summary: string,
  ])[] = [
    ['its summary', { alertname: 'A' }, { summary: 'S', title: 'T', description: 'D' }, 'S'],
    ['its title', {}, { title: 'T', message: 'M' }, 'T'],
    ['its message', {}, { message: 'M', description: 'D' }, 'M'],
    ["its description's first line", {}, { description: '\n First \nSecond' }, 'First'],
    ['not a blank one', { alertname: 'A' }, { summary: ' \n', title: '' }, 'A'],
    ['on one line', {}, { summary: 'Two\r\n  lines\tof text ' }, 'Two lines of text'],
    ['its name and instance', { alertname: 'A', job: 'j', instance: 'i' }, {}, 'A on i'],
    ['its name and job', { alertname: 'A', job: 'j' }, {}, 'A on j'],
    ['its place without a name', { host: 'h' }, {}, 'Alert on h'],
    ['its first labels', { d: '4', c: '3', b: '2', a: '1' }, {}, 'Alert with a=1, b=2, c=3, …'],
  ]
  for (const [name, labels, annotations, summary] of rows) {
    it(`is ${name}`, () => {
      assert.equal(describe(labels, annotations), summary)
    })
  }

  const classified: readonly (readonly [
    own: Severity | undefined,
    by: Severity | undefined,
    summary: string,
  ])[] = [
    ['warning', 'critical', '[CRITICAL] Down - AI: Network'],
    ['critical', 'info', '[CRITICAL] Down - AI: Network'],
    ['error', undefined, '[ERROR] Down - AI: Network'],
    [undefined, 'warning', '[WARNING] Down - AI: Network'],
    [undefined, undefined, 'Down - AI: Network'],
  ]
  for (const [own, by, summary] of classified) {
    it(`is "${summary}" for ${own ?? 'no severity'} classified as ${by ?? 'none'}`, () => {
      const classification: Classification =
        by === undefined ? { label: 'Network' } : { label: 'Network', severity: by }
      assert.equal(describeClassified('is down', { alertname: 'Down' }, own, classification), summary)
    })
  }

  it('takes the summary for the name of a classified alert that has none', () => {
    assert.equal(describeClassified('It broke', {}, 'info', { label: 'X' }), '[INFO] It broke - AI: X')
  })
})

suite('a classification', () => {
  const context = contextOf('x')

  it('is read from annotations', () => {
    const read = annotatedClassification(
      {
        ai_classification: 'Disk pressure',
        ai_severity: 'Critical',
        ai_confidence: ' 0.95 ',
        ai_reasoning: ' grows ',
        ai_recommendations: 'clean up; add a disk\nmove it',
      },
      context,
    )
    assert.deepEqual(read, {
      label: 'Disk pressure',
      severity: 'critical',
      confidence: 0.95,
      reasoning: 'grows',
      recommendations: ['clean up', 'add a disk', 'move it'],
    })
  })

  it('never lowers: noise and unknown words name no severity', () => {
    assert.deepEqual(annotatedClassification({ ai_severity: 'noise' }, context), { label: 'noise' })
    assert.deepEqual(annotatedClassification({ ai_severity: ' NOISE ' }, context), { label: 'NOISE' })
    const read = readClassification({ severity: 'whatever', label: 'L' }, 'c', context, noProblems())
    assert.deepEqual(read, { label: 'L' })
  })

  it('in annotations that cannot be read is left out, and costs nothing', () => {
    const annotations = {
      ai_classification: 'X',
      ai_confidence: 'very',
      ai_recommendations: '["a", 1, "b"]',
      ai_reasoning: ' ',
    }
    assert.deepEqual(annotatedClassification(annotations, context), {
      label: 'X',
      recommendations: ['a', 'b'],
    })
    assert.deepEqual(
      annotatedClassification({ ai_classification: 'X', ai_recommendations: '[1] look' }, context),
      {
        label: 'X',
        recommendations: ['[1] look'],
      },
    )
    for (const ai_confidence of ['', '7', '-0.1', 'NaN', 'Infinity']) {
      assert.deepEqual(annotatedClassification({ ai_classification: 'X', ai_confidence }, context), {
        label: 'X',
      })
    }
    assert.equal(annotatedClassification({ ai_classification: ' ', ai_severity: ' ' }, context), undefined)
  })

  it('as an object is checked', () => {
    const problems = noProblems()
    const wrong = { label: 5, confidence: '1', recommendations: ['a', 2], reasoning: 'x'.repeat(65_537) }
    assert.equal(readClassification(wrong, 'c', context, problems), undefined)
    assert.deepEqual(
      problems.first.map((problem) => problem.path),
      ['c.label', 'c.reasoning', 'c.confidence', 'c.recommendations[1]'],
    )
    const none = noProblems()
    assert.equal(readClassification({}, 'c', context, none), undefined)
    assert.equal(none.first[0]?.path, 'c.label')
  })
})
