import type { FiringMember } from '../../decide/decide.ts'
import { affected, textOr } from '../affected.ts'
import { cutText, oneLine } from './slack-text.ts'

/** How many alerts of one type are listed, and how long each line is. Of errors, the first few say it all. */
const LISTED = { most: 8, units: 200 }
const ERRORS_LISTED = { most: 3, units: 100 }

/** Types beyond these are counted together. */
const TYPES_MAX = 4
const TYPE_UNITS_MAX = 40

/**
 * The alerts that fire, by their label `type`: a text for each type, with its count, its first alerts and how many more there
 * are. `total` is how many fire; `members` may be fewer.
 */
export function memberTexts(members: readonly FiringMember[], total: number): readonly string[] {
  const byType = Map.groupBy(members, ({ alert }) => textOr(alert.labels['type'], 'alert').trim())
  const shown = [...byType].slice(0, TYPES_MAX)
  const others = total - shown.reduce((sum, [, alerts]) => sum + alerts.length, 0)
  const texts = shown.map(([type, alerts]) =>
    typeText(cutText(oneLine(type), TYPE_UNITS_MAX) || 'alert', alerts),
  )
  return others <= 0 ? texts : [...texts, `... and ${others} more ${plural(others, 'alert')}`]
}

function typeText(type: string, members: readonly FiringMember[]): string {
  const { most, units } = type.toLowerCase() === 'error' ? ERRORS_LISTED : LISTED
  const lines = members
    .slice(0, most)
    .map(({ alert }) => `• ${cutText(oneLine(textOr(alert.summary, affected(alert))), units)}`)
  const more = members.length - lines.length
  return [
    `${counted(members.length, type)}:`,
    ...lines,
    ...(more > 0 ? [`... and ${more} more ${plural(more, type)}`] : []),
  ].join('\n')
}

function counted(count: number, word: string): string {
  return `${count} ${plural(count, word)}`
}

/** As English has it most of the time: a mismatch, mismatches; an entry, entries. */
function plural(count: number, word: string): string {
  if (count === 1) return word
  if (/(?:s|x|z|ch|sh)$/i.test(word)) return `${word}es`
  return /[^aeiou]y$/i.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}
