import type { RootlyPlace } from '../../destinations/destinations.ts'
import type { RootlyShape } from './rootly-shape.ts'
import type { RootlySettings, TellingSettings } from '../settings.ts'
import type { RootlyConfig, TellingConfig } from '../written.ts'

/** The settings that a Rootly destination means. */
export function rootlySettings(
  shape: RootlyShape,
  name: string,
  token: () => string,
  telling: Omit<TellingSettings, 'name'>,
): RootlySettings {
  const { type, url } = shape
  return { name, type, ...telling, token, place: placeOf(shape), ...(url === undefined ? {} : { url }) }
}

function placeOf(shape: RootlyShape): RootlyPlace {
  const { service_ids, group_ids, environment_ids, alert_urgency_id, notification_target, description } =
    shape
  return {
    serviceIds: service_ids,
    groupIds: group_ids,
    environmentIds: environment_ids,
    urgencyIds: alert_urgency_id,
    ...(notification_target === undefined ? {} : { target: notification_target }),
    ...(description === undefined ? {} : { description }),
  }
}

/** A Rootly destination as it could have been written, with `secret` in place of its API key. */
export function rootlyConfig(shape: RootlyShape, secret: string, telling: TellingConfig): RootlyConfig {
  const { type, token_file, url, notification_target, description } = shape
  return {
    type,
    ...(token_file === undefined ? { token: secret } : { token_file }),
    ...(url === undefined ? {} : { url }),
    service_ids: shape.service_ids,
    group_ids: shape.group_ids,
    environment_ids: shape.environment_ids,
    alert_urgency_id: shape.alert_urgency_id,
    ...(notification_target === undefined ? {} : { notification_target }),
    ...(description === undefined ? {} : { description: description.text }),
    ...telling,
  }
}
