/** Which page the address asks for. A document's whole address is its link, in the fragment. */
import type * as Y from 'yjs'
import { isPreviewLink, openLink, type Link } from '#doc/link'
import { callAhead } from '#net/signaling/early'
import { readNote } from '#storage/notes'
import { preferences } from './preferences.svelte.ts'
import { toasts } from './toasts.svelte.ts'

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

/** Where a link's secret stands in the part of the address that servers see. */
const STRAY = /(?:#|%23)?\/?(?:edit|suggest|view)(?:=|%3d)/iu

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
    const fragment = link.fragment
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
    const { pathname, search } = location
    const isStray = STRAY.test(pathname + search)
    if (!isStray && (fragment === '' || fragment === '#')) return { page: 'home' }
    try {
      const link = (await openLink(fragment)) ?? (await this.#mend(isStray))
      if (link === null) return { page: isPreviewLink(fragment) ? 'preview' : 'damaged' }
      const begin = this.#beginnings.get(link.fragment) ?? null
      this.#beginnings.delete(link.fragment)
      // What is known to be here is shown first.
      if (begin === null && readNote(link.database, 'copies') === null) callAhead(link)
      return { page: 'document', link, begin }
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotSupportedError') return { page: 'outdated' }
      throw error
    }
  }

  /** Opens a link that was changed on its way, and writes it into the address as it should be. */
  async #mend(isStray: boolean): Promise<Link | null> {
    const { findLink } = await import('#doc/mangled-link')
    const link = await findLink(location.href)
    if (link === null) return null
    const [folder] = location.pathname.split(STRAY)
    history.replaceState(null, '', `${folder}${isStray ? '' : location.search}${link.fragment}`)
    if (isStray) void preferences.furnish().then(() => toasts.keep(preferences.desk.pages.strayLink, null))
    return link
  }
}

export const router = new Router()
