import { duration, field, holding, number, secret, section, text, word, type Field } from '../fields.ts'
import { headersField } from '../headers-field.ts'
import { CONNECTION_HEADERS, type BearerShape } from './http-shape.ts'
import { watchedBase, watchedUrl } from './watched-url.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

/** Read by `url` and `path`, or by `prometheus` and `query`; `monitor-checks.ts` holds it to one way. */
export interface MetricShape extends WatchShape, BearerShape {
  readonly type: 'metric'
  readonly url?: string
  readonly path?: string
  readonly prometheus?: string
  readonly query?: string
  readonly above?: number
  readonly below?: number
  readonly unit: string
  readonly missing: 'trouble' | 'well'
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
}

const MISSING: readonly MetricShape['missing'][] = ['trouble', 'well']
const EVERY_MS = 60_000

/** What can be written for a monitor of a number. */
export function metricShape(): Field<MetricShape> {
  const parts = section<MetricShape>(
    {
      type: word(['metric'], 'What it looks at.'),
      url: watchedUrl('An address that answers with JSON. It is no secret.').optional(),
      path: text('Where the number stands in the JSON.', 'data.success_rate').optional(),
      prometheus: watchedBase('A base of Prometheus, in place of url.').optional(),
      query: text('What Prometheus is asked, in PromQL.', 'sum(rate(errors_total[5m]))').optional(),
      above: number('Trouble above this.').optional(),
      below: number('Trouble below this.').optional(),
      unit: unitField(),
      missing: word(MISSING, 'What it means that there is no number.').prefault('trouble'),
      headers: headersField(CONNECTION_HEADERS, 'bearer').prefault({}),
      bearer: secret('A token that is sent along; write it as ${NAME}.').optional(),
      bearer_file: text('A file that holds the token; read again when it changes.', 'a path').optional(),
      timeout: duration('100ms', '5m', 'For one request.').prefault('10s'),
      ...watchParts(),
    },
    'Whether a number is where it should be.',
  )
  const whole = holding(
    parts,
    ({ above = Infinity, below = -Infinity }) => below <= above,
    'expected at most above: nothing would be well',
    ['below'],
  )
  return watching(whole, () => EVERY_MS)
}

function unitField(): Field<string> {
  const description = 'Shown after the number, such as "%" or " ms".'
  const unit = field({ type: 'string', description }, (seen, refuse) =>
    typeof seen === 'string' && seen.length <= 20 ? seen : refuse('expected at most 20 characters'),
  )
  return unit.optional().transform((text = '') => text)
}
