/** A document as a row of letters, each with the place where it stands. */
import type { Mark, Node } from 'prosemirror-model'
import { schema } from '#doc/schema'

/** One letter of a document, a divider, or an edge. */
export interface Letter {
  char: string
  /** Its place among all letters. */
  index: number
  /** Index of its block. */
  block: number
  /** Index of its block among the text blocks. */
  line: number
  /** Line breaks within blocks, in all the document before it. */
  breaks: number
  /** Dividers before it. */
  dividers: number
  /** Its marks by name, with the address of a link. */
  marks: ReadonlyMap<string, string>
}

/** The edges of a document, which count as letters that nobody can delete. */
export const START = '\u0002'
export const END = '\u0003'

/** Stands for a divider. */
const DIVIDER = '\u0004'

const NO_MARKS: ReadonlyMap<string, string> = new Map()

export class Reading {
  readonly doc: Node
  /** With the edges, in order. */
  readonly letters: readonly Letter[]
  readonly #places = new Map<string, Letter[]>()

  constructor(doc: Node) {
    this.doc = doc
    const letters: Letter[] = []
    let [breaks, dividers, line] = [0, 0, -1]
    const add = (char: string, block: number, marks = NO_MARKS): void => {
      const letter = { char, index: letters.length, block, line: Math.max(0, line), breaks, dividers, marks }
      letters.push(letter)
      const places = this.#places.get(char)
      if (places === undefined) this.#places.set(char, [letter])
      else places.push(letter)
    }
    add(START, 0)
    doc.forEach((block, _offset, index) => {
      if (block.type === schema.nodes.divider) {
        add(DIVIDER, index)
        dividers++
        return
      }
      line++
      block.forEach((inline) => {
        if (!inline.isText) breaks++
        const marks = inline.marks.length === 0 ? NO_MARKS : new Map(inline.marks.map(nameAndAddress))
        for (const char of inline.text ?? '') {
          if (char === '\n') breaks++
          else add(char, index, marks)
        }
      })
    })
    add(END, Math.max(0, doc.childCount - 1))
    this.letters = letters
  }

  /** How often a letter is there. */
  count(char: string): number {
    return this.#places.get(char)?.length ?? 0
  }

  /** A letter that is there once. */
  only(char: string): Letter | undefined {
    const places = this.#places.get(char)
    return places?.length === 1 ? places[0] : undefined
  }

  /** Every letter that is there, once each, without the edges. */
  get chars(): string[] {
    return [...this.#places.keys()].filter((char) => char !== START && char !== END)
  }

  blockOf(letter: Letter): Node {
    return this.doc.child(letter.block)
  }

  /** The letters whose chars are in a set, in order. */
  among(chars: ReadonlySet<string>): Letter[] {
    return this.letters.filter(({ char }) => chars.has(char))
  }
}

const nameAndAddress = ({ type, attrs }: Mark): [string, string] => [
  type.name,
  typeof attrs.href === 'string' ? attrs.href : '',
]

/** What lies between two letters, the first of which stands before the second. */
export interface Gap {
  /** Borders of text blocks; dividers are counted by themselves. */
  borders: number
  breaks: number
  dividers: number
}

export const gapBetween = (from: Letter, to: Letter): Gap => ({
  borders: to.line - from.line,
  breaks: to.breaks - from.breaks,
  dividers: to.dividers - from.dividers,
})
