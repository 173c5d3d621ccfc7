/** A certificate for this machine's own names, and its key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A self-signed certificate for localhost, 127.0.0.1 and ::1. It is its own authority: trust it to trust the server. */
export async function makeCertificate(): Promise<Certificate> {
  // Imported here because it takes its time, and only --tls needs it.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // Fixed dates: TLS compares them with the machine's real clock, which a test's clock knows nothing of.
    notBeforeDate: new Date('2024-01-01T00:00:00Z'),
    notAfterDate: new Date('2049-01-01T00:00:00Z'),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}
