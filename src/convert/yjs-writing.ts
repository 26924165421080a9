/** A document as other editors store it in Yjs: in y-prosemirror's form, a Y.XmlFragment `default`, with the names of Tiptap's starter kit. */
import type { Mark, Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { blockOf, safeHref, schema, type MarkName } from '#doc/schema'
import { titledBody } from './markdown-file.ts'
import { nest, type Branch, type Item, type List } from './outline.ts'

const MARKS: Readonly<Record<MarkName, string>> = {
  strong: 'bold',
  em: 'italic',
  underline: 'underline',
  strike: 'strike',
  highlight: 'highlight',
  superscript: 'superscript',
  subscript: 'subscript',
  code: 'code',
  link: 'link',
}

/** The document as one Yjs update; its title is the first heading. */
export function writeForeign(title: string, body: Node): Uint8Array<ArrayBuffer> {
  const doc = new Y.Doc()
  const fragment = doc.getXmlFragment('default')
  fragment.push(elementsOf(nest(titledBody(title, body).children)))
  return Uint8Array.from(Y.encodeStateAsUpdate(doc))
}

type Content = Y.XmlElement | Y.XmlText

type Attributes = Readonly<Record<string, string | number | boolean | null>>

function element(name: string, attributes: Attributes, content: readonly Content[]): Y.XmlElement {
  const made = new Y.XmlElement(name)
  // Yjs takes any JSON for a value, which its types do not say.
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value as string)
  made.insert(0, [...content])
  return made
}

const elementsOf = (branches: readonly Branch[]): Y.XmlElement[] =>
  branches.flatMap((branch) => {
    if (branch.type === 'leaf') return [leafOf(branch.node)]
    if (branch.type === 'quote') return [element('blockquote', {}, elementsOf(branch.children))]
    return listsOf(branch)
  })

function leafOf(node: Node): Y.XmlElement {
  if (node.type === schema.nodes.divider) return element('horizontalRule', {}, [])
  if (node.type === schema.nodes.code_block) return element('codeBlock', { language: languageOf(node) }, inlineOf(node))
  const { kind, level } = blockOf(node)
  return kind === 'heading' ? element('heading', { level }, inlineOf(node)) : element('paragraph', {}, inlineOf(node))
}

function languageOf({ attrs }: Node): string | null {
  const language: unknown = attrs.language
  return typeof language === 'string' ? language : null
}

/** Tasks have lists of their own there. */
function listsOf({ ordered, start, items }: List): Y.XmlElement[] {
  const lists: { isTask: boolean; items: Item[] }[] = []
  for (const item of items) {
    const isTask = blockOf(item.head).kind === 'task'
    const last = lists.at(-1)
    if (last?.isTask === isTask) last.items.push(item)
    else lists.push({ isTask, items: [item] })
  }
  return lists.map(({ isTask, items: own }) => {
    const name = isTask ? 'taskList' : ordered ? 'orderedList' : 'bulletList'
    return element(
      name,
      ordered && start !== 1 ? { start } : {},
      own.map((item) => itemOf(item, isTask)),
    )
  })
}

function itemOf({ head, children }: Item, isTask: boolean): Y.XmlElement {
  const content = [element('paragraph', {}, inlineOf(head)), ...elementsOf(children)]
  return isTask ? element('taskItem', { checked: blockOf(head).checked }, content) : element('listItem', {}, content)
}

/** Text between line breaks, each stretch with its marks. */
function inlineOf(node: Node): Content[] {
  const content: Content[] = []
  let pieces: { insert: string; attributes: Record<string, object> }[] = []
  const flush = (): void => {
    if (pieces.length === 0) return
    const text = new Y.XmlText()
    text.applyDelta(pieces)
    content.push(text)
    pieces = []
  }
  for (const child of node.children) {
    if (child.isText) pieces.push({ insert: child.text ?? '', attributes: formatsOf(child.marks) })
    else {
      flush()
      content.push(element('hardBreak', {}, []))
    }
  }
  flush()
  return content
}

/** Links that are not to be opened are none. */
const isSound = ({ type, attrs }: Mark): boolean => type !== schema.marks.link || safeHref(attrs.href) !== null

const formatsOf = (marks: readonly Mark[]): Record<string, object> =>
  Object.fromEntries(
    marks
      .filter(isSound)
      .map(({ type, attrs }) => [
        MARKS[type.name as MarkName],
        Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null)),
      ]),
  )
