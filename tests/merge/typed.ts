/** Judges what was typed: whether it is in one piece, and where it was meant to be. */
import type { Evidence, Finding } from './judge.ts'
import { END, gapBetween, START, type Letter, type Reading } from './reading.ts'

/** Misplaced, torn and stray. */
export function judgeTyped(evidence: Evidence): Finding[] {
  return evidence.alone.flatMap((own) => {
    const typist = new Typist(evidence, own)
    return typist.judge()
  })
}

/** The survivors on both sides of a typed letter as its typist saw them. */
interface Neighbours {
  left: Letter
  right: Letter
}

class Typist {
  readonly #evidence: Evidence
  readonly #own: Reading
  readonly #others: readonly Reading[]

  constructor(evidence: Evidence, own: Reading) {
    this.#evidence = evidence
    this.#own = own
    this.#others = evidence.alone.filter((reading) => reading !== own)
  }

  judge(): Finding[] {
    const { base, merged } = this.#evidence
    const findings: Finding[] = []
    let before: Letter | null = null
    for (const letter of this.#own.letters) {
      const now = merged.only(letter.char)
      const isTyped = base.count(letter.char) === 0 && this.#own.only(letter.char) !== undefined && now !== undefined
      if (!isTyped) {
        before = null
        continue
      }
      const previous = before === null ? undefined : merged.only(before.char)
      const [was, is] = [before && gapBetween(before, letter), previous && gapBetween(previous, now)]
      if (previous !== undefined && was && is) {
        const isBeside = previous.index + 1 === now.index
        // Between lines that were pasted something may stand, but not there.
        if (before?.block === letter.block && (!isBeside || is.borders > 0)) findings.push(about('torn', previous, now))
        else if (!isBeside || was.borders !== is.borders || was.dividers !== is.dividers)
          findings.push(about('blocks', previous, now))
        else if (was.breaks !== is.breaks) findings.push(about('break', previous, now))
      }
      before = letter
      if (this.#isMisplaced(letter, now)) findings.push(about('misplaced', now))
      else if (this.#isStray(letter, now)) findings.push(about('stray', now))
    }
    return findings
  }

  /** The nearest survivors, in the same block or anywhere. */
  #neighbours(letter: Letter): Neighbours {
    const { survivors } = this.#evidence
    const { letters } = this.#own
    const toward = (step: -1 | 1): Letter => {
      let at = letter.index + step
      for (;;) {
        const other = letters[at]
        if (other === undefined) throw new RangeError('Past the edge of a document')
        if (survivors.has(other.char)) return other
        at += step
      }
    }
    return { left: toward(-1), right: toward(1) }
  }

  /** The neighbouring survivors in the merged document. */
  #neighboursNow(now: Letter): Neighbours {
    const { survivors, merged } = this.#evidence
    const toward = (step: -1 | 1): Letter => {
      for (let at = now.index + step; ; at += step) {
        const other = merged.letters[at]
        if (other === undefined) throw new RangeError('Past the edge of a document')
        if (survivors.has(other.char)) return other
      }
    }
    return { left: toward(-1), right: toward(1) }
  }

  /** Whether a letter is an end of its block, on that side, in the base. */
  #isEdgeInBase(letter: Letter, side: -1 | 1): boolean {
    const { base } = this.#evidence
    const place = base.only(letter.char)
    if (place === undefined) return false
    const beyond = base.letters[place.index + side]
    return beyond === undefined || beyond.char === START || beyond.char === END || beyond.block !== place.block
  }

  #isMisplaced(letter: Letter, now: Letter): boolean {
    const { left, right } = this.#neighbours(letter)
    const around = this.#neighboursNow(now)
    const inLeft = isText(left) && left.block === letter.block
    const inRight = isText(right) && right.block === letter.block
    const atLeft = around.left.char === left.char
    const atRight = around.right.char === right.char
    if (inLeft === inRight) {
      if (atLeft && atRight) return false
      // The two have been moved apart: it has stayed with one of them, or gone with the text that it took the place of.
      if (!inLeft) return !atLeft && !atRight && !this.#isWithReplaced(left, right, around)
      return !(atLeft && sameBlock(around.left, now)) && !(atRight && sameBlock(around.right, now))
    }
    const [side, neighbour, isThere, beside] = inLeft
      ? ([1, left, atLeft, around.left] as const)
      : ([-1, right, atRight, around.right] as const)
    if (!isThere) return true
    if (sameBlock(beside, now)) return false
    // At the end of a block that somebody else cut here, deleting what the typist saw at the cut: on any of the lines.
    return this.#isEdgeInBase(neighbour, side) || !this.#isCut(neighbour, side)
  }

  /** Whether something stands where others have moved what was between two letters and is now deleted. */
  #isWithReplaced(left: Letter, right: Letter, around: Neighbours): boolean {
    const { base, survivors } = this.#evidence
    const replaced = base.letters.slice((base.only(left.char)?.index ?? 0) + 1, base.only(right.char)?.index)
    return replaced.some(({ char }) =>
      this.#others.some((other) => {
        const place = other.only(char)
        if (place === undefined || survivors.has(char)) return false
        const before = other.letters.findLast(({ index, char: each }) => index < place.index && survivors.has(each))
        const after = other.letters.find(({ index, char: each }) => index > place.index && survivors.has(each))
        return before?.char === around.left.char || after?.char === around.right.char
      }),
    )
  }

  /** Whether somebody else made a block begin or end beside a letter. */
  #isCut(letter: Letter, side: -1 | 1): boolean {
    const { base } = this.#evidence
    return this.#others.some(
      (other) => this.#bordersBeside(other, letter, side) > this.#bordersBeside(base, letter, side),
    )
  }

  #bordersBeside(reading: Reading, { char }: Letter, side: -1 | 1): number {
    const order = this.#evidence.order.get(reading)
    const beside = side === 1 ? order?.next.get(char) : order?.previous.get(char)
    const place = reading.only(char)
    return beside === undefined || place === undefined ? 0 : Math.abs(beside.line - place.line)
  }

  /** Whether it has been glued to a text that it was never part of. */
  #isStray(letter: Letter, now: Letter): boolean {
    const { base, merged, survivors } = this.#evidence
    const { left, right } = this.#neighbours(letter)
    if ((isText(left) && left.block === letter.block) || (isText(right) && right.block === letter.block)) return false
    const glued = merged.letters.some(({ char, block }) => block === now.block && survivors.has(char) && isChar(char))
    if (!glued) return false
    const hadText = this.#own.letters.some(
      ({ char, block }) => block === letter.block && base.count(char) > 0 && isChar(char),
    )
    if (hadText) {
      // Whole blocks were deleted; or what was deleted reaches into the text it now stands in.
      const whole =
        (left.char === START || this.#isEdgeInBase(left, 1)) && (right.char === END || this.#isEdgeInBase(right, -1))
      const apart = this.#others.every((other) => {
        const [from, to] = [other.only(left.char), other.only(right.char)]
        if (from === undefined || to === undefined) return true
        return !isText(left) || !isText(right) || from.block !== to.block
      })
      return whole && apart
    }
    // In a line of its own: that nobody else joined lines here.
    const order = this.#evidence.order
    const before = base.only(left.char)
    const after = base.only(right.char)
    if (before === undefined || after === undefined) return true
    return !this.#others.some((other) => {
      const from = other.only(left.char)
      if (from === undefined || order.get(other)?.next.get(left.char)?.char !== right.char) return false
      return this.#bordersBeside(other, left, 1) < after.line - before.line
    })
  }
}

const isChar = (char: string): boolean => char !== START && char !== END
const isText = ({ char }: Letter): boolean => isChar(char)
const sameBlock = (a: Letter, b: Letter): boolean => isText(a) && isText(b) && a.block === b.block
const about = (verdict: Finding['verdict'], ...letters: Letter[]): Finding => ({
  verdict,
  letters: letters.map(({ char }) => char).join(''),
})
