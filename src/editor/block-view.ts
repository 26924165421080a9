/**
 * The DOM of blocks. A change of attributes is made in place, so that text which is being composed keeps its node; only a
 * block that becomes another element (a paragraph a heading) is built anew.
 *
 * A list item is a list of its own, `ul > li`, for the accessibility tree: where it stands in the list a reader sees is
 * told by aria-level, aria-posinset and aria-setsize.
 */
import type { Node } from 'prosemirror-model'
import { Plugin, TextSelection } from 'prosemirror-state'
import type { EditorView, NodeView, ViewMutationRecord } from 'prosemirror-view'
import { editorParser } from '#convert/editor-html'
import { blockOf, depthOf, schema, type Block } from '#doc/schema'
import { setChecked } from './block-commands.ts'
import { holdsBlocks, isListKind } from './blocks.ts'
import { isItem, numberingKey, numberLabel, numberOf, placeAt, type ListPlace, type Places } from './numbering.ts'
import { drawings } from './drawing.ts'
import type { EditingOptions } from './options.ts'

/** Sets an attribute only where it differs: writing one costs a style recalculation. */
function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return
  if (value === null) element.removeAttribute(name)
  else element.setAttribute(name, value)
}

function setDepths(dom: Element, { indent, quote }: { indent: number; quote: number }): void {
  setAttribute(dom, 'data-indent', indent > 0 ? String(indent) : null)
  setAttribute(dom, 'data-quote', quote > 0 ? String(quote) : null)
}

/**
 * Whether a mutation is none of the text's own: attributes that this module or a browser extension writes. Nodes that
 * appear beside the text are not ignored: that is how phones split a block.
 */
const isOutside = (mutation: ViewMutationRecord, text: HTMLElement): boolean =>
  mutation.type === 'attributes' && (mutation.target === text || !text.contains(mutation.target))

/** The element a block is; a block whose element stays is updated in place. */
const elementOf = ({ kind, level }: Block): string =>
  kind === 'heading' ? `h${level}` : kind === 'paragraph' ? 'p' : kind === 'ordered' ? 'ol' : 'ul'

const views = new WeakMap<Element, BlockView>()
const codeViews = new WeakMap<Element, CodeView>()

class BlockView implements NodeView {
  readonly dom: HTMLElement
  readonly contentDOM: HTMLElement
  private block: Block
  private readonly checkbox: HTMLInputElement | null = null
  private item: HTMLElement | null = null

  constructor(node: Node, checkbox: (() => HTMLInputElement) | null) {
    this.block = blockOf(node)
    this.dom = document.createElement(elementOf(this.block))
    this.dom.dataset.kind = this.block.kind
    // Which way it is written its own text says.
    this.dom.dir = 'auto'
    this.contentDOM = this.dom
    if (isListKind(this.block.kind)) {
      // Some browsers take the list out of the accessibility tree when it has no markers of its own.
      this.dom.setAttribute('role', 'list')
      this.item = this.dom.appendChild(document.createElement('li'))
      this.contentDOM = this.item
      if (checkbox !== null) {
        this.checkbox = this.item.appendChild(checkbox())
        this.contentDOM = this.item.appendChild(document.createElement('div'))
        nameCheckbox(this.checkbox, this.contentDOM)
      }
    }
    this.show()
    views.set(this.dom, this)
  }

  get isItem(): boolean {
    return this.item !== null
  }

  update(node: Node): boolean {
    const block = blockOf(node)
    if (block.kind !== this.block.kind || block.level !== this.block.level) return false
    this.block = block
    this.show()
    return true
  }

  private show(): void {
    const { kind, quote, checked } = this.block
    setDepths(this.dom, this.block)
    if (kind === 'paragraph') setAttribute(this.dom, 'role', quote > 0 ? 'blockquote' : null)
    if (this.checkbox !== null) {
      this.checkbox.checked = checked
      setAttribute(this.dom, 'data-checked', String(checked))
    }
  }

  /** Shows where this item stands in its list. */
  place({ list, level, position }: ListPlace): void {
    if (this.item === null) return
    setAttribute(this.item, 'aria-level', String(level))
    setAttribute(this.item, 'aria-posinset', String(position))
    setAttribute(this.item, 'aria-setsize', String(list.size))
    setAttribute(
      this.item,
      'data-number',
      list.ordered ? numberLabel(numberOf({ list, level, position }), level) : null,
    )
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return isOutside(mutation, this.contentDOM)
  }

  stopEvent(event: Event): boolean {
    return this.checkbox !== null && event.target === this.checkbox
  }
}

let checkboxes = 0

/** Names a checkbox after its label and the task's own text. */
function nameCheckbox(checkbox: HTMLInputElement, text: HTMLElement): void {
  checkboxes++
  checkbox.id = `task-${checkboxes}`
  text.id = `task-text-${checkboxes}`
  checkbox.setAttribute('aria-labelledby', `${checkbox.id} ${text.id}`)
}

function createCheckbox(view: EditorView, getPos: () => number | undefined, label: string): HTMLInputElement {
  const checkbox = document.createElement('input')
  checkbox.type = 'checkbox'
  checkbox.contentEditable = 'false'
  checkbox.setAttribute('aria-label', label)
  checkbox.disabled = !view.editable
  // The caret stays where it is: on a phone a tap would otherwise open the keyboard.
  checkbox.addEventListener('mousedown', (event) => event.preventDefault())
  checkbox.addEventListener('change', () => {
    const pos = getPos()
    const wanted = checkbox.checked
    // What is shown follows the document.
    checkbox.checked = !wanted
    if (pos !== undefined && view.editable) setChecked(pos, wanted)(view.state, view.dispatch)
  })
  return checkbox
}

/** The language of a code block, to be pressed for another. */
function createLanguageButton(
  view: EditorView,
  getPos: () => number | undefined,
  onRequest: EditingOptions['onLanguageRequest'],
): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.contentEditable = 'false'
  button.addEventListener('mousedown', (event) => event.preventDefault())
  button.addEventListener('click', () => {
    const pos = getPos()
    if (pos === undefined) return
    const { $from, $to } = view.state.selection
    const isInside = $from.depth > 0 && $from.before() === pos && $from.sameParent($to)
    if (!isInside) view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, pos + 1)))
    onRequest(button)
  })
  return button
}

class CodeView implements NodeView {
  readonly dom = document.createElement('pre')
  readonly contentDOM: HTMLElement
  private readonly button: HTMLButtonElement
  private readonly words: () => { label: string; editable: boolean }

  constructor(node: Node, button: HTMLButtonElement, words: () => { label: string; editable: boolean }) {
    this.dom.dataset.kind = 'code'
    this.contentDOM = this.dom.appendChild(document.createElement('code'))
    this.contentDOM.spellcheck = false
    this.button = this.dom.appendChild(button)
    this.words = words
    this.update(node)
    codeViews.set(this.dom, this)
  }

  update(node: Node): boolean {
    const language: unknown = node.attrs.language
    setDepths(this.dom, depthOf(node))
    setAttribute(
      this.dom,
      'data-language',
      typeof language === 'string' && language !== '' ? language.slice(0, 40) : null,
    )
    this.showButton()
    return true
  }

  showButton(): void {
    const { language } = this.dom.dataset
    const { label, editable } = this.words()
    this.button.textContent = language ?? label
    this.button.disabled = !editable
    setAttribute(this.button, 'aria-label', language === undefined ? label : `${label}: ${language}`)
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return this.button.contains(mutation.target) || isOutside(mutation, this.contentDOM)
  }

  stopEvent(event: Event): boolean {
    return event.target === this.button
  }
}

class DividerView implements NodeView {
  readonly dom = document.createElement('div')

  constructor(node: Node) {
    this.dom.dataset.kind = 'divider'
    this.dom.append(document.createElement('hr'))
    this.update(node)
  }

  update(node: Node): boolean {
    setDepths(this.dom, depthOf(node))
    return true
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== 'selection'
  }
}

/**
 * The elements of the list items among what a node holds from index `from` on, up to `to`, each with its place. `start` is
 * where the node's content begins.
 */
function* itemElements(
  view: EditorView,
  holder: Node,
  start: number,
  places: Places,
  [from, to]: readonly [number, number],
): Generator<[ListPlace, Element]> {
  const drawing = holder === view.state.doc ? drawings.get(view) : undefined
  for (const [index, element] of drawing?.drawn(from, to) ?? elementsIn(view, holder, start, [from, to])) {
    const place = places[index]
    if (isItem(place)) yield [place, element]
    else if (place) {
      const node = holder.child(index)
      yield* itemElements(view, node, view.posAtDOM(element, 0), place.held, [0, node.childCount])
    }
  }
}

/** The elements of a node's children, each with its index. */
function* elementsIn(
  view: EditorView,
  holder: Node,
  start: number,
  [from, to]: readonly [number, number],
): Generator<[number, Element]> {
  let pos = start
  for (let index = 0; index < from; index++) pos += holder.child(index).nodeSize
  let element = from < to ? elementAt(view, pos) : null
  for (let index = from; index < to; index++) {
    const node = holder.child(index)
    if (holdsBlocks(node)) element = elementAt(view, pos)
    // What a node that holds blocks draws of its own stands between them.
    else while (element !== null && !isBlockElement(element)) element = element.nextElementSibling
    if (element !== null) yield [index, element]
    pos += node.nodeSize
    element = element?.nextElementSibling ?? null
  }
}

const isBlockElement = (element: Element): boolean =>
  element instanceof HTMLElement && element.dataset.kind !== undefined

function elementAt(view: EditorView, pos: number): Element | null {
  const dom = view.nodeDOM(pos)
  return dom instanceof Element ? dom : null
}

/** From where and up to where `after` differs from `before`, as indices in `after`. */
function changedRange<T>(before: readonly T[], after: readonly T[]): [number, number] {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && after[from] === before[from]) from++
  let tail = 0
  while (tail < most - from && after[after.length - 1 - tail] === before[before.length - 1 - tail]) tail++
  return [from, after.length - tail]
}

/** The views of blocks, and what shows each list item its place. Needs the `numbering` plugin. */
export function blockViews({
  labels,
  onLanguageRequest,
}: Pick<EditingOptions, 'labels' | 'onLanguageRequest'>): Plugin {
  /** List items that do not show their place yet. */
  let fresh = new Map<BlockView, () => number | undefined>()
  let showFresh = (): void => undefined
  const expect = (blockView: BlockView, getPos: () => number | undefined): void => {
    // What is drawn later than the document changes waits for nothing else.
    if (fresh.size === 0) queueMicrotask(() => showFresh())
    fresh.set(blockView, getPos)
  }

  return new Plugin({
    props: {
      domParser: editorParser,
      nodeViews: {
        block(node, view, getPos) {
          const isTask = blockOf(node).kind === 'task'
          const blockView = new BlockView(node, isTask ? () => createCheckbox(view, getPos, labels().task) : null)
          if (blockView.isItem) expect(blockView, getPos)
          return blockView
        },
        [schema.nodes.code_block.name]: (node, view, getPos) =>
          new CodeView(node, createLanguageButton(view, getPos, onLanguageRequest), () => ({
            label: labels().language,
            editable: view.editable,
          })),
        [schema.nodes.divider.name]: (node) => new DividerView(node),
      },
    },
    view(view) {
      let shown: Places = []
      let [editable, words] = [view.editable, labels()]

      const showPlaces = (): void => {
        const places = numberingKey.getState(view.state)?.places ?? []
        if (places !== shown) {
          const range = changedRange(shown, places)
          shown = places
          for (const [place, element] of itemElements(view, view.state.doc, 0, places, range)) {
            const blockView = views.get(element)
            if (blockView === undefined) continue
            blockView.place(place)
            fresh.delete(blockView)
          }
        }
        for (const [blockView, getPos] of fresh) {
          const pos = getPos()
          const place = pos === undefined ? null : placeAt(places, view.state.doc.resolve(pos))
          if (place !== null) blockView.place(place)
        }
        fresh = new Map()
      }
      showFresh = showPlaces

      const showControls = (): void => {
        if (editable === view.editable && words === labels()) return
        ;[editable, words] = [view.editable, labels()]
        for (const checkbox of view.dom.querySelectorAll('input')) {
          checkbox.disabled = !editable
          checkbox.setAttribute('aria-label', words.task)
        }
        for (const code of view.dom.querySelectorAll('pre')) codeViews.get(code)?.showButton()
      }

      showPlaces()
      return {
        update() {
          showPlaces()
          showControls()
        },
      }
    },
  })
}
