import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { drawPlan, parseOverride, type Plan } from '../../sim/plan.ts'

test('a seed draws one plan, and another seed another', () => {
  assert.deepEqual(drawPlan(7), drawPlan(7))
  assert.notDeepEqual({ ...drawPlan(7), seed: 0 }, { ...drawPlan(8), seed: 0 })
})

test('an override changes what it names and nothing else', () => {
  for (let seed = 1; seed <= 50; seed++)
    assert.deepEqual(drawPlan(seed, { limit: 13 }), { ...drawPlan(seed), limit: 13 })
})

test('what cannot be together is not drawn together', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const plan = drawPlan(seed)
    assert.ok(plan.clockJumps === 0 || plan.replicas === 1, 'processes with one clock')
    assert.ok(!plan.sharesKey || plan.destinations > 1, 'a key that is shared')
  }
})

test('every part of a plan is drawn in more than one way', () => {
  const plans = Array.from({ length: 300 }, (_, index) => drawPlan(index + 1))
  for (const name of Object.keys(drawPlan(1)) as (keyof Plan)[])
    assert.ok(new Set(plans.map((plan) => plan[name])).size > 1, name)
})

suite('an override that is', () => {
  test('right is read', () => {
    assert.deepEqual(parseOverride('limit=7'), { limit: 7 })
    assert.deepEqual(parseOverride('sharesKey=true'), { sharesKey: true })
  })

  const wrong = [
    ['unknown', 'limits=7', /There is no "limits" in a plan; there are: seed, replicas/],
    ['no number', 'limit=many', /limit is "many"; expected a number/],
    ['empty', 'limit=', /limit is ""; expected a number/],
    ['neither true nor false', 'sharesKey=yes', /sharesKey is "yes"; expected true or false/],
  ] as const
  for (const [name, text, message] of wrong)
    test(`${name} is refused with what is wrong`, () => assert.throws(() => parseOverride(text), { message }))
})
