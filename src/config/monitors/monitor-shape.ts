import type { Field } from '../fields.ts'
import { kinds } from '../kinds.ts'
import { execShape, type ExecShape } from './exec-shape.ts'
import { heartbeatShape, type HeartbeatShape } from './heartbeat-shape.ts'
import { httpShape, type HttpShape } from './http-shape.ts'
import { metricShape, type MetricShape } from './metric-shape.ts'
import { noncesShape, type NoncesShape } from './nonces-shape.ts'
import { workflowsShape, type WorkflowsShape } from './workflows-shape.ts'

export type MonitorShape = NoncesShape | HttpShape | HeartbeatShape | WorkflowsShape | MetricShape | ExecShape

/** What can be written for a monitor. */
export function monitorShape(): Field<MonitorShape> {
  return kinds<MonitorShape>({
    nonces: noncesShape,
    http: httpShape,
    heartbeat: heartbeatShape,
    workflows: workflowsShape,
    metric: metricShape,
    exec: execShape,
  })
}
