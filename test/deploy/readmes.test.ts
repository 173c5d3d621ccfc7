import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const DEPLOY = join(import.meta.dirname, '../../deploy')

test('links in the READMEs of deploy lead somewhere', () => {
  for (const path of globSync('*/README.md', { cwd: DEPLOY })) {
    const text = readFileSync(join(DEPLOY, path), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g))
      assert.ok(existsSync(join(DEPLOY, dirname(path), target)), `${path} links to ${target}`)
  }
})
