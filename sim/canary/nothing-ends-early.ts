import type { Canary } from './canary.ts'

export const nothingEndsEarly: Canary = {
  bug: 'an alert expires when its time has half run out',
  overrides: { expiring: 3, safetyMs: 60_000, clockJumps: 0 },
  plant: () => ({
    store: (store) => {
      const expire = store.expire.bind(store)
      store.expire = (now, limit, decide) =>
        expire(now + 10_000, limit, ({ incident, member }) =>
          decide({ incident, member: { ...member, expiresAt: (member.expiresAt ?? now) - 10_000 } }),
        )
    },
  }),
}
