/** Reads one thing beside the page, which asks in `beside.ts`. What reads is loaded when it is asked for. */
import type { Answer, Question } from './beside.ts'

async function read(question: Question): Promise<Answer> {
  if (question.kind === 'html') {
    const { readHtml } = await import('./html-beside.ts')
    return { title: '', body: readHtml(question.html).toJSON(), kept: [] }
  }
  if (question.name === null) {
    const { parseMarkdown } = await import('./markdown.ts')
    return { title: '', body: parseMarkdown(question.text).toJSON(), kept: [] }
  }
  const { readMarkdownFile } = await import('./markdown-file.ts')
  const { title, body, kept } = readMarkdownFile(question.text, question.name)
  return { title, body: body.toJSON(), kept }
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  read(data).then(
    (answer) => postMessage(answer),
    // The page is told of an exception that nobody catches, and gives up.
    (error: unknown) =>
      setTimeout(() => {
        throw error
      }),
  )
})
