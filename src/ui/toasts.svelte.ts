/** Short messages that come and go, with at most one thing to do. */

/** Milliseconds a message stays; longer when there is something to do. */
const STAY = { plain: 5000, action: 12_000 }

interface Toast {
  id: number
  text: string
  action: { label: string; run: () => void } | null
}

class Toasts {
  list: readonly Toast[] = $state.raw([])
  #next = 1

  show(text: string, action: Toast['action'] = null): void {
    const id = this.#next++
    this.list = [...this.list.slice(-2), { id, text, action }]
    setTimeout(() => this.dismiss(id), action === null ? STAY.plain : STAY.action)
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
