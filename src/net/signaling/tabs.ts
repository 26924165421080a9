/**
 * Tabs of one browser that hold the same document, by BroadcastChannel: they tell each other who they are, what they write,
 * and who is present. A tab that is alone says hello, and nothing else.
 */
import { applyAwarenessUpdate, encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { isRecord } from '#doc/untrusted'
import { isStateVector } from '#sync/structure'
import { OTHER_TAB, type Mesh } from '../mesh/mesh.ts'
import { encodeEntries, freshIn, parseEntries } from '../mesh/presence.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** A tab by its Yjs client and by y-webrtc's name for it. */
interface Tab {
  client: number
  peerId: string
}

interface TabEvents {
  joined: (tab: Tab) => void
  left: (tab: Tab) => void
  /** Something came that no tab of this build says. */
  dropped: (reason: string) => void
}

type Message =
  /** `hello` asks for `here`; both ask for what the sender lacks. */
  | { kind: 'hello' | 'here'; tab: Tab; stateVector: Bytes }
  | { kind: 'bye'; tab: Tab }
  /** Whose changes it hears itself, by Yjs client. */
  | { kind: 'neighbours'; client: number; clients: readonly number[] }
  | { kind: 'update' | 'awareness'; update: Bytes }

export class Tabs {
  readonly #channel: BroadcastChannel | null
  readonly #mesh: Mesh
  readonly #events: TabEvents
  /** The other tabs by their Yjs clients, and whose changes each hears itself. */
  readonly #others = new Map<number, ReadonlySet<number>>()
  #told = ''
  #own: Tab | null = null

  constructor(topic: string, mesh: Mesh, events: TabEvents) {
    this.#mesh = mesh
    this.#events = events
    this.#channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`${topic} tabs`)
    mesh.doc.on('update', this.#onUpdate)
    mesh.awareness.on('update', this.#onAwareness)
  }

  join(own: Tab): void {
    this.#own = own
    this.#channel?.addEventListener('message', this.#receive)
    this.#greet('hello')
  }

  /** After `leave`, when the page has come back. */
  rejoin(): void {
    this.#greet('hello')
  }

  leave(): void {
    if (this.#own !== null) this.#say({ kind: 'bye', tab: this.#own })
  }

  close(): void {
    this.#mesh.doc.off('update', this.#onUpdate)
    this.#mesh.awareness.off('update', this.#onAwareness)
    this.#channel?.close()
  }

  readonly #receive = ({ data }: MessageEvent<unknown>): void => {
    const message = parseMessage(data)
    if (message === null) this.#events.dropped('malformed-from-tab')
    else this.#take(message)
  }

  #take(message: Message): void {
    const { awareness } = this.#mesh
    switch (message.kind) {
      case 'hello':
      case 'here':
        this.#others.set(message.tab.client, new Set())
        this.#told = ''
        this.#events.joined(message.tab)
        if (message.kind === 'hello') this.#greet('here')
        this.#tellAll(message.stateVector)
        break
      case 'bye':
        this.#others.delete(message.tab.client)
        this.#events.left(message.tab)
        break
      case 'neighbours':
        if (this.#others.has(message.client)) this.#others.set(message.client, new Set(message.clients))
        break
      case 'update':
        this.#mesh.receivedFromTab(message.update)
        break
      case 'awareness': {
        const entries = parseEntries(message.update)
        if (entries === null) this.#events.dropped('malformed-from-tab')
        else applyAwarenessUpdate(awareness, encodeEntries(entries), OTHER_TAB)
      }
    }
  }

  #greet(kind: 'hello' | 'here'): void {
    if (this.#own === null) return
    this.#say({ kind, tab: this.#own, stateVector: Uint8Array.from(Y.encodeStateVector(this.#mesh.doc)) })
  }

  /** Tells what a tab lacks, and who is here. */
  #tellAll(stateVector: Bytes): void {
    const { doc, awareness } = this.#mesh
    this.#say({ kind: 'update', update: Uint8Array.from(Y.encodeStateAsUpdate(doc, stateVector)) })
    this.#tellPresence(awareness, freshIn(awareness))
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === OTHER_TAB || this.#others.size === 0) return
    const source = this.#mesh.clientOf(origin)
    if (source !== null) {
      this.#tellNeighbours()
      if ([...this.#others.values()].every((heard) => heard.has(source))) return
    }
    this.#say({ kind: 'update', update: update as Bytes })
  }

  #tellNeighbours(): void {
    const { client, neighbours: clients } = this.#mesh
    if (this.#told === clients.join()) return
    this.#told = clients.join()
    this.#say({ kind: 'neighbours', client, clients })
  }

  readonly #onAwareness = (
    { added, updated, removed }: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown,
  ): void => {
    if (origin === OTHER_TAB || this.#others.size === 0) return
    this.#tellPresence(this.#mesh.awareness, [...added, ...updated, ...removed])
  }

  #tellPresence(awareness: Awareness, clients: readonly number[]): void {
    const known = clients.filter((client) => awareness.meta.has(client))
    if (known.length === 0) return
    this.#say({ kind: 'awareness', update: Uint8Array.from(encodeAwarenessUpdate(awareness, known)) })
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message)
  }
}

/** What a tab of another build may say, too. Total on any value. */
function parseMessage(data: unknown): Message | null {
  if (!isRecord(data)) return null
  const { kind, tab, stateVector, update, client, clients } = data
  switch (kind) {
    case 'hello':
    case 'here':
      return isTab(tab) && isBytes(stateVector) && isStateVector(stateVector) ? { kind, tab, stateVector } : null
    case 'bye':
      return isTab(tab) ? { kind, tab } : null
    case 'neighbours':
      return isClient(client) && Array.isArray(clients) && clients.every(isClient) ? { kind, client, clients } : null
    case 'update':
    case 'awareness':
      return isBytes(update) ? { kind, update } : null
    default:
      return null
  }
}

const isClient = (value: unknown): value is number => Number.isSafeInteger(value)

const isBytes = (value: unknown): value is Bytes => value instanceof Uint8Array

function isTab(value: unknown): value is Tab {
  if (!isRecord(value)) return false
  const { client, peerId } = value
  return isClient(client) && typeof peerId === 'string'
}
