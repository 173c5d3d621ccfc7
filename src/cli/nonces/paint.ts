import type { Terminal } from '../terminal.ts'

const CODES = { green: 32, red: 31, yellow: 33, blue: 34 } as const

/** Colours a text, where somebody looks on who has not asked for none. */
export type Paint = (colour: keyof typeof CODES, text: string) => string

/** NO_COLOR is what people say who want none: https://no-color.org */
export function paintFor({ columns, env }: Pick<Terminal, 'columns' | 'env'>): Paint {
  const isPlain = columns === undefined || (env['NO_COLOR'] ?? '') !== ''
  return (colour, text) => (isPlain ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`)
}
