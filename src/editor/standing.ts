/** When the editor stands: what is loaded then is in nobody's way. */

/** In a hidden tab nothing is painted: it is not waited for longer than this, ms. */
const PATIENCE = 250

/** Resolves when the text can be seen; at once where there is no screen. */
export function standing(): Promise<void> {
  if (typeof requestAnimationFrame === 'undefined') return Promise.resolve()
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(resolve, PATIENCE)
  })
}
