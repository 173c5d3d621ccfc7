import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'

const NEXT = 'Stop what listens there, or choose another address with --listen HOST:PORT.'

/** Turns the reason why an address cannot be had into a sentence. Anything else is thrown as it is. */
export function refusePort(
  error: unknown,
  { host, port }: { host: string; port: number },
  next: string = NEXT,
): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const why = typeof code === 'string' ? REASONS[code] : undefined
  if (why === undefined) throw error
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  throw new Complaint(EXIT.usage, `Cannot listen on ${address}: ${why}.`, next)
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody listens there already',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'it takes more rights than this process has',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name cannot be looked up',
}
