/**
 * The front door of config/: what may be configured, and what is wrong with yours?
 *
 * A config comes as the text of tocsin.yaml or as an object of the same shape, and leaves as settings that the other rooms
 * trust, or as the list of everything that is wrong with it. Secrets come from the environment or from files, and stand in
 * no problem, warning or print.
 */
export { ConfigError } from './config-error.ts'
export type { Discovered, DiscoveredDestination } from './discovery/discovered.ts'
export { printConfig } from './effective.ts'
export type { ParsedConfig } from './interpret.ts'
export { DEMO_ROUTING_KEY, EMULATOR_URL, loadConfig, type LoadedConfig, type LoadOptions } from './load.ts'
export type { ConfigProblem } from './problems.ts'
export { formatDuration, parseDuration } from './durations.ts'
export { fromObject, parseConfig, type ObjectOptions, type ParseOptions } from './parse.ts'
export { readMatcher } from './matcher-text.ts'
export { suggest } from './nearest.ts'
export { configSchema } from './schema.ts'
export { readTarget, type Target } from './discovery/target.ts'
export { Targets, type TargetComplaint } from './discovery/targets.ts'
export type {
  DestinationSettings,
  DiscoverSettings,
  EmailSettings,
  HeartbeatSettings,
  Mir3Settings,
  PagerDutySettings,
  RootlySettings,
  ServerSettings,
  Settings,
  SlackSettings,
  SourceSettings,
  TokenScope,
  TokenSettings,
  WebhookSettings,
} from './settings.ts'
export type {
  AnyDestinationConfig,
  Config,
  DestinationConfig,
  DiscoverConfig,
  EmailConfig,
  HeartbeatConfig,
  KeyConfig,
  Mir3Config,
  PagerDutyApiConfig,
  RootlyConfig,
  ServerConfig,
  SlackConfig,
  TellingConfig,
  TokenConfig,
  UpdatePart,
  WebhookAuthConfig,
  WebhookConfig,
} from './written.ts'
export type {
  AnyMonitorConfig,
  ExecConfig,
  HeartbeatMonitorConfig,
  HttpConfig,
  MetricConfig,
  NoncesConfig,
  WatchConfig,
  WorkflowsConfig,
} from './monitors/written-monitors.ts'
export type {
  InhibitConfig,
  MatchConfig,
  MatchValue,
  RouteConfig,
  SeverityConfig,
  SeverityRuleConfig,
  TimeConfig,
  WhenConfig,
} from './routes/written-routes.ts'
