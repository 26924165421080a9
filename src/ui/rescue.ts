/** What one can do with a copy that is not safe where it is. */
import type { Node } from 'prosemirror-model'
import type { Editor } from '#editor/editor'
import { downloadMarkdown } from './document-files.ts'
import { renewed } from './plant.ts'
import { preferences } from './preferences.svelte.ts'
import { router } from './router.svelte.ts'
import type { SessionView } from './session.svelte.ts'

/** An open document, and what shows it. */
export interface Open {
  session: SessionView
  editor: Editor | null
}

/** Saves this copy as a file; nothing happens while there is nothing to save. */
export async function downloadCopy(open: Open): Promise<void> {
  const body = await bodyOf(open)
  if (body !== null) await downloadMarkdown(open.session.title, body, preferences.words)
}

/** Saves what was stored and could not be read. */
export async function downloadSetAside(session: SessionView): Promise<void> {
  const [{ downloadRows }, rows] = await Promise.all([import('./set-aside-file.ts'), session.readSetAside()])
  downloadRows(session.title.trim() || preferences.words.document.untitled, rows)
}

/** Keeps this copy apart from those of others: as a new document, which is opened. */
export async function renew(open: Open): Promise<void> {
  const body = await bodyOf(open)
  if (body !== null) router.openNew(...(await renewed({ title: open.session.title, body })))
}

async function bodyOf({ session, editor }: Open): Promise<Node | null> {
  if (session.preview) return (await import('#convert/preview')).readPreview(session.doc)
  return editor?.view.state.doc ?? null
}
