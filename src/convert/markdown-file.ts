/** A document as a Markdown file, and back: its title is the first heading, or stands in the front matter. */
import type { Node } from 'prosemirror-model'
import { blockAttrs, blockOf, schema } from '#doc/schema'
import { tally, type Kept, type Note } from './kept-as.ts'
import { parseMarkdown, serializeMarkdown } from './markdown.ts'
import { docOf } from './markdown-form.ts'
import { readCode } from './plain-text.ts'

/** The language of the code block that front matter is kept as: another block of YAML at the start is none. */
const FRONT_MATTER = 'yaml front matter'

/** A title and a body. */
export interface MarkdownFile {
  title: string
  body: Node
}

/** One that was read, and what it keeps in another form. */
export interface ReadFile extends MarkdownFile {
  kept: Kept
}

/** A body that begins with its title, as a heading of the first level. */
export function titledBody(title: string, body: Node): Node {
  const text = title.replace(/\s+/gu, ' ').trim()
  return text === '' ? body : docOf([headingOf(text), ...body.children])
}

/** A body and its title, which is `name` unless the first block is a plain heading of the first level. */
export function fileOf(body: Node, name: string): MarkdownFile {
  const [first, ...others] = body.children
  return first !== undefined && isPlainTitle(first)
    ? { title: first.textContent, body: docOf(others) }
    : { title: name, body }
}

const headingOf = (text: string): Node =>
  schema.node('block', blockAttrs({ kind: 'heading', level: 1 }), schema.text(text))

/** The file's text. */
export function markdownFile(title: string, body: Node): string {
  const first = body.firstChild
  const matter = first?.attrs.language === FRONT_MATTER ? first.textContent : null
  const text = title.replace(/\s+/gu, ' ').trim()
  const front = matter === null ? '' : `---\n${matter}\n---\n`
  if (front !== '' && partsOf(front) === null) return markdownFile(title, asYaml(body))
  const rest = body.children.slice(front === '' ? 0 : 1)
  const isEmpty = rest.every((node) => node.type.name === 'block' && node.childCount === 0)
  const written = isEmpty ? [] : rest
  const isTold = text === '' || (matter !== null && titleIn(matter) === text)
  const markdown = serializeMarkdown(docOf(isTold ? written : [headingOf(text), ...written]))
  return front === '' || markdown === '' ? front + markdown : `${front}\n${markdown}`
}

/**
 * Reads a file. The title stands in the front matter; or is the first block, where that is a plain heading of the first level,
 * which then is no part of the body; or is `name`.
 */
export function readMarkdownFile(
  text: string,
  name: string,
  parse: (rest: string, note: Note) => Node = parseMarkdown,
): ReadFile {
  const { note, kept } = tally()
  const { matter = null, rest = text } = partsOf(text.replace(/^\ufeff/u, '')) ?? {}
  const body = parse(rest, note)
  const front = matter === null ? [] : readCode(matter, FRONT_MATTER).children
  const told = matter === null ? '' : titleIn(matter)
  const read = told === '' ? fileOf(body, name) : { title: told, body }
  return { title: read.title, body: docOf([...front, ...read.body.children]), kept: kept() }
}

/** Front matter of YAML, as Jekyll began it, and what follows. Null where there is none. */
function partsOf(text: string): { matter: string; rest: string } | null {
  const found = /^---[ \t]*\r?\n((?:[^]*?\r?\n)??)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/u.exec(text)
  const matter = found?.[1]?.replace(/\r?\n$/u, '').replace(/\r\n/gu, '\n')
  if (found === null || matter === undefined || !/^(?:#.*\n)*["']?[\w.-]+["']?[ \t]*:(?:\s|$)/u.test(matter))
    return null
  return { matter, rest: text.slice(found[0].length) }
}

/** The title that front matter names, '' when it names none of one line. */
const titleIn = (matter: string): string =>
  (/^title[ \t]*:[ \t]+(?![|>&*!{[])(.+?)[ \t]*$/mu.exec(matter)?.[1] ?? '').replace(/^(["'])(.*)\1$/u, '$2')

/** The same, with front matter that is none any more as the code it is. */
const asYaml = (body: Node): Node =>
  docOf(
    body.children.map((node, i) =>
      i === 0 ? node.type.create({ ...node.attrs, language: 'yaml' }, node.content) : node,
    ),
  )

function isPlainTitle(node: Node): boolean {
  const { kind, level, quote, indent } = blockOf(node)
  const plain = node.childCount === 1 && node.firstChild?.isText === true && node.firstChild.marks.length === 0
  return kind === 'heading' && level === 1 && quote === 0 && indent === 0 && plain
}

/** A title without what file systems refuse; '' when nothing is left. */
export const fileNameOf = (title: string): string =>
  title
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
    .slice(0, 80)
    // Half a surrogate pair, or a space, may be left at the cut.
    .replace(/[\ud800-\udbff\s.]+$/u, '')
