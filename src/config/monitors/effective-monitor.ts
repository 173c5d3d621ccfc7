import { SECRET } from '../destinations/effective-destination.ts'
import { formatDuration } from '../durations.ts'
import { mapValues } from '../map-values.ts'
import type { ExecShape } from './exec-shape.ts'
import type { BearerShape, HttpShape, StatusRange } from './http-shape.ts'
import type { MetricShape } from './metric-shape.ts'
import type { MonitorShape } from './monitor-shape.ts'
import type { NoncesShape } from './nonces-shape.ts'
import { writeTelling } from './nonces-telling.ts'
import type { WatchShape } from './watch-shape.ts'
import type { WorkflowsShape } from './workflows-shape.ts'
import type {
  AnyMonitorConfig,
  BearerConfig,
  ExecConfig,
  HttpConfig,
  MetricConfig,
  NoncesConfig,
  WatchConfig,
  WorkflowsConfig,
} from './written-monitors.ts'

/** A monitor as it could have been written: every default filled in, every secret left out. */
export function effectiveMonitor(shape: MonitorShape): AnyMonitorConfig {
  switch (shape.type) {
    case 'nonces':
      return nonces(shape)
    case 'http':
      return http(shape)
    case 'heartbeat': {
      const { type, within, grace, of } = shape
      const known = { type, within: formatDuration(within), grace: formatDuration(grace) }
      return { ...known, ...(of === undefined ? {} : { of }), ...watch(shape) }
    }
    case 'workflows':
      return workflows(shape)
    case 'metric':
      return metric(shape)
    case 'exec':
      return exec(shape)
    default:
      return shape satisfies never
  }
}

function watch({
  every = 0,
  schedule,
  timezone = 'UTC',
  jitter,
  deadline,
  confirm,
  ...rest
}: WatchShape): WatchConfig {
  const { severity, labels, links, dedup_key: key } = rest
  const { trouble, of = trouble, well, for: lasting, growing } = confirm
  return {
    ...(schedule === undefined ? { every: formatDuration(every) } : { schedule, timezone }),
    jitter: formatDuration(jitter),
    deadline: formatDuration(deadline),
    confirm: { trouble, of, well, for: formatDuration(lasting), growing },
    ...(severity === undefined ? {} : { severity }),
    labels,
    links,
    ...(key === undefined ? {} : { dedup_key: key.text }),
  }
}

function nonces(shape: NoncesShape): NoncesConfig {
  const { type, processes, process_id, state_url, router_url, exclude_servers, concurrency } = shape
  const { per_host = concurrency, timeout, retries, dedup_key, dated_keys = true } = shape
  return {
    type,
    ...(processes === undefined ? {} : { processes }),
    ...(process_id === undefined ? {} : { process_id }),
    state_url,
    router_url,
    exclude_servers,
    concurrency,
    per_host,
    timeout: formatDuration(timeout),
    retries: {
      max: retries.max,
      base: formatDuration(retries.base),
      max_delay: formatDuration(retries.max_delay),
    },
    ...writeTelling(shape),
    ...(dedup_key === undefined ? { dated_keys } : {}),
    ...watch(shape),
  }
}

function http(shape: HttpShape): HttpConfig {
  const { type, url, method, headers, body, timeout, concurrency, expect } = shape
  const { latency, certificate } = expect
  return {
    type,
    url,
    method,
    headers,
    ...bearer(shape),
    ...(body === undefined ? {} : { body }),
    timeout: formatDuration(timeout),
    concurrency,
    expect: {
      status: expect.status.map(writeStatus),
      ...(expect.body === undefined ? {} : { body: expect.body }),
      ...(latency === undefined ? {} : { latency: formatDuration(latency) }),
      ...(certificate === undefined ? {} : { certificate: formatDuration(certificate) }),
    },
    ...watch(shape),
  }
}

function writeStatus({ from, to }: StatusRange): number | string {
  return from === to ? from : `${from}-${to}`
}

function workflows(shape: WorkflowsShape): WorkflowsConfig {
  const { type, repository, url, token, token_file, branch, workflows, timeout } = shape
  return {
    type,
    repository,
    url,
    ...(token_file === undefined ? (token === undefined ? {} : { token: SECRET }) : { token_file }),
    ...(branch === undefined ? {} : { branch }),
    workflows,
    timeout: formatDuration(timeout),
    ...watch(shape),
  }
}

function metric(shape: MetricShape): MetricConfig {
  const { type, url, path, prometheus, query, above, below, unit, missing, headers, timeout } = shape
  return {
    type,
    ...(url === undefined ? {} : { url }),
    ...(path === undefined ? {} : { path }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(query === undefined ? {} : { query }),
    ...(above === undefined ? {} : { above }),
    ...(below === undefined ? {} : { below }),
    unit,
    missing,
    headers,
    ...bearer(shape),
    timeout: formatDuration(timeout),
    ...watch(shape),
  }
}

function exec(shape: ExecShape): ExecConfig {
  const { type, command, directory, env, timeout, codes } = shape
  return {
    type,
    command,
    ...(directory === undefined ? {} : { directory }),
    // A password stands there sooner or later.
    env: mapValues(env, () => SECRET),
    timeout: formatDuration(timeout),
    codes,
    ...watch(shape),
  }
}

function bearer({ bearer, bearer_file }: BearerShape): BearerConfig {
  if (bearer_file !== undefined) return { bearer_file }
  return bearer === undefined ? {} : { bearer: SECRET }
}
