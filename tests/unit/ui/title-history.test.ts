import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { historyKey } from '../../../src/ui/title.ts'
import { TitleHistory, type Range } from '../../../src/ui/title-history.ts'
import { changeBetween, readTitle, writeTitle } from '../../../src/ui/title.ts'

/** Longer than what is typed in one go may pause. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 510))

/** A title field without the field. */
class Writer {
  readonly doc = new Y.Doc()
  readonly #origin = {}
  changes = 0
  readonly history = new TitleHistory(this.doc, this.#origin, () => this.changes++)

  get title(): string {
    return readTitle(this.doc)
  }

  /** Replaces the selection, as typing and pasting do. */
  type(text: string, [start, end]: Range = [this.title.length, this.title.length]): void {
    const after = this.title.slice(0, start) + text + this.title.slice(end)
    const change = changeBetween(this.title, after, start + text.length)
    this.history.note([start, end])
    if (change !== null) writeTitle(this.doc, change, this.#origin)
  }

  undo(selection: Range = [0, 0]): Range | null {
    return this.history.undo(selection)
  }

  redo(): Range | null {
    return this.history.redo([0, 0])
  }
}

const meet = (one: Y.Doc, other: Y.Doc): void => {
  Y.applyUpdate(one, Y.encodeStateAsUpdate(other))
  Y.applyUpdate(other, Y.encodeStateAsUpdate(one))
}

describe('the history of the title', () => {
  test('goes back through what was there, and forward again, with the selection', () => {
    const ada = new Writer()
    ada.type('Ne')
    ada.history.close()
    ada.type('two lines', [0, 2])
    expect(ada.undo([9, 9])).toEqual([0, 2])
    expect(ada.title).toBe('Ne')
    expect(ada.undo()).toEqual([0, 0])
    expect(ada.title).toBe('')
    expect(ada.history.canUndo).toBe(false)
    expect(ada.undo()).toBeNull()
    ada.redo()
    expect(ada.title).toBe('Ne')
    expect(ada.redo()).toEqual([9, 9])
    expect(ada.title).toBe('two lines')
    expect(ada.history.canRedo).toBe(false)
  })

  test('takes what was typed in one go as one step, until it is closed or one waits', async () => {
    const ada = new Writer()
    for (const letter of 'one') ada.type(letter)
    ada.history.close()
    for (const letter of ' two') ada.type(letter)
    await pause()
    ada.type('!')
    const seen: string[] = []
    while (ada.history.canUndo) {
      ada.undo()
      seen.push(ada.title)
    }
    expect(seen).toEqual(['one two', 'one', ''])
    expect(ada.changes).toBeGreaterThanOrEqual(6)
  })

  test('leaves what others wrote, and finds its place among it', () => {
    const [ada, ben] = [new Writer(), new Writer()]
    ada.type('Letter')
    ada.history.close()
    ada.type(' home')
    meet(ada.doc, ben.doc)
    ben.type('My ', [0, 0])
    ben.type('!')
    meet(ada.doc, ben.doc)
    expect(ada.title).toBe('My Letter home!')
    expect(ada.undo()).toEqual([9, 9])
    expect(ada.title).toBe('My Letter!')
    expect(ben.history.canRedo).toBe(false)
    ben.undo()
    meet(ada.doc, ben.doc)
    expect(ada.title).toBe('Letter')
  })

  test('knows nothing of changes made elsewhere in the document', () => {
    const ada = new Writer()
    ada.doc.getText('other').insert(0, 'text')
    ada.doc.getText('title').insert(0, 'written by somebody else')
    expect(ada.history.canUndo).toBe(false)
  })
})

describe('the keys of the history', () => {
  const keyed = (key: string, rest: Partial<KeyboardEvent> = {}): KeyboardEvent =>
    ({ key, code: '', altKey: false, shiftKey: false, ctrlKey: true, metaKey: false, ...rest }) as KeyboardEvent

  test('are found by letter, or by place on a layout without Latin letters', () => {
    expect(historyKey(keyed('z'))).toBe('undo')
    expect(historyKey(keyed('Z', { shiftKey: true }))).toBe('redo')
    expect(historyKey(keyed('y'))).toBe('redo')
    expect(historyKey(keyed('ㅋ', { code: 'KeyZ' }))).toBe('undo')
    expect(historyKey(keyed('y', { code: 'KeyZ' }))).toBe('redo')
    expect(historyKey(keyed('z', { ctrlKey: false }))).toBeNull()
    expect(historyKey(keyed('z', { altKey: true }))).toBeNull()
    expect(historyKey(keyed('x', { code: 'KeyZ' }))).toBeNull()
  })
})
