/** For tests and diagnosis: a page opened with `?debug` shows its workings to the console. Nothing is exposed otherwise. */
import type * as Y from 'yjs'
import type { Editor } from '#editor/editor'
import type { Room } from '#net/room'
import type { SessionView } from './session.svelte.ts'

declare global {
  interface Window {
    inkmesh?: { session: SessionView; room: Room | null; editor: Editor | null; doc: Y.Doc }
  }
}

export function exposeForDebugging(session: SessionView, editor: Editor | null): void {
  const { room, doc } = session
  if (new URLSearchParams(location.search).has('debug')) window.inkmesh = { session, room, editor, doc }
}
