/** Key names as people and assistive technology read them, from ProseMirror's ('Mod-Shift-z'). */
import { isApple } from '#editor/keymap'

const APPLE = isApple()

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ...(APPLE ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃', Enter: '↩', Tab: '⇥' } : { Mod: 'Ctrl' }),
}

const partsOf = (key: string): string[] => key.split(/-(?!$)/u)

/** 'Ctrl+Shift+Z', or '⌘⇧Z' on Apple's; '' for none. */
export function shownKeys(key: string | undefined): string {
  if (key === undefined) return ''
  const parts = partsOf(key).map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
  return parts.join(APPLE ? '' : '+')
}

/** For `aria-keyshortcuts`; undefined for none. */
export function ariaKeys(keys: readonly string[]): string | undefined {
  const names: Readonly<Record<string, string>> = { Mod: APPLE ? 'Meta' : 'Control', Ctrl: 'Control' }
  const text = keys
    .map((key) =>
      partsOf(key)
        .map((part) => names[part] ?? part)
        .join('+'),
    )
    .join(' ')
  return text === '' ? undefined : text
}
