import type { Happening } from './trace.ts'

/** How often what happened: so that one sees that a run was no idle one. */
export type Tally = Readonly<Record<string, number>>

export function tallyOf(happenings: readonly Happening[]): Tally {
  const counts: Record<string, number> = {}
  for (const happening of happenings)
    for (const name of namesOf(happening)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Record<string, number> = {}
  for (const tally of tallies)
    for (const [name, count] of Object.entries(tally)) sum[name] = (sum[name] ?? 0) + count
  return Object.fromEntries(Object.entries(sum).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function namesOf(happening: Happening): readonly string[] {
  switch (happening.kind) {
    case 'answered':
      return [`statements ${happening.answer}`]
    case 'change accepted':
      return ['changes accepted']
    case 'committed':
      return happening.decided.map(({ reason }) => `decided ${reason}`)
    case 'ended':
      return [`decided ${happening.decided.reason}`]
    case 'claimed':
      return ['deliveries claimed']
    case 'arrived':
      return [
        happening.isCopy ? 'copies arrived' : 'events arrived',
        `effect ${happening.outcome}`,
        ...(happening.outcome === 'opened' ? [`opened ${ownKindOf(happening.key)}`] : []),
      ]
    case 'heard':
      return happening.isLost
        ? ['answers lost']
        : typeof happening.answer === 'string'
          ? [`no answer: ${happening.answer}`]
          : []
    case 'process':
      return [`process ${happening.what}`]
    case 'fault':
      return [`fault ${happening.what.replace(/ (for|by) .*| \d+$/, '')}`]
    case 'spun':
      return ['spinning']
    case 'settled':
    case 'said':
    case 'sent':
    case 'change said':
    case 'logged':
    case 'noticed':
    case 'healed':
      return []
    default:
      return happening satisfies never
  }
}

/** Incidents of our own are counted by their kind: for a storm, in place of another destination, of the audit. */
function ownKindOf(key: string): string {
  return /^(tocsin-[a-z-]+|fallback)/.exec(key)?.[0] ?? 'of failures'
}
