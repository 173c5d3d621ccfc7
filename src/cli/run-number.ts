import type { Terminal } from './terminal.ts'

/** GitHub numbers the runs of a workflow: https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
export function runNumberIn(env: Terminal['env']): number | undefined {
  const text = env['GITHUB_RUN_NUMBER']
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
