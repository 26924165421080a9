/** A document as a Markdown file: its title, where it has one, is the first heading. */
import type { Node } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { serializeMarkdown } from './markdown.ts'

/** The file's text. */
export function markdownFile(title: string, body: Node): string {
  const text = title.replace(/\s+/gu, ' ').trim()
  if (text === '') return serializeMarkdown(body)
  const heading = schema.node('block', blockAttrs({ kind: 'heading', level: 1 }), schema.text(text))
  const isEmpty = body.childCount === 1 && body.firstChild?.type.name === 'block' && body.firstChild.childCount === 0
  return serializeMarkdown(schema.node('doc', null, [heading, ...(isEmpty ? [] : body.children)]))
}

/** A title without what file systems refuse; '' when nothing is left. */
export const fileNameOf = (title: string): string =>
  title
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
    .slice(0, 80)
    // Half a surrogate pair, or a space, may be left at the cut.
    .replace(/[\ud800-\udbff\s.]+$/u, '')
