/** The app itself, kept on this device by a service worker, so that it starts without network or relay. */

interface ShellState {
  /** The app is kept: from now on it starts offline. */
  offlineReady: boolean
  /** A newer app is kept too, or already serves other tabs: `applyUpdate` brings it here. */
  updateWaiting: boolean
}

export interface OfflineShell {
  readonly state: ShellState
  /** Called on every change of `state`, not at once; returns how to stop. */
  subscribe(listener: (state: ShellState) => void): () => void
  /** Reloads this page with the newer app. Only ever called because the person asked: nothing here reloads by itself. */
  applyUpdate(): void
}

/** Milliseconds between looks for a newer app in a page that stays open. */
const CHECK_INTERVAL = 60 * 60 * 1000

/**
 * Keeps the app on this device. Does nothing in development and where there are no service workers (no secure context).
 * `servedBy` is the worker that the page began with, if any: another may have taken its place before this is called.
 */
export function keepShell(servedBy: ServiceWorker | null): OfflineShell {
  return new WorkerShell(servedBy)
}

class WorkerShell implements OfflineShell {
  #state: ShellState = { offlineReady: false, updateWaiting: false }
  readonly #listeners = new Set<(state: ShellState) => void>()
  #waiting: ServiceWorker | null = null
  #checkedAt = Date.now()

  constructor(servedBy: ServiceWorker | null) {
    if (import.meta.env.PROD && 'serviceWorker' in navigator) void this.#register(navigator.serviceWorker, servedBy)
  }

  get state(): ShellState {
    return this.#state
  }

  subscribe(listener: (state: ShellState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  applyUpdate(): void {
    if (this.#waiting === null) {
      location.reload()
      return
    }
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    this.#waiting.postMessage({ type: 'SKIP_WAITING' })
  }

  async #register(container: ServiceWorkerContainer, servedBy: ServiceWorker | null): Promise<void> {
    // Another tab applied the update: the new worker no longer has the files of the app that runs here.
    const replaced = (): void => {
      this.#waiting = null
      this.#become({ updateWaiting: true })
    }
    if (servedBy !== null && container.controller !== servedBy) replaced()
    else if (servedBy !== null) container.addEventListener('controllerchange', replaced)
    try {
      const registration = await container.register('/sw.js')
      this.#watch(registration)
      const check = (): void => this.#check(registration)
      document.addEventListener('visibilitychange', check)
      setInterval(check, CHECK_INTERVAL)
      await container.ready
      this.#become({ offlineReady: true })
    } catch (error) {
      // Without it the app works, only not offline; nothing the person could do about it.
      console.info('The app is not kept for offline use:', error)
    }
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const note = (): void => {
      if (registration.waiting === null || registration.active === null) return
      this.#waiting = registration.waiting
      this.#become({ updateWaiting: true })
    }
    // A page in the background is told late: it may be installed by then.
    const follow = (): void => {
      registration.installing?.addEventListener('statechange', note)
      note()
    }
    follow()
    registration.addEventListener('updatefound', follow)
  }

  /** Looks for a newer app, at most once in the interval. Failing to, as when offline, is no news. */
  #check(registration: ServiceWorkerRegistration): void {
    if (document.visibilityState === 'hidden' || !navigator.onLine || Date.now() - this.#checkedAt < CHECK_INTERVAL)
      return
    this.#checkedAt = Date.now()
    registration.update().catch((error: unknown) => console.info('No look for a newer app:', error))
  }

  #become(change: Partial<ShellState>): void {
    const { offlineReady, updateWaiting } = this.#state
    this.#state = { ...this.#state, ...change }
    if (this.#state.offlineReady === offlineReady && this.#state.updateWaiting === updateWaiting) return
    for (const listener of this.#listeners) listener(this.#state)
  }
}
