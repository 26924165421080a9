import { expect, test } from 'vitest'
import { parseMarkdown, serializeMarkdown } from '#convert/markdown'
import { safeHref, schema } from '#doc/schema'
import vectors from '../../fixtures/dompurify/vectors.json'

/** Each of these costs an unbounded parser minutes, its stack, or both. */
const HOSTILE: Record<string, (size: number) => string> = {
  'nested quotes': (size) => '>'.repeat(size),
  'nested lists': (size) => `${'- '.repeat(size / 2)}a`,
  'nested numbers': (size) => `${'1. '.repeat(size / 3)}a`,
  'quotes in lists, line after line': (size) => `${'> - '.repeat(60)}a\n`.repeat(size / 240),
  'lists nested by indentation': (size) => {
    let text = ''
    for (let depth = 0; text.length < size; depth++) text += `${'  '.repeat(depth)}- a\n`
    return text
  },
  brackets: (size) => '['.repeat(size),
  'image brackets': (size) => '!['.repeat(size / 2),
  asterisks: (size) => '*'.repeat(size),
  'emphasis never closed': (size) => '*a '.repeat(size / 3),
  'emphasis closed inside out': (size) => '*a '.repeat(size / 6) + 'a* '.repeat(size / 6),
  'emphasis and strong across': (size) => '**a*b'.repeat(size / 5),
  'triple asterisks': (size) => '***a'.repeat(size / 4),
  tildes: (size) => '~~a'.repeat(size / 3),
  references: (size) => `${'[a]'.repeat(size / 3)}\n\n[a]: /b`,
  'backticks of every length': (size) => Array.from({ length: Math.sqrt(size) }, (_, n) => '`'.repeat(n)).join(' '),
  'open tags': (size) => '<a '.repeat(size / 3),
  dollars: (size) => '$a '.repeat(size / 3),
  titles: (size) => '[a](b "'.repeat(size / 7),
  'underline tags': (size) => '<u>a'.repeat(size / 4),
  'a heading': (size) => `# ${'*a '.repeat(size / 6)}${'a* '.repeat(size / 6)}`,
}

test.for(Object.keys(HOSTILE))('%s are read in bounded time, and come back', (name) => {
  const text = HOSTILE[name]?.(8_000) ?? ''
  const began = process.cpuUsage().user
  const doc = parseMarkdown(text)
  const seconds = (process.cpuUsage().user - began) / 1e6
  doc.check()
  expect(parseMarkdown(serializeMarkdown(doc)).eq(doc)).toBe(true)
  expect(seconds).toBeLessThan(4)
})

test('crowded code is left as it is', () => {
  const code = '*a [b] '.repeat(2000)
  const doc = parseMarkdown(`${'*x '.repeat(1500)}\n\n\`\`\`\n${code}\n\`\`\`\n`)
  expect(doc.lastChild?.textContent).toBe(code)
  expect(doc.firstChild?.textContent).toBe('*x '.repeat(1500).trim())
})

test('a long divider stays a divider', () => {
  expect(parseMarkdown('- '.repeat(100)).firstChild?.type).toBe(schema.nodes.divider)
})

test('no attack leaves an address that may not be opened', () => {
  expect(vectors.length).toBeGreaterThan(150)
  for (const { payload } of vectors) {
    for (const text of [payload, `> - ${payload}`, `[a](<${payload}>)`, `![a](${payload})`, `<${payload}>`]) {
      const doc = parseMarkdown(text)
      doc.check()
      doc.descendants((node) => {
        for (const mark of node.marks) {
          if (mark.type === schema.marks.link) expect(safeHref(mark.attrs.href), payload).not.toBeNull()
        }
      })
      expect(parseMarkdown(serializeMarkdown(doc)).toJSON(), text).toEqual(doc.toJSON())
    }
  }
})
