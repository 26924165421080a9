/**
 * Reads Markdown and HTML, what is long in a worker: the page answers keys meanwhile, and what somebody has written to take
 * minutes is given up. What comes back is checked like anything else that comes in.
 */
import type { Node } from 'prosemirror-model'
import { schema } from '#doc/schema'
import type { Kept } from './kept-as.ts'
import type { ReadFile } from './markdown-file.ts'

/** What a worker is asked to read: HTML, or Markdown, as a file of this name or, where that is null, as a piece of text. */
export type Question = { kind: 'markdown'; text: string; name: string | null } | { kind: 'html'; html: string }

export interface Answer {
  title: string
  body: unknown
  kept: Kept
}

/** A text so short, in characters, takes no time that is felt, whatever stands in it. */
const SHORT = 4_000

/** How long another one may take, in milliseconds. */
const LIMIT = 5_000

/** A piece of text as a document. Null when it takes too long, or what reads it cannot be had. */
export async function readPiece(text: string): Promise<Node | null> {
  if (text.length > SHORT) return (await ask({ kind: 'markdown', text, name: null }))?.body ?? null
  const reader = await import('./markdown.ts').catch(() => null)
  return reader?.parseMarkdown(text) ?? null
}

/** A file as `readMarkdownFile` has it. Null as above. */
export async function readFileBeside(text: string, name: string): Promise<ReadFile | null> {
  if (text.length > SHORT) return ask({ kind: 'markdown', text, name })
  const reader = await import('./markdown-file.ts').catch(() => null)
  return reader?.readMarkdownFile(text, name) ?? null
}

/** HTML as a document, always in a worker. Null as above. */
export const readHtmlBeside = async (html: string): Promise<Node | null> =>
  (await ask({ kind: 'html', html }))?.body ?? null

function ask(question: Question): Promise<ReadFile | null> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./beside.worker.ts', import.meta.url), { type: 'module' })
    const finish = (file: ReadFile | null): void => {
      clearTimeout(limit)
      worker.terminate()
      resolve(file)
    }
    const limit = setTimeout(() => finish(null), LIMIT)
    worker.onerror = () => finish(null)
    worker.onmessage = ({ data: { title, body, kept } }: MessageEvent<Answer>) => {
      const read = schema.nodeFromJSON(body)
      read.check()
      finish({ title, body: read, kept })
    }
    worker.postMessage(question)
  })
}
