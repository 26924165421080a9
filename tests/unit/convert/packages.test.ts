/** Files that people have: READMEs, changelogs and licences of the packages that this project is made with. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Node } from 'prosemirror-model'
import { expect, test } from 'vitest'
import { markdownFile, readMarkdownFile } from '#convert/markdown-file'
import { readLines } from '#convert/plain-text'
import { takeText } from '#convert/text-file'

const MODULES = resolve(import.meta.dirname, '../../../node_modules')
const PACKAGES = 100
/** A changelog of years says nothing that its beginning does not. */
const LONGEST = 60_000

/** Folders of packages, those with a scope as well. */
const packages = readdirSync(MODULES)
  .filter((name) => !name.startsWith('.'))
  .flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(MODULES, name)).map((inner) => `${name}/${inner}`) : name,
  )

const filesOf = (name: string): string[] =>
  readdirSync(join(MODULES, name))
    .filter((file) => /^(?:readme|changelog|license|licence)(?:\.md|\.txt)?$/iu.test(file))
    .map((file) => join(name, file))

const chosen = packages
  .map((name) => ({ name, files: filesOf(name) }))
  .filter(({ files }) => files.some((file) => /readme/iu.test(file)))
  .slice(0, PACKAGES)

/** Letters and digits, and everything that a document says in its attributes, too. */
function lettersIn(doc: Node): string {
  const parts: string[] = []
  doc.descendants((node) => {
    parts.push(node.text ?? ' ', String(node.attrs.language ?? ''), String(node.attrs.start ?? ''))
    for (const mark of node.marks) parts.push(String(mark.attrs.href ?? ''), String(mark.attrs.title ?? ''))
  })
  return parts.join(' ')
}

const count = (text: string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const [sign] of text.matchAll(/[\p{L}\p{N}]/gu)) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  return counts
}

test(`the files of ${PACKAGES} packages go in and out with every letter and digit, and come back equal`, () => {
  expect(chosen).toHaveLength(PACKAGES)
  const kinds = new Map<string, number>()
  let files = 0
  for (const file of chosen.flatMap((one) => one.files)) {
    files++
    const bytes = Uint8Array.from(readFileSync(join(MODULES, file)).subarray(0, LONGEST))
    const read = takeText(bytes, file)
    if (read === null) throw new Error(`${file} is no text`)
    const { text, taken } = read
    if (taken.reading.form !== 'markdown') {
      const lines = text.replace(/(?:\r\n?|\n)$/u, '').split(/\r\n?|\n/u)
      expect(
        readLines(text).children.map(({ textContent }) => textContent),
        file,
      ).toEqual(lines)
      continue
    }
    const { title, body, kept } = readMarkdownFile(text, '')
    const written = markdownFile(title, body)
    const again = readMarkdownFile(written, '')
    expect(again.title, file).toBe(title)
    expect(again.body.toJSON(), file).toEqual(body.toJSON())
    // Entities are the signs that they mean; names of references are what they lead to; numbers of lists are what blocks are.
    const plain = text
      .replace(/&(?:[a-z]+|#\d+|#x[\da-f]+);/giu, '')
      .replace(/^[\s>]*(?:[-+*][ \t]+)*\d+[.)][ \t]/gmu, '')
      .replace(/\[[ xX]\][ \t]/gu, '')
      .replace(/\]\[[^\]]+\]/gu, ']')
      .replace(/^ {0,3}\[[^\]]+\]:/gmu, '')
    const there = count(`${title} ${lettersIn(body)}`)
    const lost = [...count(plain)].filter(([sign, n]) => n > (there.get(sign) ?? 0))
    expect(lost, file).toEqual([])
    for (const { name, count: n } of kept) kinds.set(name, (kinds.get(name) ?? 0) + n)
    // Whatever is a picture, a table or HTML in the source is told.
    if (/^\|.*\|\s*\n\|[\s:|-]+\|\s*$/mu.test(text))
      expect(
        kept.map(({ name }) => name),
        file,
      ).toContain('tables')
    if (/^!\[[^\]]*\]\(https?:/mu.test(text))
      expect(
        kept.map(({ name }) => name),
        file,
      ).toContain('pictures')
  }
  console.info(`${files} files; kept in another form: ${JSON.stringify(Object.fromEntries(kinds))}`)
  expect(files).toBeGreaterThan(150)
})
