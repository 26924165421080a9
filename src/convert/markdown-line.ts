/** The inline content of Markdown (mdast phrasing) → a line of ours. */
import { Fragment, Mark } from 'prosemirror-model'
import { safeHref, schema, type MarkName } from '#doc/schema'
import type { Definition, PhrasingContent } from 'mdast'
import { TAG_MARKS } from './editor-html.ts'
import type { Note } from './kept-as.ts'
import { tidyLink } from './markdown-form.ts'

/** Link definitions of a document, by identifier. */
export type Definitions = ReadonlyMap<string, Definition>

/** Text with its marks, or an HTML tag whose other half is yet to be found. */
interface Piece {
  text: string
  marks: readonly Mark[]
  tag?: Tag
}

interface Tag {
  name: string
  /** What an opening tag means; null for a closing one. */
  mark: Mark | null
}

/** A piece of this text is a hard break; no other piece has a line feed. */
const BREAK = '\n'

/**
 * Reads phrasing content. Tags that mean a mark (`<u>`, `<mark>`, `<b>` …) count in pairs; other HTML stays readable, as
 * code. Images become links to them. An address that is not safe to open is kept as text behind what linked to it.
 */
export function readLine(nodes: readonly PhrasingContent[], definitions: Definitions, note: Note): Fragment {
  const pieces = pairTags(piecesOf(nodes, definitions, note), note)
  return Fragment.fromArray(
    pieces
      .filter(({ text }) => text !== '')
      .map(({ text, marks }) => (text === BREAK ? schema.nodes.hard_break.create() : schema.text(text, marks))),
  )
}

/** Walks the tree without recursion: emphasis nests as deep as a hostile author likes. */
function piecesOf(nodes: readonly PhrasingContent[], definitions: Definitions, note: Note): Piece[] {
  const pieces: Piece[] = []
  const waiting: { node: PhrasingContent | Piece; marks: readonly Mark[] }[] = []
  const wait = (children: readonly (PhrasingContent | Piece)[], marks: readonly Mark[]): void => {
    for (const node of children.toReversed()) waiting.push({ node, marks })
  }
  wait(nodes, Mark.none)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, marks } = next
    if (!('type' in node)) pieces.push(node)
    else if (node.type === 'text') pieces.push(...textPieces(node.value, marks))
    else if (node.type === 'break') pieces.push({ text: BREAK, marks })
    else if (node.type === 'inlineCode')
      pieces.push({ text: node.value.replace(/[\r\n]/gu, ' '), marks: withMark(marks, 'code') })
    else if (node.type === 'html') pieces.push(readTag(node.value, marks, note))
    else if (node.type === 'strong') wait(node.children, withMark(marks, 'strong'))
    else if (node.type === 'emphasis') wait(node.children, withMark(marks, 'em'))
    else if (node.type === 'delete') wait(node.children, withMark(marks, 'strike'))
    else if (node.type === 'link') waitForLink(node.children, node.url, node.title)
    else if (node.type === 'linkReference') {
      const definition = definitions.get(node.identifier)
      const note = { text: `[${node.label ?? node.identifier}]`, marks }
      if (node.identifier.startsWith('^'))
        wait(node.referenceType === 'full' ? [...node.children, note] : [note], marks)
      else waitForLink(node.children, definition?.url ?? '', definition?.title)
    } else if (node.type === 'image') {
      note('pictures')
      pieces.push(...imagePieces(node.alt, node.url, node.title, marks))
    } else if (node.type === 'imageReference') {
      note('pictures')
      const definition = definitions.get(node.identifier)
      pieces.push(...imagePieces(node.alt, definition?.url ?? '', definition?.title, marks))
    }

    function waitForLink(children: readonly PhrasingContent[], url: string, title: string | null | undefined): void {
      const link = linkMark(url, title)
      if (link === null) {
        note('addresses')
        const only = children.length === 1 ? children[0] : undefined
        const shown = only?.type === 'text' && only.value === url
        wait(shown ? children : [...children, { text: children.length === 0 ? url : ` (${url})`, marks }], marks)
      } else if (children.length === 0) pieces.push({ text: url, marks: link.addToSet(marks) })
      else wait(children, link.addToSet(marks))
    }
  }
  return pieces
}

/** The first line of a callout stays one: GitHub and Obsidian read it only so. */
function textPieces(value: string, marks: readonly Mark[]): Piece[] {
  const [whole, sign = ''] = /^(\[![A-Za-z]+\])\r?\n/u.exec(value) ?? []
  const text = { text: joinLines(value.slice(whole?.length ?? 0)), marks }
  return whole === undefined ? [text] : [{ text: sign, marks }, { text: BREAK, marks }, text]
}

/** Lines of one paragraph: a space between them, but none in writing that has no spaces. */
const joinLines = (text: string): string =>
  text
    .replace(
      /(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？：；）」』])[\r\n]+(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}（「『])/gu,
      '',
    )
    .replace(/[\r\n]+/gu, ' ')

const withMark = (marks: readonly Mark[], name: MarkName): readonly Mark[] =>
  schema.marks[name].create().addToSet(marks)

function linkMark(url: string, title: string | null | undefined): Mark | null {
  const attrs = tidyLink(url, title)
  return safeHref(attrs.href) === null ? null : schema.marks.link.create(attrs)
}

/** The description, linked to the image. Inside a link it keeps that, and the image's address follows. */
function imagePieces(
  alt: string | null | undefined,
  url: string,
  title: string | null | undefined,
  marks: readonly Mark[],
): Piece[] {
  const text = alt === null || alt === undefined || alt.trim() === '' ? url : alt
  const link = linkMark(url, title)
  if (link === null) return [{ text: text === url ? url : `${text} (${url})`, marks }]
  const outer = schema.marks.link.isInSet(marks)
  if (outer === undefined) return [{ text, marks: link.addToSet(marks) }]
  if (text === url) return [{ text, marks }]
  const bare = outer.removeFromSet(marks)
  return [
    { text, marks },
    { text: ' (', marks: bare },
    { text: url, marks: link.addToSet(bare) },
    { text: ')', marks: bare },
  ]
}

function readTag(html: string, marks: readonly Mark[], note: Note): Piece {
  if (/^<br\s*\/?>$/iu.test(html)) return { text: BREAK, marks }
  const literal = { text: html.replace(/\s*[\r\n]\s*/gu, ' '), marks: withMark(marks, 'code') }
  const [, slash, tag = ''] = /^<(\/?)([a-z]+)\s*>$/iu.exec(html) ?? []
  const name = tag.toLowerCase()
  const mark = TAG_MARKS.get(name)
  if (mark !== undefined) return { ...literal, tag: { name, mark: slash === '/' ? null : schema.marks[mark].create() } }
  if (name === 'a' && slash === '/') return { ...literal, tag: { name, mark: null } }
  const anchor = /^<a\s+href="([^"&]*)"(?:\s+title="([^"&]*)")?\s*>$/iu.exec(html)
  const link = anchor === null ? null : linkMark(anchor[1] ?? '', anchor[2])
  if (link === null) note('html')
  return link === null ? literal : { ...literal, tag: { name: 'a', mark: link } }
}

/** Gives the pieces between the two halves of a tag its mark. A half without its other stays as code. */
function pairTags(pieces: readonly Piece[], note: Note): Piece[] {
  const paired = pairsAmong(pieces)
  const active = new Map<string, Mark[]>()
  return pieces.flatMap((piece) => {
    const { tag, text } = piece
    if (tag === undefined || !paired.has(piece)) {
      if (tag !== undefined) note('html')
      const marks = [...active.values()].reduce((all, stack) => stack.at(-1)?.addToSet(all) ?? all, piece.marks)
      return [{ text, marks }]
    }
    const stack = active.get(tag.name) ?? []
    active.set(tag.name, stack)
    if (tag.mark === null) stack.pop()
    else stack.push(tag.mark)
    return []
  })
}

function pairsAmong(pieces: readonly Piece[]): ReadonlySet<Piece> {
  const paired = new Set<Piece>()
  const open = new Map<string, Piece[]>()
  for (const piece of pieces) {
    if (piece.tag === undefined) continue
    const waiting = open.get(piece.tag.name) ?? []
    open.set(piece.tag.name, waiting)
    if (piece.tag.mark !== null) waiting.push(piece)
    else {
      const opener = waiting.pop()
      if (opener !== undefined) paired.add(opener).add(piece)
    }
  }
  return paired
}
