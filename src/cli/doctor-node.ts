import type { Finding } from './finding.ts'

/** The oldest that has everything we use; package.json and bin/tocsin.js say the same. */
export const NODE_MIN = '24.12.0'

/** Whether this Node is new enough. */
export function checkNode(version: string): Finding {
  if (isAtLeast(version, NODE_MIN))
    return { verdict: 'good', about: 'node', message: `${version} is new enough.` }
  return {
    verdict: 'bad',
    about: 'node',
    message: `${version} is older than ${NODE_MIN}.`,
    next: 'Install a newer Node: https://nodejs.org/en/download',
  }
}

function isAtLeast(version: string, least: string): boolean {
  const [have, need] = [version, least].map((text) => text.split('.').map(Number))
  for (const [at, part] of (need ?? []).entries()) {
    const own = have?.[at] ?? 0
    if (own !== part) return own > part
  }
  return true
}
