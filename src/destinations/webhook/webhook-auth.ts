/** How a webhook is shown who we are. Secrets are read anew for each send, so that they can be rotated without a restart. */
export type WebhookAuth =
  | { readonly kind: 'bearer'; readonly token: () => string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: () => string }
  | { readonly kind: 'header'; readonly name: string; readonly value: () => string }

/** The header that shows it, and what in it is secret. */
export interface Shown {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

export function showAuth(auth: WebhookAuth | undefined): Shown {
  switch (auth?.kind) {
    case undefined:
      return { headers: {}, secrets: [] }
    case 'bearer': {
      const token = auth.token()
      return { headers: { authorization: `Bearer ${token}` }, secrets: [token] }
    }
    case 'basic': {
      const password = auth.password()
      const credentials = Buffer.from(`${auth.username}:${password}`).toString('base64')
      return { headers: { authorization: `Basic ${credentials}` }, secrets: [password, credentials] }
    }
    case 'header': {
      const value = auth.value()
      return { headers: { [auth.name.toLowerCase()]: value }, secrets: [value] }
    }
    default:
      return auth satisfies never
  }
}
