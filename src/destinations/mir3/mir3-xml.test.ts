import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findXml, readXml } from './mir3-xml.ts'

test('an element is found by its local name, whatever its prefix, with the text that stands in it', () => {
  const xml = `<?xml version="1.0" ?>
    <!-- a remark -->
    <S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" S:a='1'><S:Header/>
      <S:Body><response xmlns="http://www.mir3.com/ws"><success> true </success>
        <n>a &amp; b &lt;c&gt; &quot;&apos; &#246;&#xFC;<![CDATA[<&amp;>]]></n></response></S:Body>
    </S:Envelope>`
  const body = findXml(readXml(xml), 'Body')
  assert.equal(findXml(body, 'response', 'success')?.text, ' true ')
  assert.equal(findXml(body, 'response', 'n')?.text, `a & b <c> "' öü<&amp;>`)
  assert.equal(findXml(body, 'response', 'other', 'n'), undefined)
})

const DEEP = '<a>'.repeat(40) + '</a>'.repeat(40)

const REFUSED: readonly (readonly [name: string, xml: string])[] = [
  ['nothing', ''],
  ['text', 'true'],
  ['a web page', '<!DOCTYPE html><html><title>Hello</title></html>'],
  ['a document type with entities', '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'],
  ['an entity of its own', '<a>&b;</a>'],
  ['a bare ampersand', '<a>a & b</a>'],
  ['an entity that is an object property', '<a>&constructor;</a>'],
  ['a character that is none', '<a>&#x110000;</a>'],
  ['the character 0', '<a>&#0;</a>'],
  ['an end that is missing', '<a><b></a>'],
  ['an end that is another', '<a></b>'],
  ['an end too many', '<a></a></a>'],
  ['two roots', '<a/><b/>'],
  ['text after the root', '<a/>b'],
  ['a start that is cut off', '<a><b'],
  ['an attribute without quotes', '<a b=c/>'],
  ['elements within each other without end', DEEP],
]

for (const [name, xml] of REFUSED)
  test(`what is not well-formed, or could be expanded, is not read: ${name}`, () => {
    assert.equal(readXml(xml), undefined)
  })

test('a long answer of nothing but beginnings is read in no time', () => {
  const begun = performance.now()
  for (const piece of ['<', '<a ', '<a b="', '&', '<![CDATA[', '<!--', '<a>', ' a="1"'])
    readXml(`<a${piece.repeat(65_536 / piece.length)}`)
  assert.ok(performance.now() - begun < 2_000)
})
