import { expect, test } from 'vitest'
import { markdownFile, readMarkdownFile } from '#convert/markdown-file'

/** What a file is read as: its title, the kind or the language of each block with its text. */
function read(text: string): string[] {
  const { title, body } = readMarkdownFile(text, 'name')
  const blocks = body.children.map(({ attrs, textContent }) => {
    const kind = String(attrs.language ?? attrs.kind ?? 'paragraph')
    return `${kind}: ${textContent}`
  })
  return [title, ...blocks]
}

const again = (text: string): string => {
  const { title, body } = readMarkdownFile(text, 'name')
  return markdownFile(title, body)
}

test('the first heading of the first level is the title once; else the file is called by its name', () => {
  expect(read('# One\n\ntext')).toEqual(['One', 'paragraph: text'])
  expect(again('# One\n\ntext\n')).toBe('# One\n\ntext\n')
  expect(read('## Two\n\ntext')).toEqual(['name', 'heading: Two', 'paragraph: text'])
  expect(read('intro\n\n# One')).toEqual(['name', 'paragraph: intro', 'heading: One'])
  // A title has no marks.
  expect(read('# *One*')).toEqual(['name', 'heading: One'])
  expect(read('')).toEqual(['name', 'paragraph: '])
})

test.each([
  '---\ntitle: One\ntags: [a, b]\n---\n\ntext\n',
  '---\ntitle: "One: two"\n---\n\n## Sub\n',
  '---\ndate: 2026-11-27\n---\n\n# One\n\ntext\n',
  '---\ntitle: One\n---\n\n# One\n\ntext\n',
  '---\ntitle: One\n---\n',
])('front matter goes out as it came in: %j', (text) => {
  expect(again(text)).toBe(text)
})

test('the title of front matter is the title, until that is changed', () => {
  expect(read("---\ntitle: 'One'\nx: 1\n---\ntext")).toEqual([
    'One',
    "yaml front matter: title: 'One'\nx: 1",
    'paragraph: text',
  ])
  const { body } = readMarkdownFile('---\ntitle: One\n---\ntext', 'name')
  expect(markdownFile('Two', body)).toBe('---\ntitle: One\n---\n\n# Two\n\ntext\n')
  expect(read('---\r\ntitle: One\r\n---\r\ntext')).toEqual(['One', 'yaml front matter: title: One', 'paragraph: text'])
})

test('what is no front matter stays what it is', () => {
  expect(read('---\n\ntext\n\n---\n')).toEqual(['name', 'paragraph: ', 'paragraph: text', 'paragraph: '])
  expect(read('```yaml\na: 1\n```\n')).toEqual(['name', 'yaml: a: 1'])
  expect(again('```yaml\na: 1\n```\n')).toBe('# name\n\n```yaml\na: 1\n```\n')
  const { body } = readMarkdownFile('---\na: 1\n---\n', 'name')
  const edited = body.copy(body.content.replaceChild(0, body.child(0).copy(body.child(0).content.cut(0, 1))))
  expect(markdownFile('', edited)).toBe('```yaml\na\n```\n')
})
