import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkNode, NODE_MIN } from './doctor-node.ts'

test('the oldest Node that is taken is the one that package.json names', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
  assert.equal(`>=${NODE_MIN}`, `${engines.node}.0`)
})

test('a Node is new enough from that version on', () => {
  const verdicts = ['20.20.2', '24.11.9', '24.12.0', '24.21.0', '26.0.0'].map((one) => checkNode(one).verdict)
  assert.deepEqual(verdicts, ['bad', 'bad', 'good', 'good', 'good'])
})
