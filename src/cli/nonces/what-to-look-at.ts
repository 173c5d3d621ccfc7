import { existsSync } from 'node:fs'
import { Complaint } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { Variables } from './variables.ts'

/** A file of processes, or the id of one. */
export type ToLookAt = { readonly path: string } | { readonly id: string }

const MAP = './process-map.json'
const LIST = './process-ids.txt'

/** What was named, by the flag or by the environment, or else the file that is here. Throws a `Complaint` when there is nothing. */
export function whatToLookAt(file: string | undefined, variables: Variables): ToLookAt {
  if (file?.trim() === '') throw new Complaint(EXIT.usage, '--file is empty; expected a path.')
  const path = file ?? variables.text('CONFIG_FILE')
  if (path !== undefined) return { path }
  const id = variables.text('PROCESS_ID')
  if (id !== undefined) return { id }
  for (const path of [MAP, LIST]) if (existsSync(path)) return { path }
  throw new Complaint(
    EXIT.usage,
    `There is nothing to look at: no file was named, PROCESS_ID is not set, and there is neither ${MAP} nor ${LIST}.`,
    'Give --file=PATH, or set CONFIG_FILE or PROCESS_ID.',
  )
}
