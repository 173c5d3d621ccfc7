#!/usr/bin/env node
// Written for Nodes of many years ago, so that theirs is a sentence and not a syntax error.
/* eslint-disable no-var, prefer-template */
var version = process.versions.node.split('.')
var major = Number(version[0])
var isNewEnough = major > 24 || (major === 24 && Number(version[1]) >= 12)

if (isNewEnough) {
  import('../dist/cli/main.js').catch(function (error) {
    console.error(error)
    process.exit(3)
  })
} else {
  console.error(
    'Tocsin needs Node 24.12 or newer; this is ' + process.version + '. See https://nodejs.org/en/download',
  )
  process.exit(2)
}
