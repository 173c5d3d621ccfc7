import type { Observation } from '../observation.ts'
import { quoted } from '../quoted.ts'
import { fileOf, meaningOf, subjectOfRun, type Run } from './run.ts'

/** Units of a commit's hash that people show. */
const SHORT_SHA = 7

/** What the latest run of a workflow on a branch means. */
export function observeRun(repository: string, run: Run): Observation {
  const { head_branch: branch, html_url: url } = run
  const name = quoted(run.name ?? '') || fileOf(run) || `${run.workflow_id}`
  const isTrouble = meaningOf(run) === 'trouble'
  const where = branch === null ? '' : ` on ${quoted(branch)}`
  return {
    subject: subjectOfRun(run),
    type: 'failed',
    isTrouble,
    finding: {
      summary: `Workflow ${name} ${isTrouble ? 'failed' : 'succeeded'}${where} (#${run.run_number})`,
      severity: 'error',
      labels: { repository, workflow: name, ...(branch === null ? {} : { branch }) },
      details: {
        workflow: name,
        run_id: run.id,
        run_number: run.run_number,
        run_attempt: run.run_attempt,
        branch,
        event: run.event,
        commit: run.head_sha.slice(0, SHORT_SHA),
        conclusion: run.conclusion,
        actor: run.actor,
        run_started_at: run.run_started_at,
      },
      links: /^https?:\/\/[!-~]+$/i.test(url) ? [{ href: url, text: `${name} #${run.run_number}` }] : [],
    },
  }
}
