/** Random sessions: people work each on their own for a while, meet, and go on. What becomes of every word is counted. */
import type { Node } from 'prosemirror-model'
import { seeded, type Random } from '../support/random.ts'
import * as bases from './bases.ts'
import type { MergeStack } from './editors.ts'
import { judge } from './judge.ts'
import { Joins } from './joins.ts'
import { lettersFrom, type Letters } from './letters.ts'
import { begin, differences, meet, openOn } from './merge.ts'
import { actAtRandom } from './random-acts.ts'
import { Reading } from './reading.ts'

/** What became of words that nobody deleted. */
export interface Words {
  words: number
  lost: number
  doubled: number
  /** There twice since two people have joined their block to different lines. */
  copied: number
  /** In pieces, or not where they were written. */
  misplaced: number
  /** Deleted by somebody, and there again. */
  broughtBack: number
  /** How often an editor failed and read the document anew. */
  failures: number
  /** Sessions at whose end the documents were not the same. */
  diverged: number
}

export const noWords = (): Words => ({
  words: 0,
  lost: 0,
  doubled: 0,
  copied: 0,
  misplaced: 0,
  broughtBack: 0,
  failures: 0,
  diverged: 0,
})

export interface Session {
  seed: number
  /** What each person does between two meetings. */
  acts: number
  meetings: number
  /** Whether blocks are moved, too. */
  moves?: boolean
}

const LINES = 30
const PEOPLE = 2

/** Where letters begin: of the base, of people, and of people outside the basic plane. */
const HANGUL = 0xac00
const HAN = 0x4e00
const RARE_HAN = 0x20000
const EACH = 0x2000

/** Plays a session on a document of 30 lines, up to its end or until documents differ. */
export function playSession(stack: MergeStack, { seed, acts, meetings, moves = true }: Session): Words {
  const random = seeded(seed)
  const base = bases.wordsOf(lettersFrom(HANGUL), LINES, 3, 4)
  const document = begin(stack, base)
  const editors = Array.from({ length: PEOPLE }, (_, i) => openOn(stack, document, 1 + ((i + seed) % PEOPLE)))
  const words: string[] = wordsIn(base, 4)
  const writers = editors.map((_editor, i) => writer(i, random, words))
  const joins = new Joins()
  const total = noWords()
  for (let meeting = 0; meeting < meetings; meeting++) {
    const before = editors[0]?.state.doc ?? base
    for (const [i, editor] of editors.entries()) {
      for (let act = 0; act < acts; act++) {
        const { doc } = editor.state
        actAtRandom({ editor, random, word: writers[i] ?? (() => '') }, { moves })
        joins.note(i, doc, editor.state.doc)
      }
    }
    const alone = editors.map(({ state }) => state.doc)
    meet(editors)
    const merged = editors[0]?.state.doc ?? base
    if (differences(stack, editors).some(({ verdict }) => verdict === 'not converged')) {
      total.diverged = 1
      break
    }
    count(total, words, joins, { base: before, alone, merged })
  }
  for (const editor of editors) {
    total.failures += editor.failures.length
    editor.close()
  }
  return total
}

/** Draws words, and notes them. */
function writer(person: number, random: Random, words: string[]): () => string {
  const usual = lettersFrom(HAN + person * EACH)
  const rare = lettersFrom(RARE_HAN + person * EACH)
  const draw = (from: Letters, count: number): string => from.draw(count)
  return () => {
    const word = draw(usual, 2) + (random.chance(0.1) ? draw(rare, 1) : '') + draw(usual, 2)
    words.push(word)
    return word
  }
}

function wordsIn(doc: Node, size: number): string[] {
  const letters = Array.from(doc.textContent)
  return Array.from({ length: letters.length / size }, (_, i) => letters.slice(i * size, (i + 1) * size).join(''))
}

interface Meeting {
  base: Node
  alone: readonly Node[]
  merged: Node
}

function count(total: Words, words: readonly string[], joins: Joins, meeting: Meeting): void {
  const base = new Reading(meeting.base)
  const alone = meeting.alone.map((doc) => new Reading(doc))
  const merged = new Reading(meeting.merged)
  const findings = judge(meeting)
  const unsound = findings.find(({ verdict }) => verdict === 'invalid')
  if (unsound !== undefined) throw new Error(`The document is not sound: ${unsound.letters}`)
  const lettersOf = (...verdicts: string[]): Set<string> =>
    new Set(findings.filter(({ verdict }) => verdicts.includes(verdict)).flatMap(({ letters }) => Array.from(letters)))
  const [lost, doubled, misplaced] = [lettersOf('lost'), lettersOf('doubled'), lettersOf('misplaced', 'torn', 'stray')]
  for (const word of words) {
    const letters = Array.from(word)
    const isOld = letters.some((letter) => base.count(letter) > 0)
    const holders = isOld
      ? [base, ...alone]
      : alone.filter((reading) => letters.some((letter) => reading.count(letter) > 0))
    if (holders.length === 0) continue
    if (isOld && alone.some((reading) => letters.every((letter) => reading.count(letter) === 0))) {
      if (letters.some((letter) => merged.count(letter) > 0)) total.broughtBack += 1
      continue
    }
    // What somebody has changed before his own eyes is his choice.
    if (!holders.every((reading) => isWhole(reading, letters))) continue
    total.words += 1
    if (letters.some((letter) => lost.has(letter))) total.lost += 1
    else if (letters.some((letter) => doubled.has(letter)))
      total[letters.some((letter) => joins.isJoinedByMany(letter)) ? 'copied' : 'doubled'] += 1
    else if (letters.some((letter) => misplaced.has(letter)) || !isWhole(merged, letters)) total.misplaced += 1
  }
}

function isWhole(reading: Reading, letters: readonly string[]): boolean {
  const places = letters.map((letter) => reading.only(letter))
  return places.every(
    (place, i) =>
      place !== undefined && place.index === (places[0]?.index ?? 0) + i && place.block === places[0]?.block,
  )
}

/** Adds what became of words in one session to a total. */
export function addWords(total: Words, words: Words): void {
  for (const key of Object.keys(total) as (keyof Words)[]) total[key] += words[key]
}
