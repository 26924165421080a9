import { describe, expect, test } from 'vitest'
import { formOf, linesOf, readCode, readLines } from '#convert/plain-text'
import { seeded } from '../../support/random.ts'

const TEXTS: Record<string, Record<string, string>> = {
  markdown: {
    'a list': '- a\n- b',
    numbers: '1. a\n2. b\n',
    'a heading and bold': '# Title\n\nSome **bold** text',
    'a fence': '```\ncode\nmore\n```',
    'a link': 'see [this](https://example.org)',
    'a quote and an item': '> quoted\n\n- item',
    Korean: '한글 **굵게** 그리고 `코드`',
    'a table': '| a | b |\n| --- | --- |\n| 1 | 2 |\n',
    'wrapped prose':
      '# Readme\n\nThis is a paragraph whose lines an editor has wrapped somewhere,\nso that they belong together, and **this** is another one of its lines\nwhich ends.\n\n- one\n- two\n',
    tasks: '- [ ] milk\n- [x] bread',
    'a whole file': '# Soup\n\n- water\n- salt\n\n## How\n\nBoil `it`.\n',
  },
  code: {
    JavaScript: 'const a = 1\nfunction f(x) {\n  return a + x\n}\n',
    Python: 'import os\n\ndef main(argv):\n    print(argv)\n    return 0\n',
    JSON: '{\n  "a": 1,\n  "b": [\n    true\n  ]\n}',
    C: '#include <stdio.h>\n\nint main(void) {\n  puts("hi");\n}\n',
  },
  lines: {
    plain: 'plain text',
    nothing: '',
    'an address list': 'Ada Lovelace\n12 St James Square\nLondon\n\nBen Bitdiddle\nCambridge',
    'a shell': '# a comment\nprint(1)\n# another',
    'a shell session': '$ ls -l\ntotal 0\n- rw-r--r-- a\n$ rm *',
    'a dash in a letter': '- just one dash\nand much\nother text',
    'an e-mail with an answer': '> Shall we meet?\nYes, at **noon**.\n> Where?\nAt the pier.',
    'a chat': '[10:31] Ada: hi\n[10:32] Ben: **hello**\n[10:33] Ada: `x`?',
    YAML: 'name: inkmesh\non:\n  - push\n  - pull_request\njobs:\n  test: true\n',
    'a log': '2026-11-27 INFO start\n2026-11-27 WARN * retry *\n2026-11-27 INFO stop',
    CSV: 'name,amount\nAda,1\nBen,2',
    sums: 'a * b * c',
    powers: '2 ** 3 ** 4 and x == y',
    'a poem': 'Über allen Gipfeln\nIst Ruh,\n\nIn allen Wipfeln\nSpürest du',
    'a signature': 'Yours\n-- \nAda\n+49 1234',
    'Windows line ends': 'one\r\ntwo\r\nthree',
  },
}

describe.each(Object.entries(TEXTS))('read as %s', (form, texts) => {
  test.each(Object.entries(texts))('%s', (_name, text) => {
    expect(formOf(text).form).toBe(form)
  })
})

test('where a text has signs of Markdown and is kept as it is, its reader can be asked', () => {
  expect(formOf('> Shall we meet?\nYes.').hasSigns).toBe(true)
  expect(formOf('Ada\nLondon').hasSigns).toBe(false)
})

test('every line stays one, in order, with each of its characters', () => {
  const random = seeded(11)
  const signs = Array.from('abc한글 \t*_#>-`|[]()~=:.\u00a0é😀\ufffc')
  for (let i = 0; i < 500; i++) {
    const lines = Array.from({ length: 1 + random.below(30) }, () =>
      Array.from({ length: random.below(40) }, () => random.pick(signs)).join(''),
    )
    const text = lines.join(random.pick(['\n', '\r\n', '\r']))
    const kept = readLines(text).content.content.map((block) => block.textContent)
    const whole = lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines
    expect(kept).toEqual(whole)
    expect(linesOf(readCode(text, null).textContent)).toEqual(whole)
  }
})

test('a decision about a megabyte takes no time that is felt', () => {
  for (const line of ['* a ** b\n', '[x](\n', '``` \n', '| - |\n', 'a'.repeat(1000)]) {
    const start = performance.now()
    formOf(line.repeat(1_000_000 / line.length))
    expect(performance.now() - start).toBeLessThan(2000)
  }
})
