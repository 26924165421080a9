/** Where text that was pasted a moment ago stands, while it may be read as something else. */
import { PluginKey } from 'prosemirror-state'

export interface Pasted {
  from: number
  to: number
}

export const pastedKey = new PluginKey<Pasted | null>('pasted Markdown')
