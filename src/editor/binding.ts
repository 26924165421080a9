/** The binding of ProseMirror to Yjs; the one module that knows y-prosemirror. */
import type { Node } from 'prosemirror-model'
import type { Plugin, Transaction } from 'prosemirror-state'
import { initProseMirrorDoc, prosemirrorToYXmlFragment, ySyncPlugin, ySyncPluginKey, yUndoPlugin } from 'y-prosemirror'
import type * as Y from 'yjs'
import { bodyOf } from '#doc/document'
import { schema } from '#doc/schema'
import type { Replica } from './replica.ts'

/** What a state needs to follow a replica: its first document and the plugins that keep both equal. */
export interface Binding {
  doc: Node
  plugins: Plugin[]
}

export function bind(replica: Replica): Binding {
  const body = bodyOf(replica.doc)
  const { doc, mapping } = initProseMirrorDoc(body, schema)
  return { doc, plugins: [ySyncPlugin(body, { mapping }) as Plugin, yUndoPlugin()] }
}

/** Whether a transaction shows what came from the document (a peer, another tab, undo) rather than what was done here. */
export const isRemote = (tr: Transaction): boolean => {
  const meta: unknown = tr.getMeta(ySyncPluginKey)
  return typeof meta === 'object' && meta !== null && 'isChangeOrigin' in meta && meta.isChangeOrigin === true
}

/** Puts content into a document that has none yet, as an import does: once, by the person who asked for it. */
export function writeBody(target: Y.Doc, content: Node): void {
  prosemirrorToYXmlFragment(content, bodyOf(target))
}
