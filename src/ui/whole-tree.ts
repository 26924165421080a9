/**
 * Whether a long document is laid out whole. A browser tells assistive technology only of what it lays out, and of a long
 * document it lays out what is near the screen (`#editor/groups`). Chosen on this device, in localStorage.
 */
const KEY = 'inkmesh-whole-tree'

/** What localStorage would not take. */
let remembered: boolean | null = null

/** What was chosen. */
export function showsWholeTree(): boolean {
  try {
    return remembered ?? localStorage.getItem(KEY) === 'true'
  } catch (error) {
    console.info('No choice for assistive technology is stored:', error)
    return false
  }
}

/** Chooses, and does it. */
export function setWholeTree(value: boolean): void {
  remembered = value
  try {
    localStorage.setItem(KEY, String(value))
  } catch (error) {
    console.info('The choice for assistive technology lasts as long as this page:', error)
  }
  applyWholeTree()
}

/** Does what was chosen. */
export function applyWholeTree(): void {
  document.documentElement.classList.toggle('shows-all', showsWholeTree())
}
