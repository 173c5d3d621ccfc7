import { isAbsolute, join } from 'node:path'
import type {
  ExecSettings,
  HeartbeatSettings,
  HttpSettings,
  MetricSettings,
  MonitorSettings,
  NoncesSettings,
  Schedule,
  WatchSettings,
  WorkflowsSettings,
} from '../../monitors/monitors.ts'
import type { Secrets } from '../secrets.ts'
import type { ExecShape } from './exec-shape.ts'
import type { HeartbeatShape } from './heartbeat-shape.ts'
import type { BearerShape, HttpShape } from './http-shape.ts'
import type { MetricShape } from './metric-shape.ts'
import type { MonitorShape } from './monitor-shape.ts'
import type { NoncesShape } from './nonces-shape.ts'
import { perProcess, perRun } from './nonces-telling.ts'
import type { WatchShape } from './watch-shape.ts'
import type { WorkflowsShape } from './workflows-shape.ts'

/** What paths are relative to, and where the secrets are. */
interface Around {
  readonly directory: string
  readonly secrets: Secrets
}

/** The settings that monitors mean. */
export function monitorSettings(
  monitors: Readonly<Record<string, MonitorShape>>,
  around: Around,
): readonly MonitorSettings[] {
  return Object.entries(monitors).map(([name, shape]) => settingsOf(name, shape, around))
}

function settingsOf(name: string, shape: MonitorShape, around: Around): MonitorSettings {
  const watch = watchSettings(name, shape)
  switch (shape.type) {
    case 'nonces':
      return noncesSettings(shape, watch, around)
    case 'http':
      return httpSettings(shape, watch, around)
    case 'heartbeat':
      return heartbeatSettings(shape, watch)
    case 'workflows':
      return workflowsSettings(shape, watch, around)
    case 'metric':
      return metricSettings(shape, watch, around)
    case 'exec':
      return execSettings(shape, watch, around)
    default:
      return shape satisfies never
  }
}

function watchSettings(name: string, shape: WatchShape): WatchSettings {
  const { deadline, confirm, severity, labels, links } = shape
  const { trouble, of = trouble, well, for: forMs, growing } = confirm
  return {
    name,
    schedule: scheduleOf(shape),
    deadlineMs: deadline,
    confirm: { trouble, of, well, forMs, growing },
    ...(severity === undefined ? {} : { severity }),
    labels,
    links,
  }
}

function scheduleOf({
  every = 0,
  schedule: pattern,
  timezone = 'UTC',
  jitter: jitterMs,
}: WatchShape): Schedule {
  return pattern === undefined
    ? { kind: 'every', everyMs: every, jitterMs }
    : { kind: 'cron', pattern, timezone, jitterMs }
}

function noncesSettings(shape: NoncesShape, watch: WatchSettings, { directory }: Around): NoncesSettings {
  const { type, processes, process_id: id = '', concurrency, per_host, timeout, retries, tell } = shape
  return {
    ...watch,
    type,
    processes: processes === undefined ? { id } : { path: pathOf(processes, directory) },
    stateUrl: shape.state_url,
    routerUrl: shape.router_url,
    excludeServers: shape.exclude_servers,
    concurrency,
    perHost: per_host ?? concurrency,
    timeoutMs: timeout,
    retries: { max: retries.max, baseMs: retries.base, maxMs: retries.max_delay },
    tell: tell === 'per_run' ? perRun(shape) : perProcess(shape),
  }
}

function httpSettings(shape: HttpShape, watch: WatchSettings, around: Around): HttpSettings {
  const { type, url, method, headers, body, timeout, concurrency, expect } = shape
  return {
    ...watch,
    type,
    urls: url,
    method,
    headers,
    ...bearerOf(shape, watch.name, around),
    ...(body === undefined ? {} : { body }),
    timeoutMs: timeout,
    concurrency,
    expect: {
      status: expect.status,
      ...(expect.body === undefined ? {} : { body: expect.body }),
      ...(expect.latency === undefined ? {} : { latencyMs: expect.latency }),
      ...(expect.certificate === undefined ? {} : { certificateMs: expect.certificate }),
    },
  }
}

function heartbeatSettings(
  { type, within, grace, of }: HeartbeatShape,
  watch: WatchSettings,
): HeartbeatSettings {
  return { ...watch, type, withinMs: within, graceMs: grace, ...(of === undefined ? {} : { of }) }
}

function workflowsSettings(
  shape: WorkflowsShape,
  watch: WatchSettings,
  { secrets }: Around,
): WorkflowsSettings {
  const { type, repository, url, token, token_file, branch, workflows, timeout } = shape
  const hasToken = token !== undefined || token_file !== undefined
  return {
    ...watch,
    type,
    repository,
    url,
    ...(hasToken ? { token: secrets.expect(['monitors', watch.name, 'token']) } : {}),
    ...(branch === undefined ? {} : { branch }),
    workflows,
    timeoutMs: timeout,
  }
}

function metricSettings(shape: MetricShape, watch: WatchSettings, around: Around): MetricSettings {
  const { type, url, path = '', prometheus = '', query = '', above, below, unit, missing, headers } = shape
  return {
    ...watch,
    type,
    from: url === undefined ? { kind: 'prometheus', url: prometheus, query } : { kind: 'json', url, path },
    headers,
    ...bearerOf(shape, watch.name, around),
    timeoutMs: shape.timeout,
    ...(above === undefined ? {} : { above }),
    ...(below === undefined ? {} : { below }),
    unit,
    missing,
  }
}

function execSettings(shape: ExecShape, watch: WatchSettings, around: Around): ExecSettings {
  const { type, command, directory, env, timeout, codes } = shape
  return {
    ...watch,
    type,
    command,
    ...(directory === undefined ? {} : { directory: pathOf(directory, around.directory) }),
    env,
    timeoutMs: timeout,
    severities: codes,
  }
}

function bearerOf(
  { bearer, bearer_file }: BearerShape,
  name: string,
  { secrets }: Around,
): { readonly bearer?: () => string } {
  if (bearer === undefined && bearer_file === undefined) return {}
  return { bearer: secrets.expect(['monitors', name, 'bearer']) }
}

function pathOf(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path)
}
