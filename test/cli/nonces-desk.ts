import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { run } from '../../src/cli/program.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { Ao } from '../vendors/ao.ts'
import { openSlack, type SlackVendor } from '../vendors/slack.ts'
import type { Ran } from './run.ts'

export const KEY = 'nonces0test0routing0key000000001'
const HOME = process.cwd()
const HOOK = '/services/T0/B0/nonces'

/** Ids as long as they should be. */
export const id = (letter: string): string => letter.repeat(43)

/** A folder in which the test is, an AO network with two state servers, a PagerDuty and a Slack. */
export interface NoncesDesk {
  readonly folder: string
  readonly ao: Ao
  readonly emulator: Emulator
  readonly slack: SlackVendor
  /** Variables that enable PagerDuty as the monitor has it, and Slack. */
  readonly perProcess: Env
  readonly slackOn: Env
  /** Runs `tocsin nonces ARGS` in this process: what is asked and who is told is here, and so is the store. */
  readonly nonces: (env: Env, ...args: string[]) => Promise<Ran>
  /** The same, on a terminal so wide. */
  readonly noncesOn: (columns: number, env: Env, ...args: string[]) => Promise<Ran>
  /** Writes a file into the folder, and gives its path. */
  readonly write: (name: string, text: string) => string
  /** What PagerDuty was told, as `trigger KEY`, in order. */
  readonly told: () => readonly string[]
  /** What a channel in Slack shows. */
  readonly shown: () => string
}

type Env = Readonly<Record<string, string>>

/** Everything is gone after the test. */
export async function sitDown(t: TestContext): Promise<NoncesDesk> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-nonces-'))
  process.chdir(folder)
  const ao = await Ao.open(2)
  const emulator = await openEmulator({ limit: 0 })
  const slack = await openSlack({ token: 'xoxb-none', channels: {}, hookPath: HOOK })
  t.after(async () => {
    await Promise.all([ao[Symbol.asyncDispose](), emulator.close(), slack.shut()])
    process.chdir(HOME)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const surroundings = {
    STATE_URL: ao.stateUrl,
    SU_ROUTER_URL: ao.routerUrl,
    SU_ROUTER_MAX_RETRIES: '0',
    PAGERDUTY_ROUTING_KEY: KEY,
    PAGERDUTY_URL: emulator.url,
  }
  const type = async (columns: number | undefined, env: Env, args: readonly string[]): Promise<Ran> => {
    const said = { stdout: '', stderr: '' }
    const code = await run(['nonces', ...args], {
      print: (text) => void (said.stdout += text),
      error: (text) => void (said.stderr += text),
      columns,
      env: { ...surroundings, ...env },
      onStop: () => () => {},
      onHangup: () => () => {},
    })
    return { code, ...said }
  }
  return {
    folder,
    ao,
    emulator,
    slack,
    perProcess: { PAGERDUTY_ENABLED: 'true' },
    slackOn: { SLACK_WEBHOOK_URL: `${slack.origin}${HOOK}` },
    nonces: (env, ...args) => type(undefined, env, args),
    noncesOn: (columns, env, ...args) => type(columns, env, args),
    write: (name, text) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    told: () =>
      emulator.events().map(({ event }) => {
        const { event_action: action, dedup_key: key } = event as { event_action: string; dedup_key: string }
        return `${action} ${key}`
      }),
    shown: () => slack.messages.map(({ body }) => JSON.stringify(body)).join('\n'),
  }
}
