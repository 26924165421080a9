/** Composing Korean while others write: the block one composes in is left alone, and what is composed gets where it was meant to. */
import { AllSelection } from 'prosemirror-state'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { blockOf } from '#doc/schema'
import { moveBlocks, setKind } from '#editor/block-commands'
import { toggle } from '#editor/mark-commands'
import { at, backspace, caret, del, enter, lines, remoteSteps, same, settle, two } from '../../support/company.ts'
import { documentOf, merge } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Three lines that two people have. The composer's caret stands in the middle of the second one, between c and d. */
function begin(ids?: readonly [number, number]): { peer: HeadlessEditor; composer: HeadlessEditor } {
  const [peer, composer] = two(documentOf('ab', 'cd', 'ef'), ids)
  composer.select(at(composer, 1, 1))
  composer.composing = true
  return { peer, composer }
}

/** As an input method does it: what is composed so far, which ends at the caret, is replaced by more of it. */
function compose(composer: HeadlessEditor, steps: readonly string[], meanwhile: () => void = () => undefined): void {
  let composed = 0
  for (const [i, text] of steps.entries()) {
    const { from } = composer.state.selection
    composer.dispatch(composer.state.tr.insertText(text, from - composed, from))
    composed = text.length
    if (i === 0) meanwhile()
  }
}

function end(composer: HeadlessEditor): void {
  composer.composing = false
  composer.release()
}

/** Something the peer does, to be followed by a merge. */
type Act = (peer: HeadlessEditor) => void

const typeAt =
  (index: number, offset: number, text: string): Act =>
  (peer) => {
    peer.select(at(peer, index, offset))
    peer.type(text)
  }

const press =
  (key: typeof enter, index: number, offset: number): Act =>
  (peer) => {
    peer.select(at(peer, index, offset))
    if (!peer.run(key)) throw new Error('The key does nothing')
  }

const removeBlock: Act = (peer) => {
  const from = at(peer, 1, 0) - 1
  peer.dispatch(peer.state.tr.delete(from, from + peer.state.doc.child(1).nodeSize))
}

const deleteAll: Act = (peer) => {
  peer.dispatch(peer.state.tr.setSelection(new AllSelection(peer.state.doc)))
  peer.run(backspace)
}

const HAN = ['ㅎ', '하', '한']

describe('what a peer does in the block that one composes in', () => {
  test.each<[what: string, act: Act, shownMeanwhile: string[], afterwards: string[]]>([
    ['types before it', typeAt(1, 0, 'X'), ['ab', 'c한d', 'ef'], ['ab', 'Xc한d', 'ef']],
    ['types behind it', typeAt(1, 2, 'X'), ['ab', 'c한d', 'ef'], ['ab', 'c한dX', 'ef']],
    ['splits it before the caret', press(enter, 1, 0), ['ab', '', 'c한d', 'ef'], ['ab', '', 'c한d', 'ef']],
    ['splits it at the caret', press(enter, 1, 1), ['ab', 'c한d', 'ef'], ['ab', 'c한', 'd', 'ef']],
    ['joins it to the line above', press(backspace, 1, 0), ['ab', 'c한d', 'ef'], ['abc한d', 'ef']],
    ['joins the line below to it', press(backspace, 2, 0), ['ab', 'c한d', 'ef'], ['ab', 'c한def']],
    ['joins it to the line above, from there', press(del, 0, 2), ['ab', 'c한d', 'ef'], ['abc한d', 'ef']],
    ['deletes it', removeBlock, ['ab', 'c한d', 'ef'], ['ab', '한', 'ef']],
    [
      'deletes the text around the caret',
      (peer) => peer.dispatch(peer.state.tr.delete(at(peer, 1, 0), at(peer, 1, 2))),
      ['ab', 'c한d', 'ef'],
      ['ab', '한', 'ef'],
    ],
    ['deletes everything', deleteAll, ['ab', 'c한d', 'ef'], ['한']],
    [
      'replaces everything',
      (peer) => peer.dispatch(peer.state.tr.insertText('new', at(peer, 0, 0), at(peer, 2, 2))),
      ['ab', 'c한d', 'ef'],
      ['new한'],
    ],
    [
      'moves the line above below it',
      (peer) => {
        peer.select(at(peer, 0, 0))
        peer.run(moveBlocks(1))
      },
      ['c한d', 'ab', 'ef'],
      ['c한d', 'ab', 'ef'],
    ],
    [
      'moves it down',
      (peer) => {
        peer.select(at(peer, 1, 0))
        peer.run(moveBlocks(1))
      },
      ['ab', 'ef', 'c한d'],
      ['ab', 'ef', 'c한d'],
    ],
    [
      'moves it up',
      (peer) => {
        peer.select(at(peer, 1, 0))
        peer.run(moveBlocks(-1))
      },
      ['c한d', 'ab', 'ef'],
      ['c한d', 'ab', 'ef'],
    ],
  ])('%s', (_what, act, shownMeanwhile, afterwards) => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const { peer, composer } = begin(ids)
      const block = composer.state.doc.child(1)
      compose(composer, HAN, () => {
        act(peer)
        const before = composer.transactions.length
        merge(peer.source, composer.source)
        // Not one step has touched the block.
        expect(
          composer.transactions
            .slice(before)
            .flatMap(({ docs, doc }) => [...docs, doc])
            .every((doc) => doc.children.some((node) => node.textContent === 'cㅎd')),
        ).toBe(true)
      })
      expect(block.textContent).toBe('cd')
      expect([lines(composer), ids]).toEqual([shownMeanwhile, ids])
      end(composer)
      expect(settle(peer, composer)).toEqual(afterwards)
      const line = afterwards.findIndex((text) => text.includes('한'))
      expect(caret(composer)).toEqual([line, (afterwards[line] ?? '').indexOf('한') + 1])
    }
  })

  test('types into what is composed: it stays', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      merge(peer.source, composer.source)
      expect(lines(peer)).toEqual(['ab', 'cㅎd', 'ef'])
      typeAt(1, 2, 'X')(peer)
      merge(peer.source, composer.source)
    })
    expect(lines(composer)).toEqual(['ab', 'c한d', 'ef'])
    end(composer)
    expect(['c한Xd', 'cX한d']).toContain(settle(peer, composer)[1])
  })

  test('deletes what is composed so far: what is composed afterwards is there', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      merge(peer.source, composer.source)
      peer.dispatch(peer.state.tr.delete(at(peer, 1, 1), at(peer, 1, 2)))
      merge(peer.source, composer.source)
    })
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', 'c한d', 'ef'])
  })

  test('formats it: that is seen afterwards, and what is composed has it', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      peer.select(at(peer, 1, 0), at(peer, 1, 2))
      peer.run(toggle('strong'))
      peer.run(setKind('heading', 2))
      merge(peer.source, composer.source)
      expect(blockOf(composer.state.doc.child(1)).kind).toBe('paragraph')
    })
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', 'c한d', 'ef'])
    const block = composer.state.doc.child(1)
    expect(blockOf(block)).toMatchObject({ kind: 'heading', level: 2 })
    expect(block.childCount).toBe(1)
    expect(block.firstChild?.marks.map(({ type }) => type.name)).toEqual(['strong'])
  })

  test('again and again: everything is there in the end', () => {
    const { peer, composer } = begin()
    let composed = 0
    for (const [i, text] of ['ㄷ', '다', '닭', '닭ㅇ', '닭이', '닭잉'].entries()) {
      const { from } = composer.state.selection
      composer.dispatch(composer.state.tr.insertText(text, from - composed, from))
      composed = text.length
      typeAt(1, i % 2 === 0 ? 0 : peer.state.doc.child(1).content.size, String(i))(peer)
      merge(peer.source, composer.source)
      expect(lines(composer)[1]).toBe(`c${text}d`)
    }
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', '420c닭잉d135', 'ef'])
  })
})

describe('what happens in other blocks', () => {
  test('is shown at once, before and behind, and positions of what is composed are right', () => {
    const { peer, composer } = begin()
    const from = at(composer, 1, 1)
    composer.dispatch(composer.state.tr.insertText('ㅎ', from))
    typeAt(0, 2, ' before')(peer)
    press(enter, 0, 3)(peer)
    typeAt(3, 2, ' behind')(peer)
    merge(peer.source, composer.source)
    expect(lines(composer)).toEqual(['ab ', 'before', 'cㅎd', 'ef behind'])
    const now = at(composer, 2, 1)
    composer.dispatch(composer.state.tr.insertText('하', now, now + 1))
    expect(settle(peer, composer)).toEqual(['ab ', 'before', 'c하d', 'ef behind'])
  })

  test('keeps being shown while a change of the composed block waits', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      typeAt(1, 0, 'X')(peer)
      merge(peer.source, composer.source)
      typeAt(2, 2, 'Y')(peer)
      peer.select(at(peer, 0, 0))
      peer.run(setKind('bullet'))
      merge(peer.source, composer.source)
      expect(lines(composer)).toEqual(['ab', 'cㅎd', 'efY'])
      expect(blockOf(composer.state.doc.child(0)).kind).toBe('bullet')
    })
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', 'Xc한d', 'efY'])
  })
})

describe('what is held back', () => {
  test('is shown after ten seconds at most', () => {
    const { peer, composer } = begin()
    compose(composer, ['ㅎ'])
    typeAt(1, 0, 'X')(peer)
    merge(peer.source, composer.source)
    vi.advanceTimersByTime(6_000)
    // More that waits does not make it wait longer.
    typeAt(1, 0, 'Y')(peer)
    merge(peer.source, composer.source)
    vi.advanceTimersByTime(3_900)
    expect(lines(composer)).toEqual(['ab', 'cㅎd', 'ef'])
    vi.advanceTimersByTime(200)
    expect(lines(composer)[1]).toMatch(/^(?:XY|YX)cㅎd$/u)
    expect(composer.state.doc.textBetween(composer.state.selection.from - 1, composer.state.selection.from)).toBe('ㅎ')
    settle(peer, composer)
  })

  test('waits on where the composition goes on', () => {
    const { peer, composer } = begin()
    compose(composer, ['ㅎ'])
    typeAt(1, 0, 'X')(peer)
    merge(peer.source, composer.source)
    composer.release()
    expect(lines(composer)).toEqual(['ab', 'cㅎd', 'ef'])
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', 'Xcㅎd', 'ef'])
  })

  test('is shown at once when one ends the line oneself, and nothing goes wrong', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      typeAt(1, 0, 'X')(peer)
      merge(peer.source, composer.source)
    })
    composer.run(enter)
    composer.type('new')
    end(composer)
    expect(settle(peer, composer)).toEqual(['ab', 'Xc한', 'newd', 'ef'])
  })

  test('lets nothing else be changed where a block was split or is gone, but what is composed', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      press(enter, 1, 1)(peer)
      merge(peer.source, composer.source)
    })
    composer.dispatch(composer.state.tr.insertText('no', at(composer, 0, 0)))
    composer.dispatch(composer.state.tr.delete(0, 4))
    expect(lines(composer)).toEqual(['ab', 'c한d', 'ef'])
    end(composer)
    composer.dispatch(composer.state.tr.insertText('yes', at(composer, 0, 0)))
    expect(settle(peer, composer)).toEqual(['yesab', 'c한', 'd', 'ef'])
  })

  test('is nothing when nobody else does anything', () => {
    const { composer } = begin()
    compose(composer, HAN)
    const before = composer.transactions.length
    end(composer)
    vi.advanceTimersByTime(20_000)
    expect(composer.transactions.length).toBe(before)
    expect(remoteSteps(composer)).toEqual([])
    expect(same(composer)).toEqual(['ab', 'c한d', 'ef'])
  })

  test('is undone by oneself alone, as one word', () => {
    const { peer, composer } = begin()
    compose(composer, HAN, () => {
      typeAt(1, 0, 'X')(peer)
      merge(peer.source, composer.source)
    })
    end(composer)
    settle(peer, composer)
    composer.undo()
    expect(settle(peer, composer)).toEqual(['ab', 'Xcd', 'ef'])
    composer.redo()
    expect(settle(peer, composer)).toEqual(['ab', 'Xc한d', 'ef'])
  })

  test('goes with the editor, and its clock stops', () => {
    const { peer, composer } = begin()
    compose(composer, ['ㅎ'])
    typeAt(1, 0, 'X')(peer)
    merge(peer.source, composer.source)
    composer.destroy()
    const before = composer.transactions.length
    vi.advanceTimersByTime(20_000)
    expect(composer.transactions.length).toBe(before)
  })
})

test('what one composes in an empty document, while the first text arrives, is there', () => {
  for (const ids of [
    [1, 2],
    [2, 1],
  ] as const) {
    const [peer, composer] = two(new Y.Doc(), ids)
    composer.composing = true
    composer.select(1)
    compose(composer, HAN, () => {
      peer.type('first')
      merge(peer.source, composer.source)
    })
    end(composer)
    expect(settle(peer, composer).toSorted()).toEqual(['first', '한'])
  }
})
