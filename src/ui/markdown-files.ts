/** A document leaving as Markdown: its title, where it has one, is the first heading. */
import type { Node } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import type { Phrases } from '#i18n/phrases'

async function markdownOf(title: string, body: Node): Promise<string> {
  const { serializeMarkdown } = await import('#convert/markdown')
  const text = title.replace(/\s+/gu, ' ').trim()
  if (text === '') return serializeMarkdown(body)
  const heading = schema.node('block', blockAttrs({ kind: 'heading', level: 1 }), schema.text(text))
  const isEmpty = body.childCount === 1 && body.firstChild?.type.name === 'block' && body.firstChild.childCount === 0
  return serializeMarkdown(schema.node('doc', null, [heading, ...(isEmpty ? [] : body.children)]))
}

/** Saves the document as a file, named after its title. */
export async function downloadMarkdown(title: string, body: Node, words: Phrases): Promise<void> {
  const blob = new Blob([await markdownOf(title, body)], { type: 'text/markdown;charset=utf-8' })
  const anchor = document.createElement('a')
  anchor.href = URL.createObjectURL(blob)
  anchor.download = `${fileNameOf(title) || words.document.untitled}.md`
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000)
}

/** Puts the document on the clipboard. False when the browser does not allow it. */
export async function copyMarkdown(title: string, body: Node): Promise<boolean> {
  // The promise goes into the item: some browsers want the clipboard asked for within the click itself.
  const text = markdownOf(title, body).then((markdown) => new Blob([markdown], { type: 'text/plain' }))
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
    return true
  } catch (error) {
    console.info('Not copied:', error)
    return false
  }
}

/** A title without what file systems refuse. */
const fileNameOf = (title: string): string =>
  title
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
    .slice(0, 80)
