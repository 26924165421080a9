/** Which page the address asks for. A document's whole address is its link, in the fragment. */
import type * as Y from 'yjs'
import { isPreviewLink, openLink, type Link } from '#doc/link'

type Route =
  | { page: 'opening' }
  | { page: 'home' }
  | { page: 'document'; link: Link; begin: ((doc: Y.Doc) => void) | null }
  /** A fragment that is no whole document link. */
  | { page: 'damaged' }
  /** A link of the preview. */
  | { page: 'preview' }
  /** Plain HTTP from another host: no encryption, storage or offline use. */
  | { page: 'insecure' }
  /** No Ed25519 or HKDF in this browser. */
  | { page: 'outdated' }

class Router {
  route: Route = $state.raw({ page: 'opening' })
  readonly #beginnings = new Map<string, (doc: Y.Doc) => void>()
  #latest = 0

  /** Follows the address from now on. */
  start(): void {
    addEventListener('hashchange', () => void this.#follow())
    void this.#follow()
  }

  /** Opens a document that does not exist yet; `fill` writes into it, if it shall not be empty. */
  openNew(link: Link, fill: (doc: Y.Doc) => void = () => undefined): void {
    const fragment = link.editFragment ?? link.viewFragment
    this.#beginnings.set(fragment, fill)
    location.hash = fragment
  }

  open(fragment: string): void {
    location.hash = fragment
  }

  /** Opens the same document again, from what is stored of it. */
  reopen(): void {
    if (this.route.page === 'document') this.route = { ...this.route, begin: null }
  }

  goHome(): void {
    history.pushState(null, '', location.pathname + location.search)
    void this.#follow()
  }

  async #follow(): Promise<void> {
    const turn = ++this.#latest
    const route = await this.#routeOf(location.hash)
    if (turn === this.#latest) this.route = route
  }

  async #routeOf(fragment: string): Promise<Route> {
    if (!isSecureContext) return { page: 'insecure' }
    if (fragment === '' || fragment === '#') return { page: 'home' }
    try {
      const link = await openLink(fragment)
      if (link === null) return { page: isPreviewLink(fragment) ? 'preview' : 'damaged' }
      const begin = this.#beginnings.get(fragment) ?? null
      this.#beginnings.delete(fragment)
      return { page: 'document', link, begin }
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotSupportedError') return { page: 'outdated' }
      throw error
    }
  }
}

export const router = new Router()
