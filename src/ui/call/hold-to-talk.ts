/** Mod-D mutes and speaks again; held down while one is muted, one speaks until it is let go. */
import { isApple } from '#editor/keymap'

/** Held longer than this, ms, it was held to talk. */
const HELD = 400

interface HoldToTalkOptions {
  isMuted: () => boolean
  toggle: () => void
}

/** Listens to the keys of the page; returns how to stop. */
export function holdToTalk({ isMuted, toggle }: HoldToTalkOptions): () => void {
  const apple = isApple()
  let heldSince: number | null = null
  const onKeyDown = (event: KeyboardEvent): void => {
    const isMod = apple ? event.metaKey : event.ctrlKey
    if (!isMod || event.altKey || event.shiftKey || event.isComposing || event.key.toLowerCase() !== 'd') return
    event.preventDefault()
    if (event.repeat) return
    heldSince = isMuted() ? event.timeStamp : null
    toggle()
  }
  const onKeyUp = (event: KeyboardEvent): void => {
    // Where a modifier is let go first, or its release hides that of the letter, as on a Mac.
    const isEnd = ['d', 'control', 'meta'].includes(event.key.toLowerCase())
    if (!isEnd || heldSince === null) return
    const wasHeld = event.timeStamp - heldSince > HELD
    heldSince = null
    if (wasHeld && !isMuted()) toggle()
  }
  addEventListener('keydown', onKeyDown)
  addEventListener('keyup', onKeyUp)
  return () => {
    removeEventListener('keydown', onKeyDown)
    removeEventListener('keyup', onKeyUp)
  }
}
