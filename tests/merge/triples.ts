/** Three people, each of whom does one thing, at random places. */
import { seeded } from '../support/random.ts'
import * as bases from './bases.ts'
import type { MergeStack } from './editors.ts'
import { INTENTIONS, type Place } from './intentions.ts'
import type { Finding } from './judge.ts'
import { ALPHABETS, lettersFrom } from './letters.ts'
import { begin, mergeOf } from './merge.ts'

const PLACES: readonly Place[] = [
  { line: 1, from: 2, to: 5 },
  { line: 1, from: 2, to: 5 },
  { line: 1, from: 4, to: 8 },
  { line: 2, from: 2, to: 5 },
  { line: 3, from: 2, to: 5 },
]

const intentions = INTENTIONS.filter(({ cutPaste }) => cutPaste !== true)

export interface Triple {
  names: string
  findings: readonly Finding[]
}

/** Plays one; the same seed plays the same. */
export function playTriple(stack: MergeStack, seed: number): Triple {
  const random = seeded(seed)
  const document = begin(stack, random.chance(0.5) ? bases.plain : bases.rich)
  const ids = [1, 2, 3].sort(() => random.below(3) - 1)
  const acts = ids.map(() => [random.pick(intentions), random.pick(PLACES)] as const)
  const { findings } = mergeOf(
    stack,
    document,
    acts.map(([{ act }, place], i) => ({
      clientId: ids[i] ?? 0,
      act: (editor) => act(editor, place, lettersFrom(ALPHABETS[i] ?? 0)),
    })),
  )
  return { names: acts.map(([{ name }]) => name).join(' ∥ '), findings }
}
