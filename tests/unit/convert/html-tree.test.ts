import { readFileSync } from 'node:fs'
import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { clipboardParser } from '#convert/html'
import { readHtml } from '#convert/html-beside'

/** Pages and pieces from other programs, as the tests of the clipboard have them. */
const PIECES: readonly string[] = [
  '<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:700">Bold</span> and <span style="font-style:italic">so</span></p><ul><li dir="ltr"><p>one</p></li><ul><li><p>inner</p></li></ul></ul></b>',
  '<ol start="3"><li>three</li><li>four<ul><li>deep</li></ul></li></ol>',
  '<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">1.<span>&nbsp;</span></span>Word</p>',
  '<ul class="contains-task-list"><li><input type="checkbox" checked> done</li><li><input type="checkbox"> open</li></ul>',
  '<table><tr><td>a</td><td>b</td></tr><tr><td></td><td>d</td></tr></table>',
  '<pre><code class="language-js">let a\n  = 1;</code></pre>',
  '<div style="font-family: Consolas, monospace; white-space: pre;"><div>a&nbsp;b</div><div>c</div></div>',
  'a <span class="Apple-converted-space">&nbsp;</span>b<br class="Apple-interchange-newline">',
  '<blockquote>q<p>r</p></blockquote><hr><h2>H <a href="https://a.example" title="t">l</a></h2>',
  '<img src="https://i.example/a.png" alt="A"><img src="https://i.example/b.png">',
  'x<sup>2</sup> H<sub>2</sub>O <kbd>k</kbd> <mark>m</mark> <s>s</s>',
  '<script>alert(1)</script><style>p{}</style>seen<template><p>unseen</p></template>',
  '<a href="javascript:alert(1)">no link</a> &amp; &copy; &#x1f600; &nbsp;',
]

test.each(PIECES)('is read beside the page as in it: %s', (html) => {
  const { document } = parseHTML(`<html><body>${html}</body></html>`)
  expect(readHtml(html).toJSON()).toEqual(clipboardParser.parse(document.body).toJSON())
})

test('what is badly nested is put right as browsers do it', () => {
  const lines = readHtml('<p>un<b>closed<p>next</b> one').children.map(({ textContent }) => textContent)
  expect(lines).toEqual(['unclosed', 'next one'])
})

test('a whole page is its body', () => {
  const page = '<!doctype html><html><head><title>T</title></head><body><p>one</p><p>two</p></body></html>'
  expect(readHtml(page).children.map(({ textContent }) => textContent)).toEqual(['one', 'two'])
})

test('whatever is hostile in it is read, and is a document', () => {
  const url = new URL('../../fixtures/dompurify/vectors.json', import.meta.url)
  const vectors = JSON.parse(readFileSync(url, 'utf8')) as { payload: string }[]
  for (const { payload } of vectors) readHtml(payload).check()
  const deep = readHtml(`${'<div>'.repeat(5_000)}deep`)
  deep.check()
  expect(deep.textContent).toBe('deep')
})
