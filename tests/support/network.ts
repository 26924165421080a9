/** A network in memory between documents: late, doubled and reordered across links, and cut for a while. */
import * as Y from 'yjs'
import type { Random } from './random.ts'

/** Full mesh. Each link is ordered, as a data channel is; links among each other are not. */
export interface Network {
  /** Delivers one waiting message of a random link. False when there is none. */
  step(): boolean
  /** Cuts a peer off, or lets it back: then it and all others compare what they have. */
  setOnline(peer: number, online: boolean): void
  isOnline(peer: number): boolean
  /** Everybody is online, everything is delivered. */
  settle(): void
}

const FROM_NETWORK = Symbol('network')

export function createNetwork(docs: readonly Y.Doc[], random: Random): Network {
  const online = docs.map(() => true)
  const queues = new Map<string, Uint8Array[]>()
  const linkName = (from: number, to: number): string => `${from} ${to}`

  const send = (from: number, to: number, update: Uint8Array): void => {
    if (from === to || online[from] !== true || online[to] !== true) return
    const queue = queues.get(linkName(from, to)) ?? []
    queue.push(update)
    if (random.chance(0.1)) queue.push(update)
    queues.set(linkName(from, to), queue)
  }

  for (const [from, doc] of docs.entries()) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_NETWORK) for (const to of docs.keys()) send(from, to, update)
    })
  }

  const compare = (a: number, b: number): void => {
    const [docA, docB] = [docs[a], docs[b]]
    if (a === b || docA === undefined || docB === undefined) return
    send(a, b, Y.encodeStateAsUpdate(docA, Y.encodeStateVector(docB)))
    send(b, a, Y.encodeStateAsUpdate(docB, Y.encodeStateVector(docA)))
  }

  const network: Network = {
    step() {
      const waiting = [...queues].filter(([, queue]) => queue.length > 0)
      if (waiting.length === 0) return false
      const [name, queue] = random.pick(waiting)
      const update = queue.shift()
      const doc = docs[Number(name.split(' ')[1])]
      if (update !== undefined && doc !== undefined) Y.applyUpdate(doc, update, FROM_NETWORK)
      return true
    },
    setOnline(peer, value) {
      if (online[peer] === value) return
      online[peer] = value
      if (value) for (const other of docs.keys()) compare(peer, other)
      else for (const name of [...queues.keys()]) if (name.split(' ').includes(String(peer))) queues.delete(name)
    },
    isOnline: (peer) => online[peer] === true,
    settle() {
      for (const peer of docs.keys()) network.setOnline(peer, true)
      for (const a of docs.keys()) for (const b of docs.keys()) compare(a, b)
      while (network.step());
    },
  }
  return network
}
