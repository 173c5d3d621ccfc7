import type { MailServer, World } from '../world/world.ts'
import type { Finding } from './finding.ts'

const DEADLINE_MS = 10_000

/** Whether a mail server can be reached, encrypts, and knows us. It is given no mail. */
export async function checkMail(server: MailServer, about: string, { mail }: World): Promise<Finding[]> {
  const { host, port, security, login } = server
  const connection = mail.open(server)
  const trouble = await connection.check(DEADLINE_MS)
  await connection.close()
  const place = `${host}:${port}`
  if (trouble === undefined) {
    const known = login === undefined ? 'can be reached' : 'can be reached, and knows us'
    const message = `${place} ${known} (it was given no mail).`
    const plain = security === 'none' ? [checkPlain(about)] : []
    return [{ verdict: 'good', about, message }, ...plain]
  }
  if (trouble.kind === 'refused') {
    // What it says may hold what it was told.
    const message = `${place} refuses us with ${trouble.code}.`
    const next = 'Check username, password and tls.'
    return [{ verdict: 'bad', about, message, next }]
  }
  const next =
    trouble.failure === 'insecure'
      ? 'Check tls, and ca_file for a server with an authority of its own.'
      : 'Check smtp, and the network: many providers block port 25.'
  return [{ verdict: 'bad', about, message: `${place} cannot be used: ${trouble.reason}.`, next }]
}

function checkPlain(about: string): Finding {
  const next = 'Set tls to starttls or implicit, unless nobody else can listen on the way.'
  return { verdict: 'doubtful', about, message: 'its mails are not encrypted on the way.', next }
}
