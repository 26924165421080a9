/** A document leaving as a file or over the clipboard. The converter is loaded when it is wanted. */
import type { Node } from 'prosemirror-model'
import type { Phrases } from '#i18n/phrases'

/** Saves the document as a file, named after its title. */
export async function downloadMarkdown(title: string, body: Node, words: Phrases): Promise<void> {
  const { fileNameOf, markdownFile } = await import('#convert/markdown-file')
  const blob = new Blob([markdownFile(title, body)], { type: 'text/markdown;charset=utf-8' })
  download(blob, `${fileNameOf(title) || words.document.untitled}.md`)
}

/** Saves the document as a Yjs file that other editors read. */
export async function downloadYjs(title: string, body: Node, words: Phrases): Promise<void> {
  const [{ fileNameOf }, { writeBeside }] = await Promise.all([
    import('#convert/markdown-file'),
    import('./files-beside.ts'),
  ])
  const blob = await writeBeside(title, body)
  if (blob === null) throw new Error('The Yjs file could not be written')
  download(blob, `${fileNameOf(title) || words.document.untitled}.yjs`)
}

/** Saves a file. */
export function download(blob: Blob, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = URL.createObjectURL(blob)
  anchor.download = name
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000)
}

/** Puts the document on the clipboard. False when the browser does not allow it. */
export async function copyMarkdown(title: string, body: Node): Promise<boolean> {
  // The promise goes into the item: some browsers want the clipboard asked for within the click itself.
  const text = import('#convert/markdown-file').then(
    ({ markdownFile }) => new Blob([markdownFile(title, body)], { type: 'text/plain' }),
  )
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
    return true
  } catch (error) {
    console.info('Not copied:', error)
    return false
  }
}
