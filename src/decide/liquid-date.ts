import assert from 'node:assert/strict'
import { filters, type Liquid } from 'liquidjs'

/** `"now" | date: "%Y"` asks the library's own clock; from here on it means what stands under `name`, as an alert has it. */
export function dateBy(engine: Liquid, name: string): Liquid {
  const { ['date']: date } = filters
  assert(typeof date === 'function', 'the library has a filter for dates')
  engine.registerFilter('date', function (value: unknown, ...args: unknown[]): unknown {
    const isNow = value === 'now' || value === 'today'
    return date.call(this, isNow ? this.context.getSync([name]) : value, ...args)
  })
  return engine
}
