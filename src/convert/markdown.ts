/** Markdown in and out. */
import type { Node } from 'prosemirror-model'
import { docOf, outlineOf, tidyOutline } from './markdown-form.ts'
import type { Note } from './kept-as.ts'
import { readMarkdown } from './markdown-reading.ts'
import { writeMarkdown } from './markdown-writing.ts'
import { flatten, type Branch } from './outline.ts'

/**
 * Reads Markdown (CommonMark, with GitHub's strikethrough and task lists) into a document. Total on any string.
 * What a document cannot express keeps its text: HTML as code, images as links, unsafe addresses unlinked; `note` is told.
 */
export const parseMarkdown = (text: string, note?: Note): Node => documentOf(readMarkdown(text, note))

/** The document of an outline that Markdown was read into. */
export const documentOf = (outline: readonly Branch[]): Node => docOf(flatten(tidyOutline(outline)))

/** Writes a document so that it reads back the same, up to what `normalForm` lists. */
export const serializeMarkdown = (doc: Node): string => writeMarkdown(outlineOf(doc))
