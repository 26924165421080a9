/** Short messages, with at most one thing to do. */

/** Milliseconds a message stays; longer when there is something to do. */
const STAY = { plain: 5000, action: 12_000 }

interface Toast {
  id: number
  text: string
  action: { label: string; run: () => void } | null
  /** Whether it waits until it is dismissed. */
  stays: boolean
}

/** How many come and go at one time. */
const MOST = 3

class Toasts {
  list: readonly Toast[] = $state.raw([])
  #next = 1

  /** Shows a message that goes by itself after a while. Returns what `dismiss` takes. */
  show(text: string, action: Toast['action'] = null): number {
    const id = this.#add({ text, action, stays: false })
    setTimeout(() => this.dismiss(id), action === null ? STAY.plain : STAY.action)
    return id
  }

  /** Shows a message until it is dismissed or acted upon. */
  keep(text: string, action: Toast['action']): void {
    this.#add({ text, action, stays: true })
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++
    const oldest = this.list.filter(({ stays }) => !stays).at(-MOST)
    this.list = [...this.list.filter((shown) => shown !== oldest), { ...toast, id }]
    return id
  }
}

export const toasts = new Toasts()
