import type { World } from '../world/world.ts'
import type { IncidentEvent } from './state.ts'
import { signatureOf, webhookBody, type Webhook } from './webhook.ts'

/** PagerDuty waits 5 s for an answer (https://developer.pagerduty.com/docs/webhooks-behavior). */
const DEADLINE_MS = 5_000

/** PagerDuty tries for up to 48 hours at intervals it does not document; a test wants to be done sooner. */
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000]

/** Sends webhooks, without anybody waiting for them. */
export interface Webhooks {
  /** Tells of a change, after those of the same incident that came before. */
  tell(event: IncidentEvent): void
  /** Stops: what has not been told will not be. */
  close(): void
}

export function openWebhooks(world: World): Webhooks {
  // The last of each incident: the next one waits for it, since they are ordered per incident.
  const last = new Map<string, Promise<void>>()
  const cancels = new Set<() => void>()
  let closed = false

  const wait = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = world.clock.after(ms, resolve)
    const stop = (): void => {
      cancel()
      resolve()
    }
    cancels.add(stop)
    await promise
    cancels.delete(stop)
  }

  const send = async (webhook: Webhook, body: string, id: string): Promise<void> => {
    const request = requestOf(webhook, body, id)
    for (const delayMs of [...RETRY_DELAYS_MS, 0]) {
      if (closed) return
      const answer = await world.http.request(request)
      if ('status' in answer && answer.status !== 429 && answer.status < 500) return
      await wait(delayMs)
    }
    world.log.warn('webhook given up', { webhookId: id })
  }

  return {
    tell: (event) => {
      const body = event.webhook && webhookBody(event, world.id())
      if (event.webhook === undefined || body === undefined) return
      const { webhook, incident } = event
      const before = last.get(incident.id) ?? Promise.resolve()
      const sent = before.then(() => send(webhook, body, world.id()))
      last.set(incident.id, sent)
      void sent.finally(() => {
        if (last.get(incident.id) === sent) last.delete(incident.id)
      })
    },
    close: () => {
      closed = true
      for (const stop of cancels) stop()
    },
  }
}

function requestOf(webhook: Webhook, body: string, id: string): Parameters<World['http']['request']>[0] {
  return {
    method: 'POST',
    url: webhook.url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'PagerDuty-Webhook/V3.0',
      'x-pagerduty-signature': signatureOf(body, webhook.secret),
      'x-webhook-id': id,
      'x-webhook-subscription': 'PEMULAT',
    },
    body,
    deadlineMs: DEADLINE_MS,
  }
}
