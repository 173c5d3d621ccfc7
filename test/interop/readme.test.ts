import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { missing, runPeer } from './peer.ts'
import { openTocsin, type Tocsin } from './tocsin.ts'
import { untilTrue } from './until.ts'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** The commands of a section, each as it would be typed. */
function commandsOf(heading: string): string[] {
  const [, section = ''] = README.split(`\n## ${heading}\n`)
  const [text = ''] = section.split('\n## ')
  const blocks = Array.from(text.matchAll(/```sh\n(.*?)```/gs), ([, block = '']) => block)
  return blocks.flatMap((block) => block.split(/(?<!\\)\n/)).filter((command) => command !== '')
}

/** What stands in the README, at the ports that are ours here. */
function here(text: string, { url, emulator }: Tocsin): string {
  return text
    .replaceAll('127.0.0.1:8350', new URL(url).host)
    .replaceAll('127.0.0.1:8351', new URL(emulator.url).host)
}

async function type(command: string | undefined, tocsin: Tocsin): Promise<unknown> {
  assert(command !== undefined)
  const { exitCode, stdout, stderr } = await runPeer('sh', ['-c', here(command, tocsin)])
  assert.equal(exitCode, 0, stderr)
  return JSON.parse(stdout)
}

suite('the README', { concurrency: true, skip: missing({ curl: 'curl' }) ?? false }, () => {
  test('shows commands for a first alert that work as printed', async () => {
    const [open, resolve, fail, heal, ...more] = commandsOf('Your first alert')
    assert.equal(more.length, 0)
    await using tocsin = await openTocsin()
    const { emulator } = tocsin
    const accepted = (reason: string): object => ({
      status: 'accepted',
      accepted: 1,
      alerts: [{ fingerprint: 'key:db-1', dedup_key: 'db-1', reasons: [reason] }],
    })
    assert.deepEqual(await type(open, tocsin), accepted('first-firing'))
    const { title, pages } = await emulator.waitFor('db-1', 'triggered')
    assert.equal(title, 'db-1 is down')
    assert.equal(pages, 1)

    // "Then try to break it: `kill -9` it between the two".
    await tocsin.stop('SIGKILL')
    await tocsin.start()
    assert.deepEqual(await type(resolve, tocsin), accepted('resolved'))
    await emulator.waitFor('db-1', 'resolved')

    // "or let the emulator fail for a while and watch everything arrive after".
    assert.deepEqual(await type(fail, tocsin), { faults: { status: 503 } })
    await type(open, tocsin)
    await untilTrue('it was tried in vain', () => emulator.events().some(({ status }) => status === 503))
    assert.equal(emulator.incidents('open').length, 0)
    assert.deepEqual(await type(heal, tocsin), { faults: {} })
    await emulator.waitFor('db-1', 'triggered', 20_000)
    assert.equal(emulator.incidents().length, 2)
  })

  test('names no address at which nobody answers', async () => {
    await using tocsin = await openTocsin()
    const addresses = new Set(README.match(/http:\/\/127\.0\.0\.1:835[01][\w/]*/g))
    assert(addresses.size >= 7, [...addresses].join(' '))
    for (const address of addresses) {
      const url = here(address, tocsin)
      const answers = await Promise.all(
        ['GET', 'POST', 'PUT'].map(async (method) => (await fetch(url, { method })).status),
      )
      assert(
        answers.some((status) => status !== 404 && status !== 405),
        `${address}: ${answers.join(' ')}`,
      )
    }
  })
})
