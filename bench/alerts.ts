/** One alert as Prometheus pushes it. */
export interface PushedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly endsAt?: string
}

/** An alert of some 250 bytes, told apart from others by its name and number. */
export function makeAlert(name: string, number: number, endsAt?: string): PushedAlert {
  const instance = `web-${number}:9090`
  return {
    labels: { alertname: name, instance, job: 'node', severity: 'warning', rack: `r${number % 100}` },
    annotations: {
      summary: `${name} on web-${number}`,
      description: 'Above 90 percent for 5 minutes',
      runbook_url: 'https://runbooks.example.com/cpu',
    },
    ...(endsAt === undefined ? {} : { endsAt }),
  }
}

/** Bodies of `count` distinct alerts that hold for an hour, made as they are asked for. */
export function* distinctBodies(name: string, count: number, batch: number): Generator<string, void> {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  for (let from = 0; from < count; from += batch) {
    const length = Math.min(batch, count - from)
    yield JSON.stringify(Array.from({ length }, (_, index) => makeAlert(name, from + index, endsAt)))
  }
}

/** Bodies of the same hundred alerts, over and over. They have no end: each repeat moves it, as with a steady source. */
export function repeatedBodies(batch: number): string[] {
  return Array.from({ length: 25 }, (_, body) =>
    JSON.stringify(
      Array.from({ length: batch }, (_, index) => makeAlert('Repeat', (body * batch + index) % 100)),
    ),
  )
}
