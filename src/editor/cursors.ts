/** Other people's cursors and selections, and telling them one's own. */
import { Plugin } from 'prosemirror-state'
import type { Awareness } from 'y-protocols/awareness'

export function cursors(awareness: Awareness): Plugin {
  return new Plugin({ view: () => ({ destroy: () => awareness.setLocalStateField('cursor', null) }) })
}
