/**
 * A long history of one person's typing, as large as the public automerge-paper trace, which no package brings along: its
 * 182,315 insertions and 77,463 deletions of single characters, mostly runs at a cursor that jumps now and then. The runs
 * are as long as makes a plain Y.Text of it about as large as one of that trace (160 KB).
 */
import { seeded } from '../../support/random.ts'

const INSERTIONS = 182_315
const DELETIONS = 77_463
/** Characters a run of typing and a run of deleting has on average, and how often the cursor jumps before a run. */
const TYPED = 36
const TAKEN_BACK = 21
const JUMPS = 0.6
/** Of the jumps these go anywhere; all others go to a place nearby. */
const FAR = 0.3

const SPACE = 32
const LETTERS = 'etaoinshrdlcumwfgypbvk'

/** Insertions are character codes. */
export const DELETE_CHARACTER = 0
export const DELETE_NEWLINE = 1
export const NEWLINE = 10

/** Edits one after another, a column for what is known of them. */
export interface Trace {
  readonly length: number
  readonly kinds: Uint8Array
  /** Offset in the text as one string, and how many newlines are before it. */
  readonly offsets: Int32Array
  readonly lines: Int32Array
}

/** Types text whose lines are up to so long, about; `share` is how much of the history there is. */
export function typedText(lineLength: number, share = 1): Trace {
  const random = seeded(1)
  const length = INSERTIONS + DELETIONS
  const trace = {
    length,
    kinds: new Uint8Array(length),
    offsets: new Int32Array(length),
    lines: new Int32Array(length),
  }
  const lines = [0]
  let [line, column, offset] = [0, 0, 0]
  let [inserted, deleted] = [0, 0]
  let untilSpace = 5

  const note = (kind: number): void => {
    const at = inserted + deleted
    trace.kinds[at] = kind
    trace.offsets[at] = offset
    trace.lines[at] = line
  }
  const lengthOf = (index: number): number => lines[index] ?? 0
  const insert = (): void => {
    const isSpace = --untilSpace < 0
    if (isSpace) untilSpace = 2 + random.below(8)
    if (isSpace && lengthOf(line) >= lineLength && column >= lineLength / 2) {
      note(NEWLINE)
      lines.splice(line + 1, 0, lengthOf(line) - column)
      lines[line] = column
      ;[line, column] = [line + 1, 0]
    } else {
      note(isSpace ? SPACE : LETTERS.charCodeAt(random.below(LETTERS.length)))
      lines[line] = lengthOf(line) + 1
      column++
    }
    offset++
    inserted++
  }
  const deleteBefore = (): void => {
    offset--
    if (column > 0) {
      note(DELETE_CHARACTER)
      lines[line] = lengthOf(line) - 1
      column--
    } else {
      const [rest = 0] = lines.splice(line, 1)
      line--
      column = lengthOf(line)
      lines[line] = column + rest
      note(DELETE_NEWLINE)
    }
    deleted++
  }
  const jump = (): void => {
    const target = random.chance(FAR) ? random.below(inserted - deleted + 1) : offset + random.below(400) - 200
    const wanted = Math.max(0, Math.min(inserted - deleted, target))
    for (; wanted < offset - column; offset -= column + 1, column = lengthOf(line)) {
      line--
    }
    for (; wanted > offset - column + lengthOf(line); line++, column = 0) offset += lengthOf(line) - column + 1
    column += wanted - offset
    offset = wanted
  }
  const run = (mean: number): number => 1 + random.below(2 * mean - 1)

  while (inserted < INSERTIONS) {
    if (random.chance(JUMPS)) jump()
    for (let i = Math.min(run(TYPED), INSERTIONS - inserted); i > 0; i--) insert()
    const due = (inserted * DELETIONS) / INSERTIONS - deleted
    if (due < TAKEN_BACK) continue
    if (random.chance(JUMPS)) jump()
    for (let i = Math.min(run(TAKEN_BACK), offset, DELETIONS - deleted); i > 0; i--) deleteBefore()
  }
  while (deleted < DELETIONS) {
    if (offset === 0 || random.chance(1 / TAKEN_BACK)) jump()
    if (offset > 0) deleteBefore()
  }
  return { ...trace, length: Math.floor(share * length) }
}
