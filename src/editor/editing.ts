/** How writing feels: all plugins of the editor but those that share and sync. */
import type { Plugin } from 'prosemirror-state'
import { blockViews } from './block-view.ts'
import { clipboard } from './clipboard.ts'
import { dropMark } from './drop-cursor.ts'
import { typedShortcuts } from './input-rules.ts'
import { keys } from './keymap.ts'
import { linkClicks } from './links.ts'
import { numbering } from './numbering.ts'
import type { EditingOptions } from './options.ts'
import { placeholder } from './placeholder.ts'

/** The plugins, in the order in which they see keys and events. */
export function editingPlugins({ labels, onLinkRequest, onLanguageRequest, onPastedText }: EditingOptions): Plugin[] {
  return [
    typedShortcuts(),
    keys(onLinkRequest),
    clipboard(onPastedText),
    linkClicks(),
    numbering(),
    blockViews({ labels, onLanguageRequest }),
    placeholder(labels),
    dropMark(),
  ]
}
