/** Foreign HTML in, where there is no DOM. */
import type { Node } from 'prosemirror-model'
import { parseHtml } from './html-tree.ts'
import { readOutline } from './html-reading.ts'
import { docOf } from './markdown-form.ts'
import { flatten } from './outline.ts'

/** Reads any HTML as `clipboardParser` does. Total on any string. */
export const readHtml = (text: string): Node => docOf(flatten(readOutline(parseHtml(text), 'collapse')))
