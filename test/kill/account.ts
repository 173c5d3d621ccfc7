import assert from 'node:assert/strict'
import { ask } from '../process/sender.ts'
import type { Mishap } from './fleet.ts'
import type { Heard } from './heard.ts'
import type { Story } from './persistent-sender.ts'
import { WRONGS, type Verdict } from './verdict.ts'

/** All that was said, heard and done. */
export interface Evidence {
  readonly stories: readonly Story[]
  readonly heard: ReadonlyMap<string, readonly Heard[]>
  readonly mishaps: readonly Mishap[]
  /** Where a replica listens that knows what all of them have written down. */
  readonly url: string
}

/** Of so many keys everything is told: they mostly fail for the same reason. */
const ACCOUNTS_MAX = 3

/** Fails with everything that happened to the keys that something was wrong with. */
export async function assertWell(verdicts: readonly Verdict[], evidence: Evidence): Promise<void> {
  const wrong = verdicts.filter((verdict) => WRONGS.some((kind) => verdict[kind].length > 0))
  if (wrong.length === 0) return
  const sentences = wrong.flatMap((verdict) =>
    WRONGS.flatMap((kind) => verdict[kind].map((text) => `${kind}: ${text}`)),
  )
  const names = new Set(wrong.slice(0, ACCOUNTS_MAX).map(({ name }) => name))
  const stories = evidence.stories.filter(({ name }) => names.has(name))
  const accounts = await Promise.all(stories.map((story) => account(story, evidence)))
  assert.fail([...sentences, ...accounts].join('\n'))
}

interface Line {
  readonly at: number
  readonly text: string
}

/** All that happened to one key, in the order of time. */
async function account({ name, steps }: Story, { heard, mishaps, url }: Evidence): Promise<string> {
  const events = heard.get(name) ?? []
  const told = events.map(({ at, action, index, outcome, status, fault }) => ({
    at,
    text: `  heard ${action} #${index}: ${outcome}, answered ${status}${fault === null ? '' : ` (${fault})`}`,
  }))
  const said = steps.flatMap(({ index, says, saidAt, answeredAt, attempts, refused }) => [
    { at: saidAt, text: `says #${index} ${says}` },
    { at: answeredAt, text: `#${index} was answered 2xx (said ${attempts} times, refused ${refused})` },
  ])
  const done = mishaps
    .filter(({ until }) => until >= (steps[0]?.saidAt ?? 0))
    .map(({ kind, from, until }) => ({ at: from, text: `      ${kind}, for ${until - from} ms` }))
  const written = await writtenOf(url, events[0]?.dedupKey ?? name)
  const lines = [...said, ...told, ...written, ...done].sort((a, b) => a.at - b.at)
  return [name, ...lines.map(({ at, text }) => `${new Date(at).toISOString().slice(11, 23)} ${text}`)].join(
    '\n',
  )
}

/** What the service has written down of a key. */
async function writtenOf(url: string, key: string): Promise<Line[]> {
  const answer = await ask(`${url}/v1/explain?key=${encodeURIComponent(key)}`)
  if (answer?.status !== 200) return [{ at: Date.now(), text: `    wrote nothing: ${answer?.text}` }]
  const { incidents } = JSON.parse(answer.text) as {
    incidents: { timeline: { at: string; kind: string; reason: string; detail: string | null }[] }[]
  }
  return incidents.flatMap(({ timeline }) =>
    timeline.map(({ at, kind, reason, detail }) => ({
      at: Date.parse(at),
      text: `    wrote ${kind}: ${reason}${detail === null ? '' : `, ${detail}`}`,
    })),
  )
}
