/** `.name` (the first without its dot), `[0]` or `["any name"]`. */
const STEP = /(?:^|\.)([^.[\]"']+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/y

/**
 * The steps of a path into JSON, such as `data.items.0.rate`, `$.data.rate`, `data[0].rate` or `data["success.rate"]`; `$`
 * alone is the whole. Undefined when it is none.
 */
export function parsePath(path: string): readonly string[] | undefined {
  const text = path.replace(/^\$\.?/, '')
  const steps: string[] = []
  let at = 0
  while (at < text.length) {
    STEP.lastIndex = at
    const match = STEP.exec(text)
    if (match === null) return undefined
    steps.push(match.slice(1).find((step) => step !== undefined) ?? '')
    at = STEP.lastIndex
  }
  return steps.length === 0 && !path.startsWith('$') ? undefined : steps
}

/** What stands there; undefined: nothing. Of a list, `length` is how many it has. */
export function readPath(value: unknown, steps: readonly string[]): unknown {
  let here = value
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[step]
  }
  return here
}
