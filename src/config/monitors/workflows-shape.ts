import { duration, field, secret, section, text, texts, word, type Field } from '../fields.ts'
import { watchedBase } from './watched-url.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

export interface WorkflowsShape extends WatchShape {
  readonly type: 'workflows'
  readonly repository: string
  readonly url: string
  readonly token?: unknown
  readonly token_file?: string
  readonly branch?: string
  readonly workflows: readonly string[]
  readonly timeout: number
}

const EVERY_MS = 5 * 60_000
const GITHUB = 'https://api.github.com'

/** What can be written for a monitor of workflows on GitHub. */
export function workflowsShape(): Field<WorkflowsShape> {
  const parts = section<WorkflowsShape>(
    {
      type: word(['workflows'], 'What it looks at.'),
      repository: repositoryField(),
      url: watchedBase(`A base of the REST API to use instead of ${GITHUB}.`)
        .optional()
        .transform((url = GITHUB) => url),
      token: secret('A token that may read actions; write it as ${NAME}.').optional(),
      token_file: text('A file that holds the token; read again when it changes.', 'a path').optional(),
      branch: text('Runs of this branch alone.', 'main').optional(),
      workflows: workflowsField().prefault([]),
      timeout: duration('100ms', '5m', 'For one request.').prefault('10s'),
      ...watchParts(),
    },
    'Whether the workflows of a repository on GitHub succeed.',
  )
  return watching(parts, () => EVERY_MS)
}

function repositoryField(): Field<string> {
  return field({ type: 'string', description: 'The repository: OWNER/NAME.' }, (seen, refuse) =>
    typeof seen === 'string' && /^[\w-]+\/[\w.-]+$/.test(seen)
      ? seen
      : refuse('expected OWNER/NAME, such as nodejs/node'),
  )
}

function workflowsField(): Field<readonly string[]> {
  const description = 'Names, file names or ids of workflows; all when left out.'
  return texts(
    { type: ['string', 'integer'], description },
    (seen, refuse, at) => {
      const name = typeof seen === 'number' ? String(seen) : seen
      return typeof name === 'string' && name.trim() !== ''
        ? name
        : refuse('expected the name, the file name or the id of a workflow', at)
    },
    0,
  )
}
