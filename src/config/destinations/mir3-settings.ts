import type { Mir3Shape } from './mir3-shape.ts'
import type { Mir3Settings, TellingSettings } from '../settings.ts'
import type { Mir3Config, TellingConfig } from '../written.ts'

/** The settings that a MIR3 destination means. */
export function mir3Settings(
  shape: Mir3Shape,
  name: string,
  password: () => string,
  telling: Omit<TellingSettings, 'name'>,
): Mir3Settings {
  const { type, url, username, notification, api_version: apiVersion } = shape
  const known = { name, type, ...telling, username, password, notification, apiVersion }
  return url === undefined ? known : { ...known, url }
}

/** A MIR3 destination as it could have been written, with `secret` in place of its password. */
export function mir3Config(shape: Mir3Shape, secret: string, telling: TellingConfig): Mir3Config {
  const { type, url, username, password_file, notification, api_version } = shape
  const titles = Object.values(notification)
  const [title = ''] = titles
  return {
    type,
    ...(url === undefined ? {} : { url }),
    username,
    ...(password_file === undefined ? { password: secret } : { password_file }),
    notification: titles.every((other) => other === title) ? title : notification,
    api_version,
    ...telling,
  }
}
