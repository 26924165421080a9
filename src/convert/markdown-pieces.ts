/**
 * Long Markdown, read piece by piece, so that one sees how far it is: what takes a while is told from what takes for ever. What
 * comes out is what comes out of it as a whole.
 *
 * After a blank line, a heading or a letter at the start of a line ends every list and quote, and all code and HTML but what has
 * an end of its own: a piece that would end within such goes on to a later place.
 */
import type { Definition, RootContent } from 'mdast'
import type { Node } from 'prosemirror-model'
import { documentOf } from './markdown.ts'
import type { Note } from './kept-as.ts'
import type { Branch } from './outline.ts'
import { branchesIn, definitionsIn, parse, referencesIn, sourceOf, type Parsed } from './markdown-reading.ts'

/** Least length of a piece, in characters: it takes about 0.1 s. */
const PIECE = 64 * 1024

const PLACE = /(?<=\n[ \t]*\r?\n)(?=#{1,6}[ \t]|\p{L})/gu

/** Reads Markdown as `parseMarkdown` does, and says after each piece which part of the work is done. Total on any string. */
export function parseInPieces(
  text: string,
  onPart: (part: number) => void,
  note: Note = () => undefined,
  least = PIECE,
): Node {
  const plain = text.replace(/^\ufeff/u, '')
  // Without these signs nothing is defined.
  const passes = plain.includes(']:') ? 3 : 1
  const done = (pass: number, end: number): void => onPart((pass + end / Math.max(1, plain.length)) / passes)
  const ends: number[] = []
  const definitions = new Map<string, Definition>()
  const sources: string[] = []
  const first: Branch[] = []
  for (const { piece, end } of firstPass(plain, least)) {
    ends.push(end)
    for (const [identifier, definition] of definitionsIn(piece)) {
      // Of several the first counts.
      if (definitions.has(identifier)) continue
      definitions.set(identifier, definition)
      sources.push(sourceOf(definition, piece.source))
    }
    if (passes === 1) for (const branch of branchesIn(piece, definitions, new Set(), note)) first.push(branch)
    done(0, end)
  }
  if (passes === 1) return documentOf(first)

  // What is defined anywhere counts everywhere. The definitions go before a piece: code that is open at its end would take them in.
  const own = (start: number, end: number): Parsed => {
    const { source, children } = parse(`${sources.join('\n\n')}\n\n${plain.slice(start, end)}`)
    return { source, children: children.slice(sources.length) }
  }
  const used = new Set<string>()
  for (const [i, end] of ends.entries()) {
    for (const identifier of referencesIn(own(ends[i - 1] ?? 0, end))) used.add(identifier)
    done(1, end)
  }
  const outline = ends.flatMap((end, i) => {
    const branches = branchesIn(own(ends[i - 1] ?? 0, end), definitions, used, note)
    done(2, end)
    return branches
  })
  return documentOf(outline)
}

/** The pieces of a text, parsed, and where they end. */
function* firstPass(text: string, least: number): Generator<{ piece: Parsed; end: number }> {
  let start = 0
  do {
    let end = placeBehind(text, start + least)
    let piece = parse(text.slice(start, end))
    // Twice as far each time, so that all of it is read no more than twice.
    while (end < text.length && isOpen(piece)) {
      end = placeBehind(text, start + 2 * (end - start))
      piece = parse(text.slice(start, end))
    }
    yield { piece, end }
    start = end
  } while (start < text.length)
}

/** The first place from a position on where a piece may end. */
function placeBehind(text: string, from: number): number {
  PLACE.lastIndex = from
  return PLACE.exec(text)?.index ?? text.length
}

/** How HTML that does not end with a blank line begins, and how it ends (CommonMark, section 4.6). */
const LASTING: readonly [start: RegExp, end: RegExp][] = [
  [/^<(?:script|pre|style|textarea)(?:\s|>|$)/iu, /<\/(?:script|pre|style|textarea)>/iu],
  [/^<!--/u, /-->/u],
  [/^<\?/u, /\?>/u],
  [/^<!\[CDATA\[/u, /\]\]>/u],
  [/^<![A-Z]/iu, />/u],
]

/** Whether what a piece ends with may go on behind it. */
function isOpen({ source, children }: Parsed): boolean {
  const last: RootContent | undefined = children.at(-1)
  if (last === undefined) return false
  const text = sourceOf(last, source)
  if (last.type === 'math') return !/\n {0,3}\${2,}[ \t]*$/u.test(text)
  if (last.type === 'html') return LASTING.some(([start, end]) => start.test(text) && !end.test(text))
  const fence = last.type === 'code' ? /^(`{3,}|~{3,})/u.exec(text)?.[1] : undefined
  if (fence === undefined) return false
  const closed = new RegExp(`\\n {0,3}${fence.charAt(0)}{${fence.length},}[ \\t]*$`, 'u')
  return !closed.test(text)
}
