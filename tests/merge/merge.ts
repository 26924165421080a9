/** People who begin with the same document, do something each on their own, and meet. */
import type { Node } from 'prosemirror-model'
import * as Y from 'yjs'
import type { MergeEditor, MergeStack } from './editors.ts'
import { judge, type Finding } from './judge.ts'

/** A document in the stack's form, made once by somebody who is gone. */
export function begin(stack: MergeStack, content: Node): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 9
  stack.fill(doc, content)
  return Y.encodeStateAsUpdate(doc)
}

/** An editor on a copy of a document. */
export function openOn(stack: MergeStack, document: Uint8Array, clientId: number): MergeEditor {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, document)
  return stack.open(doc, clientId)
}

/** Brings editors together: each learns what the others have that it has not, and what they then have to say to that. */
export function meet(editors: readonly MergeEditor[]): void {
  for (let round = 0; round < ROUNDS; round++) {
    const sent = editors.map(({ doc }) => Y.encodeStateAsUpdate(doc))
    for (const [to, editor] of editors.entries()) {
      for (const [from, update] of sent.entries()) if (from !== to) Y.applyUpdate(editor.doc, update, 'merge')
    }
  }
}

/** An editor may answer once: it deletes again what it has deleted and somebody else has brought back. */
const ROUNDS = 2

/** What does not hold of editors that have met: nothing failed, all show the same, and so does one that is opened anew. */
export function differences(stack: MergeStack, editors: readonly MergeEditor[]): Finding[] {
  const [first] = editors
  if (first === undefined) return []
  const { doc } = first.state
  const isSame = editors.every((editor) => editor.state.doc.eq(doc)) && stack.readAnew(first.doc).eq(doc)
  return [
    ...editors.flatMap(({ failures }) =>
      failures.map((error) => ({ verdict: 'invalid' as const, letters: String(error) })),
    ),
    ...(isSame ? [] : [{ verdict: 'not converged' as const, letters: '' }]),
  ]
}

export interface Meeting {
  alone: Node[]
  merged: Node | null
  findings: Finding[]
}

/** Lets each of some people do something, merges, and judges. Whatever is thrown counts as invalid. */
export function mergeOf(
  stack: MergeStack,
  document: Uint8Array,
  people: readonly { clientId: number; act: (editor: MergeEditor) => void }[],
): Meeting {
  const editors: MergeEditor[] = []
  const alone: Node[] = []
  try {
    for (const { clientId } of people) editors.push(openOn(stack, document, clientId))
    const base = editors[0]?.state.doc
    if (base === undefined) throw new RangeError('Nobody is there')
    for (const [i, editor] of editors.entries()) {
      people[i]?.act(editor)
      alone.push(editor.state.doc)
    }
    meet(editors)
    const merged = editors[0]?.state.doc ?? base
    return { alone, merged, findings: [...differences(stack, editors), ...judge({ base, alone, merged })] }
  } catch (error) {
    return { alone, merged: null, findings: [{ verdict: 'invalid', letters: String(error) }] }
  } finally {
    for (const editor of editors) editor.close()
  }
}
