import {
  execMonitor,
  heartbeatMonitor,
  httpMonitor,
  metricMonitor,
  noncesMonitor,
  workflowsMonitor,
  type Monitor,
  type MonitorSettings,
} from '../monitors/monitors.ts'
import type { Store } from '../store/store.ts'

/** A monitor with how it is watched. */
export interface Watch {
  readonly monitor: Monitor
  readonly settings: MonitorSettings
}

/** The monitor that settings ask for. */
export function makeWatch(settings: MonitorSettings, store: Pick<Store, 'watched'>): Watch {
  return { monitor: makeMonitor(settings, store), settings }
}

function makeMonitor(settings: MonitorSettings, store: Pick<Store, 'watched'>): Monitor {
  switch (settings.type) {
    case 'nonces':
      return noncesMonitor(settings)
    case 'http':
      return httpMonitor(settings)
    case 'heartbeat': {
      const { name, of = name } = settings
      return heartbeatMonitor(settings, async () => (await store.watched(of)).record?.ranAt)
    }
    case 'workflows':
      return workflowsMonitor(settings)
    case 'metric':
      return metricMonitor(settings)
    case 'exec':
      return execMonitor(settings)
    default:
      return settings satisfies never
  }
}
