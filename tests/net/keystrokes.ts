/** From a key that one person presses to the screen of another, measured in the pages. */
import type { Person } from '../support/person.ts'

/** `window.keystrokes`: times in milliseconds since the epoch. */
interface Keystrokes {
  pressedAt: number[]
  /** When the block watched was painted with at least n + 1 characters. */
  shownAt: number[]
}

declare global {
  interface Window {
    keystrokes: Keystrokes
  }
}

/** Begins to note the keys pressed in a page, and what is shown of the n-th block. Runs inside the page. */
function watch(block: number): void {
  const keystrokes: Keystrokes = { pressedAt: [], shownAt: [] }
  window.keystrokes = keystrokes
  addEventListener('keydown', ({ key, timeStamp }) => {
    if (key.length === 1) keystrokes.pressedAt.push(performance.timeOrigin + timeStamp)
  })
  const body = document.querySelector('[role=textbox][aria-multiline=true]')
  if (body === null) throw new Error('No document')
  new MutationObserver(() => {
    const length = body.children[block]?.textContent.length ?? 0
    requestAnimationFrame(() => {
      const now = performance.timeOrigin + performance.now()
      while (keystrokes.shownAt.length < length) keystrokes.shownAt.push(now)
    })
  }).observe(body, { subtree: true, childList: true, characterData: true })
}

/** Notes from now on what two people write, each in a block of their own. */
export async function watchEachOther(one: Person, other: Person): Promise<void> {
  await Promise.all([one.page.evaluate(watch, 1), other.page.evaluate(watch, 0)])
}

/** Types at a steady pace, whatever the page makes of it. */
export async function typeSteadily(person: Person, text: string, perSecond: number): Promise<void> {
  const start = performance.now()
  for (const [i, key] of Array.from(text).entries()) {
    const early = start + (i * 1000) / perSecond - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    await person.page.keyboard.press(key === ' ' ? 'Space' : key)
  }
}

/** Milliseconds from each of the writer's keys to the reader's screen, once all of them are shown there. */
export async function keyToScreen(writer: Person, reader: Person): Promise<number[]> {
  const pressedAt = await writer.page.evaluate(() => window.keystrokes.pressedAt)
  await reader.until((count) => window.keystrokes.shownAt.length >= count, pressedAt.length)
  const shownAt = await reader.page.evaluate(() => window.keystrokes.shownAt)
  return pressedAt.map((pressed, i) => (shownAt[i] ?? Infinity) - pressed)
}
