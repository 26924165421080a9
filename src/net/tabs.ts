/**
 * Tabs of one browser that hold the same document, by BroadcastChannel. Their changes travel on y-webrtc's own channel;
 * this one tells who is a tab, and that one closes: y-webrtc encrypts first, for which a closing page has no time.
 */

/** A tab by its Yjs client and by y-webrtc's name for it. */
interface Tab {
  client: number
  peerId: string
}

interface TabEvents {
  joined: (tab: Tab) => void
  left: (tab: Tab) => void
}

/** `hello` asks for `here`. */
interface Notice {
  kind: 'hello' | 'here' | 'bye'
  tab: Tab
}

export class Tabs {
  readonly #channel: BroadcastChannel | null
  #own: Tab | null = null

  constructor(topic: string, { joined, left }: TabEvents) {
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`${topic} tabs`)
    this.#channel?.addEventListener('message', ({ data: { kind, tab } }: MessageEvent<Notice>) => {
      if (kind === 'bye') left(tab)
      else joined(tab)
      if (kind === 'hello') this.#say('here')
    })
  }

  join(own: Tab): void {
    this.#own = own
    this.#say('hello')
  }

  /** After `leave`, when the page has come back. */
  rejoin(): void {
    this.#say('hello')
  }

  leave(): void {
    this.#say('bye')
  }

  close(): void {
    this.#channel?.close()
  }

  #say(kind: Notice['kind']): void {
    if (this.#own !== null) this.#channel?.postMessage({ kind, tab: this.#own } satisfies Notice)
  }
}
