import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'

export const ACTION_FOLDER: string = join(import.meta.dirname, '../../deploy/github-action')

export interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, unknown>>
}

/** As much of action.yml as is looked at here. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

/** As much of a workflow as is looked at here. */
export interface Workflow {
  readonly on: { readonly schedule: readonly { readonly cron: string }[] } & Readonly<Record<string, unknown>>
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean }
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<
    Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>
  >
}

/** A file of the action, as text. */
export function read(path: string): string {
  return readFileSync(join(ACTION_FOLDER, path), 'utf8')
}

function readYaml(path: string): unknown {
  const document = parseDocument(read(path))
  assert.deepEqual([...document.errors, ...document.warnings], [], path)
  return document.toJS()
}

export const ACTION: Action = readYaml('action.yml') as Action
export const WORKFLOWS: ReadonlyMap<string, Workflow> = new Map(
  globSync('examples/*.yml', { cwd: ACTION_FOLDER }).map((path) => [path, readYaml(path) as Workflow]),
)

/** What stands in each `${{ }}` of a value. */
export function expressionsIn(value: unknown): readonly string[] {
  const text = JSON.stringify(value) ?? ''
  return Array.from(text.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g), ([, expression = '']) => expression)
}
