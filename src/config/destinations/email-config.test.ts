import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeDestination } from '../../pipeline/make-destination.ts'
import { virtualWorld } from '../../world/world.ts'
import { fromObject, parseConfig, printConfig, type EmailSettings } from '../config.ts'

const PASSWORD = 'S3cret pass/word'
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

const WRITTEN = { type: 'email', smtp: 'mail.example.org', from: 'a@example.org', to: 'b@example.org' }

function parse(email: Readonly<Record<string, unknown>>): ReturnType<typeof fromObject> {
  const files: Readonly<Record<string, string>> = { 'ca.pem': PEM, password: `${PASSWORD}\n` }
  const readFile = (path: string): string => {
    const text = files[path.slice(path.lastIndexOf('/') + 1)]
    if (text === undefined) throw new Error('none')
    return text
  }
  return fromObject({ destinations: { mail: { ...WRITTEN, ...email } } } as never, { readFile })
}

function settingsOf(email: Readonly<Record<string, unknown>> = {}): EmailSettings {
  const parsed = parse(email)
  assert(parsed.ok, JSON.stringify(parsed))
  const [settings] = parsed.settings.destinations
  assert(settings?.type === 'email')
  return settings
}

function problemsOf(email: Readonly<Record<string, unknown>>): readonly string[] {
  const parsed = parse(email)
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
}

test('what is needed is enough: encrypted, at most 60 mails a minute', () => {
  const { server, from, to, cc, rate, timeoutMs } = settingsOf()
  assert.deepEqual(server, { host: 'mail.example.org', port: 587, security: 'starttls' })
  assert.deepEqual([from, to, cc], [{ address: 'a@example.org' }, [{ address: 'b@example.org' }], []])
  assert.deepEqual([rate, timeoutMs], [{ limit: 60, windowMs: 60_000 }, 10_000])
})

test('the port is that of the way in which the connection is encrypted, unless one is written', () => {
  const ways = [
    [{ tls: 'implicit' }, 465],
    [{ tls: 'none' }, 25],
    [{ smtp: 'mail.example.org:2525' }, 2525],
    [{ smtp: '[::1]:26' }, 26],
    [{ smtp: '127.0.0.1' }, 587],
  ] as const
  for (const [email, port] of ways) assert.equal(settingsOf(email).server.port, port)
})

test('a password, an authority, names and templates are all there', () => {
  const { server, from, to, templates } = settingsOf({
    username: 'tocsin',
    password_file: 'password',
    ca_file: 'ca.pem',
    from: '"Tocsin, of us" <tocsin@example.org>',
    to: ['Ops <ops@example.org>', 'b@example.org'],
    subject: '{{ summary }}',
    body: 'b',
    html: '<p>h</p>',
  })
  assert.deepEqual([server.login?.username, server.login?.password()], ['tocsin', PASSWORD])
  assert.equal(server.ca?.(), PEM.trim())
  assert.deepEqual(from, { address: 'tocsin@example.org', name: 'Tocsin, of us' })
  assert.deepEqual(to, [{ address: 'ops@example.org', name: 'Ops' }, { address: 'b@example.org' }])
  assert.deepEqual(Object.keys(templates), ['subject', 'body', 'html'])
})

test('a destination comes of it', async () => {
  const destination = makeDestination(settingsOf(), virtualWorld())
  assert.deepEqual([destination.name, destination.type, destination.sendMsMax], ['mail', 'email', 10_000])
  assert.deepEqual(destination.rate, { name: 'mail', limit: 60, windowMs: 60_000 })
  await destination.close()
})

test('it is printed with every default and without its password, and read again means the same', () => {
  const parsed = parse({ username: 'tocsin', password: PASSWORD, to: ['Ops <ops@example.org>'], html: 'h' })
  assert(parsed.ok)
  const printed = printConfig(parsed.effective)
  assert.doesNotMatch(printed, /S3cret/)
  assert.match(printed, /smtp: mail\.example\.org:587/)
  assert.match(printed, /Ops <ops@example\.org>/)
  const again = parseConfig(printed, { path: 'printed.yaml', env: {}, readFile: () => '' })
  assert(again.ok, JSON.stringify(again))
})

const BAD: readonly (readonly [email: Readonly<Record<string, unknown>>, expected: RegExp])[] = [
  [{ smtp: undefined }, /destinations\.mail\.smtp.*HOST or HOST:PORT/],
  [{ smtp: ':587' }, /smtp/],
  [{ smtp: 'mail.example.org:0' }, /smtp/],
  [{ smtp: 'smtp://mail.example.org' }, /smtp/],
  [{ tls: 'ssl' }, /tls.*starttls, implicit or none/],
  [{ from: 'nobody' }, /from.*expected an address such as/],
  [{ from: 'a@example.org\r\nBcc: c@example.org' }, /from/],
  [{ from: 'A\u0000 <a@example.org>' }, /from/],
  [{ to: [] }, /to has 0 addresses; expected 1 to 100/],
  [{ to: ['b@example.org', 'c'] }, /to\[1\]/],
  [{ to: 'a@example.org, b@example.org' }, /to/],
  [{ cc: [7] }, /cc\[0\]/],
  [{ username: 'tocsin' }, /password is missing/],
  [{ username: 'a\nb', password: PASSWORD }, /username/],
  [{ password: PASSWORD }, /username is missing; expected it beside the password/],
  [{ username: 'tocsin', password: 'a\u0000b' }, /password has control characters/],
  [{ username: 'tocsin', password: PASSWORD, tls: 'none' }, /tls is none, which would show the password/],
  [{ ca_file: 'password' }, /ca_file.*is no certificate; expected PEM/],
  [{ ca_file: 'gone.pem' }, /ca_file.*no file can be read/],
  [{ ca: PEM }, /no such key/],
  [{ subject: '{{ summary' }, /subject.*expected a template/],
  [{ html: '{% boom %}' }, /html.*expected a template/],
  [{ adress: 'a@example.org' }, /adress: no such key/],
]

for (const [email, expected] of BAD) {
  test(`a config with ${JSON.stringify(email)} is refused for what is wrong with it`, () => {
    const problems = problemsOf(email)
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      JSON.stringify(problems),
    )
    assert.doesNotMatch(JSON.stringify(problems), /S3cret/)
  })
}

test('all that is wrong is told at once', () => {
  const problems = problemsOf({ smtp: 1, from: 2, to: 3, tls: 4, password: 'a\u0000' })
  assert.equal(problems.length, 6, JSON.stringify(problems))
})

test('a password may go unencrypted to this machine, and to no other', () => {
  const plain = { username: 'tocsin', password: PASSWORD, tls: 'none' }
  assert.equal(settingsOf({ ...plain, smtp: '127.0.0.1:25' }).server.security, 'none')
  assert.deepEqual(problemsOf({ tls: 'none' }), [])
})

test('a password in the address of the server is not quoted', () => {
  for (const smtp of [`me:${PASSWORD}@mail.example.org:587`, `smtp://me:${PASSWORD}@mail.example.org`])
    assert.deepEqual(problemsOf({ smtp }), [
      'destinations.mail.smtp names a user; expected HOST or HOST:PORT, and username and password beside it.',
    ])
})
