/** Reads one text beside the page, which asks in `beside.ts`. */
import type { Answer, Question } from './beside.ts'
import { readMarkdownFile } from './markdown-file.ts'
import { parseMarkdown } from './markdown.ts'

addEventListener('message', ({ data: { text, name } }: MessageEvent<Question>) => {
  const { title, body } = name === null ? { title: '', body: parseMarkdown(text) } : readMarkdownFile(text, name)
  postMessage({ title, body: body.toJSON() } satisfies Answer)
})
