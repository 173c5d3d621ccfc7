import type { Log } from '../world/world.ts'
import type { Notice } from './notice.ts'

/** What people who run us want to read: degraded is a warning, what needs somebody is an error, the rest is told quietly. */
export function logNotice(log: Log, notice: Notice): void {
  switch (notice.kind) {
    case 'decided':
    // Whoever noticed has said so, once.
    case 'template-failed':
    case 'looks-missed':
      return
    case 'looked': {
      const { monitor, isFailed, troubles, firing, ended, tookMs } = notice.round
      const about = { monitor, troubles: troubles.length, firing, ended, tookMs }
      if (isFailed) log.warn('a monitor could not look', { ...about, why: troubles[0]?.finding.summary })
      else log.debug('a monitor looked', about)
      return
    }
    case 'breaker': {
      const { destination, state } = notice
      if (state === 'opened')
        log.warn('destination fails: its deliveries are parked and it is probed', { destination })
      else log.info('destination is back', { destination })
      return
    }
    case 'told': {
      const { outcome, ...about } = notice.told
      if (about.state === 'dead')
        log.error('delivery is dead: it waits for somebody', { ...about, why: outcome.message })
      else if (outcome.kind === 'retry')
        log.warn('delivery is tried again', { ...about, why: outcome.message })
      else if (about.action === 'trigger' || about.action === 'resolve') log.info('told', about)
      else log.debug('told', about)
      return
    }
    default:
      notice satisfies never
  }
}
