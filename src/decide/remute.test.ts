import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { policyOf, routeOf } from '../../test/contracts/memory.ts'
import type { OnMute, Outcome, Policy, Route } from './decide.ts'

const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const RESOLVED = { status: 'resolved' } as const
const on = (instance: string): { labels: { alertname: string; instance: string } } => ({
  labels: { alertname: 'DiskFull', instance },
})
const OTHER = on('db-2')

/** A policy by which these instances are muted. */
function muting(onMute: OnMute, muted: readonly string[] = [], more: Partial<Route> = {}): Policy {
  return policyOf({
    routes: [routeOf({ dedupKey: () => 'k', onMute, ...more })],
    mutes: {
      muteOf: ({ labels: { instance = '' } }) =>
        muted.includes(instance) ? `silence of ${instance} by ann` : undefined,
    },
  })
}

function told(onMute: OnMute, ...instances: readonly string[]): Desk {
  const desk = new Desk(muting(onMute))
  for (const instance of instances) desk.say(on(instance))
  desk.deliver()
  return desk
}

function mute(desk: Desk, onMute: OnMute, ...muted: readonly string[]): readonly string[] {
  desk.policy = muting(onMute, muted)
  return desk.remute()
}

suite('an incident that is told and then muted', () => {
  const ROWS: readonly (readonly [OnMute, muted: readonly string[], unmuted: readonly string[]])[] = [
    ['none', [], []],
    ['resolve', ['resolve k'], ['trigger k']],
    ['acknowledge', ['acknowledge k'], ['resolve k', 'trigger k']],
  ]
  for (const [onMute, muted, unmuted] of ROWS) {
    test(`on_mute ${onMute}: tells [${muted.join(', ')}], and once unmuted [${unmuted.join(', ')}]`, () => {
      const desk = told(onMute, 'db-1')
      assert.deepEqual(mute(desk, onMute, 'db-1'), ['muted'])
      assert.equal(desk.only.mutedBy, 'silence of db-1 by ann')
      assert.deepEqual(desk.deliver(), muted)
      assert.deepEqual(desk.remute(), [], 'nothing is muted otherwise')
      assert.deepEqual(mute(desk, onMute), ['unmuted'])
      assert.equal(desk.only.mutedBy, undefined)
      assert.deepEqual(desk.deliver(), unmuted)
      assert.equal(desk.shown.get('k')?.status, 'triggered')
    })

    test(`on_mute ${onMute}: tells no update while it is muted, and its end all the same`, () => {
      const desk = told(onMute, 'db-1')
      mute(desk, onMute, 'db-1')
      desk.deliver()
      desk.say({ ...on('db-1'), summary: 'Disk fuller' })
      assert.deepEqual(desk.deliver(), [])
      desk.say({ ...on('db-1'), ...RESOLVED })
      desk.deliver()
      assert.deepEqual([...desk.shown], [])
    })

    test(`on_mute ${onMute}: pages when it comes back after all was over, unmuted`, () => {
      const desk = told(onMute, 'db-1')
      mute(desk, onMute, 'db-1')
      desk.deliver()
      desk.say({ ...on('db-1'), ...RESOLVED })
      desk.deliver()
      desk.policy = muting(onMute)
      desk.say(on('db-1'))
      assert.deepEqual(desk.deliver(), ['trigger k'])
      assert.deepEqual(desk.pages, ['k', 'k'])
    })
  }

  test('and that somebody is on stays acknowledged when it is muted and unmuted', () => {
    const desk = told('acknowledge', 'db-1')
    desk.acknowledge()
    desk.deliver()
    mute(desk, 'acknowledge', 'db-1')
    assert.deepEqual(desk.deliver(), [])
    mute(desk, 'acknowledge')
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual(desk.pages, ['k'])
  })

  test('is unmuted by an alert that joins and is not muted, and pages, for what stands there we acknowledged', () => {
    const desk = told('acknowledge', 'db-1')
    mute(desk, 'acknowledge', 'db-1')
    desk.deliver()
    assert.deepEqual(desk.say(OTHER), ['joined'])
    assert.deepEqual(desk.deliver(), ['resolve k', 'trigger k'])
  })

  test('and that comes back muted no more while its end is on hold pages, for nobody is on it', () => {
    const hold = { hold: { triggerMs: 0, resolveMs: 60_000 } }
    const desk = new Desk(muting('acknowledge', [], hold))
    desk.say()
    desk.deliver()
    desk.policy = muting('acknowledge', ['db-1'], hold)
    desk.remute()
    desk.deliver()
    desk.say(RESOLVED)
    desk.policy = muting('acknowledge', [], hold)
    desk.say()
    assert.equal(desk.only.status, 'triggered')
    desk.deliver()
    assert.equal(desk.shown.get('k')?.status, 'triggered')
  })

  for (const arrives of [true, false]) {
    test(`pages once it is unmuted, though the answer to our acknowledgement is lost and it ${arrives ? 'arrived' : 'did not arrive'}`, () => {
      const desk = told('acknowledge', 'db-1')
      mute(desk, 'acknowledge', 'db-1')
      const sent = desk.send(1)
      assert.ok(sent !== undefined)
      if (arrives) desk.arrive(sent)
      mute(desk, 'acknowledge')
      desk.answer(sent, LOST)
      desk.time += 60_000
      desk.deliver()
      assert.equal(desk.shown.get('k')?.status, 'triggered')
    })
  }
})

suite('an incident that is muted from its beginning', () => {
  test('is told once nothing mutes it any more, and says so', () => {
    const desk = new Desk(muting('none', ['db-1']))
    assert.deepEqual(desk.say(), ['muted'])
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual(mute(desk, 'none'), ['unmuted'])
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  for (const unsentPair of ['drop', 'tell'] as const) {
    test(`and comes and goes muted is told to nobody, unsent pairs or not (${unsentPair})`, () => {
      const desk = new Desk({ ...muting('none', ['db-1']), unsentPair })
      desk.say()
      assert.deepEqual(desk.say(RESOLVED), ['never-told'])
      assert.deepEqual(desk.deliver(), [])
      assert.deepEqual(desk.remute(), [])
    })
  }

  test('is told at once when a repeat finds it unmuted', () => {
    const desk = new Desk(muting('none', ['db-1']))
    desk.say()
    desk.policy = muting('none')
    desk.say({ summary: 'Disk fuller' })
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })
})

suite('an incident of several alerts is muted while all that fire are', () => {
  test('one that is not keeps it told, and the counts follow', () => {
    const desk = told('resolve', 'db-1', 'db-2')
    assert.deepEqual(mute(desk, 'resolve', 'db-1'), ['refreshed'])
    assert.deepEqual([desk.only.muted, desk.only.mutedBy], [1, undefined])
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual(mute(desk, 'resolve', 'db-1', 'db-2'), ['muted'])
    assert.equal(desk.only.muted, 2)
    assert.deepEqual(desk.deliver(), ['resolve k'])
    assert.deepEqual(mute(desk, 'resolve', 'db-2'), ['unmuted'])
    assert.equal(desk.only.muted, 1)
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  test('also when the one that was not muted ends: then nothing is left to tell of', () => {
    const desk = told('resolve', 'db-1', 'db-2')
    mute(desk, 'resolve', 'db-2')
    desk.say(RESOLVED)
    assert.ok(desk.only.mutedBy !== undefined)
    assert.deepEqual(desk.deliver(), ['resolve k'])
    mute(desk, 'resolve')
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  test('the word for it is that of what mutes it now', () => {
    const desk = told('none', 'db-1')
    mute(desk, 'none', 'db-1')
    desk.policy = { ...desk.policy, mutes: { muteOf: () => 'during night' } }
    assert.deepEqual(desk.remute(), ['refreshed'])
    assert.equal(desk.only.mutedBy, 'during night')
  })

  test('and the end of a muted one is counted', () => {
    const desk = told('none', 'db-1', 'db-2')
    mute(desk, 'none', 'db-2')
    desk.say({ ...OTHER, ...RESOLVED })
    assert.deepEqual([desk.only.muted, desk.only.mutedBy], [0, undefined])
  })
})
