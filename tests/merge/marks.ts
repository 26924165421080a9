/** Judges how the text of a merged document is marked. */
import { schema } from '#doc/schema'
import type { Evidence, Finding } from './judge.ts'
import { END, START, type Letter, type Reading } from './reading.ts'

type Value = string | undefined

/** Mark: each letter is marked as somebody marked it, or as it was; what is typed within what another marks, too. */
export function judgeMarks(evidence: Evidence): Finding[] {
  const { base, alone, merged } = evidence
  const isCode = (reading: Reading, char: string): boolean => {
    const letter = reading.only(char)
    return letter !== undefined && reading.blockOf(letter).type === schema.nodes.code_block
  }
  const findings: Finding[] = []
  for (const letter of merged.letters) {
    const { char, marks } = letter
    if (char === START || char === END || merged.only(char) === undefined) continue
    if ([...alone, merged].some((reading) => isCode(reading, char))) continue
    const typist = base.count(char) === 0 ? alone.find((reading) => reading.only(char)) : undefined
    const names = new Set([base, ...alone].flatMap((reading) => [...(reading.only(char)?.marks.keys() ?? [])]))
    for (const name of marks.keys()) names.add(name)
    const typed = typist === undefined ? null : new Typed(evidence, typist, letter)
    for (const name of typed?.namesAround ?? []) names.add(name)
    for (const name of names) {
      const allowed = typed === null ? marksOfOld(evidence, char, name) : typed.allowed(name)
      if (!allowed.includes(marks.get(name))) findings.push({ verdict: 'mark', letters: `${name} of ${char}` })
    }
  }
  return findings
}

function marksOfOld({ base, alone }: Evidence, char: string, name: string): Value[] {
  const before = base.only(char)?.marks.get(name)
  const changed = alone.flatMap((reading) => {
    const letter = reading.only(char)
    return letter === undefined || letter.marks.get(name) === before ? [] : [letter.marks.get(name)]
  })
  return changed.length > 0 ? changed : [before]
}

/** A letter that somebody typed, and what others did to the marks of the text around it. */
class Typed {
  readonly #evidence: Evidence
  readonly #typist: Reading
  readonly #now: Letter
  /** The letters of the base on both sides of it as its typist saw them, and whether they stand in the same block. */
  readonly #left: Letter
  readonly #right: Letter
  readonly #isInText: boolean

  constructor(evidence: Evidence, typist: Reading, now: Letter) {
    this.#evidence = evidence
    this.#typist = typist
    this.#now = now
    const place = typist.only(now.char) ?? now
    const toward = (step: -1 | 1): Letter => {
      for (let at = place.index + step; ; at += step) {
        const letter = typist.letters[at]
        if (letter === undefined) throw new RangeError('Past the edge of a document')
        if (evidence.base.count(letter.char) > 0) return letter
      }
    }
    this.#left = toward(-1)
    this.#right = toward(1)
    this.#isInText = this.#left.block === place.block && this.#right.block === place.block
  }

  get #others(): Reading[] {
    return this.#evidence.alone.filter((reading) => reading !== this.#typist)
  }

  get namesAround(): Set<string> {
    const around = [this.#left.char, this.#right.char]
    return new Set(
      this.#others.flatMap((reading) => around.flatMap((char) => [...(reading.only(char)?.marks.keys() ?? [])])),
    )
  }

  /** As it was typed; within what others marked, as they did; where that is not sure, either. */
  allowed(name: string): Value[] {
    const { base, merged } = this.#evidence
    const own = this.#typist.only(this.#now.char)?.marks.get(name)
    const either: Value[] = [own]
    for (const other of this.#others) {
      const [left, right] = [other.only(this.#left.char), other.only(this.#right.char)]
      const changed = [left, right].map((letter) => letter !== undefined && this.#changed(other, letter.char, name))
      const values = [left?.marks.get(name), right?.marks.get(name)]
      if (changed[0] && changed[1] && values[0] === values[1]) {
        if (this.#isInText) return [values[0]]
        either.push(values[0])
      }
      if (changed[0]) either.push(values[0])
      if (changed[1]) either.push(values[1])
      // Within text of which some had the mark before.
      if (values[0] === values[1] && base.chars.some((char) => this.#changed(other, char, name))) either.push(values[0])
      for (const { char } of this.#replaced) {
        if (this.#changed(other, char, name)) either.push(other.only(char)?.marks.get(name))
      }
      // At the edge of what another typed, marks grow.
      const before = merged.letters[this.#now.index - 1]
      if (before !== undefined && base.count(before.char) === 0 && other.only(before.char) !== undefined)
        either.push(other.only(before.char)?.marks.get(name))
    }
    return either
  }

  /** What was between its neighbours before it was typed. */
  get #replaced(): readonly Letter[] {
    const { base } = this.#evidence
    return base.letters.slice((base.only(this.#left.char)?.index ?? 0) + 1, base.only(this.#right.char)?.index)
  }

  #changed(reading: Reading, char: string, name: string): boolean {
    const [before, now] = [this.#evidence.base.only(char), reading.only(char)]
    return before !== undefined && now !== undefined && before.marks.get(name) !== now.marks.get(name)
  }
}
